"""Forms of events."""

from wtforms import (
    BooleanField,
    FileField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from outreach.core.forms import (
    PROOFS,
    SHEETS,
    Filters,
    HouseForm,
    Ticks,
    WallClockField,
    is_file,
    required,
    text,
)
from outreach.core.i18n import _, lazy
from outreach.core.search_field import SearchField
from outreach.directory.models import KEY, REGISTERED, SCREENED
from outreach.events.models import DOCUMENT, POSTER
from outreach.events.queries import type_choices
from outreach.events.wording import ANSWER_NAMES

STATE_NAMES = {
    "draft": lazy("Draft"),
    "published": lazy("Published"),
    "closed": lazy("Registration closed"),
    "held": lazy("Held"),
    "archived": lazy("Archived"),
    "cancelled": lazy("Cancelled"),
}
KIND_NAMES = {
    "talk": lazy("Homecoming talk"),
    "promotion": lazy("Promotion"),
    "training": lazy("Training"),
    "study": lazy("Study tour"),
    "visit": lazy("Visit day"),
    "joint": lazy("Joint meeting"),
    "other": lazy("Other"),
}
COLOUR_NAMES = {
    "grey": lazy("Grey"),
    "red": lazy("Red"),
    "gold": lazy("Gold"),
    "green": lazy("Green"),
    "blue": lazy("Blue"),
    "violet": lazy("Violet"),
}
INVITED_NAMES = {
    "unwritten": lazy("Not written to"),
    "written": lazy("Written to"),
    "sent": lazy("Sent"),
    "failed": lazy("Did not arrive"),
    "opened": lazy("Opened the page"),
    "silent": lazy("Silent"),
    **ANSWER_NAMES,
}
#: what speaks for somebody being the one a guest list means
MATCH_NAMES = {
    "number": lazy("same number"),
    "company": lazy("same company"),
    "name": lazy("only the name"),
    "other": lazy("another number"),
}
#: where summits are held; the words say whose clock it is
_ZONES = {
    "Asia/Shanghai": lazy("Beijing time"),
    "Asia/Urumqi": lazy("Ürümqi time"),
    "Asia/Hong_Kong": lazy("Hong Kong time"),
    "Asia/Singapore": lazy("Singapore time"),
    "Asia/Tokyo": lazy("Tokyo time"),
    "Europe/London": lazy("London time"),
    "America/New_York": lazy("New York time"),
}


class EventForm(HouseForm):
    """An event. Times are the wall clock of its zone."""

    unit_id = SelectField(lazy("Host"), coerce=int)
    kind = SelectField(lazy("Kind"), choices=list(KIND_NAMES.items()))
    co_host_ids = Ticks(
        lazy("Co-hosts"),
        coerce=int,
        description=lazy("Their staff see the event and invite their own people."),
    )
    hosts = TextAreaField(
        lazy("Hosts as the invitation states them"), [Optional(), Length(max=500)], render_kw={"rows": 2}
    )
    title = text(lazy("Title"), most=120)
    title_en = text(lazy("Title in English"), most=200, required=False)
    summary = TextAreaField(lazy("What it is about"), [Optional(), Length(max=4000)])
    summary_en = TextAreaField(lazy("The same in English"), [Optional(), Length(max=4000)])
    city = text(lazy("City"), most=40)
    venue = text(lazy("Venue and hall"), most=120)
    venue_en = text(lazy("Venue in English"), most=160, required=False)
    same_venue_en = BooleanField(lazy("The English name holds for this venue too"))
    address = text(lazy("Street address"), most=200, required=False)
    zone = SelectField(lazy("Time zone"), choices=list(_ZONES.items()))
    starts_at = WallClockField(lazy("Begins"), [required()])
    ends_at = WallClockField(lazy("Ends"), [required()])
    opens_at = WallClockField(
        lazy("Registration opens"), [Optional()], description=lazy("Empty: as soon as it is published")
    )
    closes_at = WallClockField(
        lazy("Registration closes"), [Optional()], description=lazy("Empty: when the event begins")
    )
    capacity = IntegerField(
        lazy("Places"),
        [InputRequired(lazy("Please fill this in.")), NumberRange(1, 20_000, lazy("Between 1 and 20,000."))],
    )
    above = BooleanField(lazy("Fewer places than guests, who keep theirs"))
    contact = text(lazy("Contact for guests"), most=120, required=False)
    offer_hours = IntegerField(
        lazy("Hours to accept an offered place"),
        [Optional(), NumberRange(0, 720, lazy("Between 0 and 720."))],
        default=0,
        description=lazy("0: who moves up the waiting list has the place at once"),
    )
    most_companions = IntegerField(
        lazy("Companions at most"), [Optional(), NumberRange(0, 20, lazy("Between 0 and 20."))], default=0
    )
    asks_travel = BooleanField(lazy("Guests say how they come and go"))
    asks_room = BooleanField(lazy("Guests say whether they need a room"))
    reply_by = WallClockField(
        lazy("Invited people answer by"), [Optional()], description=lazy("Empty: until it begins")
    )
    letter = TextAreaField(
        lazy("Words of the invitation"), [Optional(), Length(max=2000)], render_kw={"rows": 4}
    )

    def __init__(self, *arguments, units=(), others=(), **options):
        super().__init__(*arguments, **options)
        self.unit_id.choices, self.co_host_ids.choices = list(units), list(others)

    def validate_ends_at(self, field):
        """The end lies after the beginning."""
        if field.data and self.starts_at.data and field.data <= self.starts_at.data:
            raise ValidationError(_("The end must be after the beginning."))

    def validate_closes_at(self, field):
        """Registration closes after it opens."""
        if field.data and self.opens_at.data and field.data <= self.opens_at.data:
            raise ValidationError(_("Registration must close after it opens."))
        self._before_the_end(field)

    def validate_opens_at(self, field):
        """Nobody registers for what is over."""
        self._before_the_end(field)

    def validate_reply_by(self, field):
        """Nor answers an invitation to it."""
        self._before_the_end(field)

    def _before_the_end(self, field) -> None:
        if field.data and self.ends_at.data and field.data > self.ends_at.data:
            raise ValidationError(_("This lies after the end of the event."))


class ItemForm(HouseForm):
    """An item of the programme."""

    starts_at = WallClockField(lazy("Begins"), [required()])
    minutes = IntegerField(
        lazy("Minutes"),
        [InputRequired(lazy("Please fill this in.")), NumberRange(1, 1440, lazy("Between 1 and 1,440."))],
    )
    title = text(lazy("Title"), most=120)
    title_en = text(lazy("Title in English"), most=200, required=False)
    speaker = text(lazy("Speaker"), most=120, required=False)
    venue = text(lazy("Place"), most=80, required=False, description=lazy("Empty: where the event is"))
    sign_up = BooleanField(lazy("Guests sign up for it"))
    capacity = IntegerField(
        lazy("Places for those who sign up"),
        [Optional(), NumberRange(1, 20_000, lazy("Between 1 and 20,000."))],
        description=lazy("Empty: as many as want to"),
    )


class MaterialForm(HouseForm):
    """A poster or a document."""

    purpose = SelectField(
        lazy("What it is"),
        choices=[(DOCUMENT, lazy("Document")), (POSTER, lazy("Poster on top of the page"))],
    )
    title = text(lazy("Title"), most=80)
    title_en = text(lazy("Title in English"), most=120, required=False)
    file = FileField(
        lazy("File"), description=lazy("PDF, PNG or JPEG; of a poster PNG or JPEG of 3 MB"), render_kw=PROOFS
    )

    def validate_file(self, field):
        """Something was chosen."""
        if not is_file(field.data):
            raise ValidationError(_("Choose a file."))


class CancelForm(HouseForm):
    """Calling an event off."""

    reason = text(lazy("Reason"), most=200)


class CloneForm(HouseForm):
    """The same again at another time."""

    title = text(lazy("Title"), most=120)
    starts_at = WallClockField(lazy("Begins"), [required()])


class TypeForm(HouseForm):
    """A guest type."""

    name = text(lazy("Name of the type"), most=20)
    name_en = text(lazy("Name in English"), most=40, required=False)
    colour = SelectField(lazy("Colour"), choices=list(COLOUR_NAMES.items()))
    capacity = IntegerField(
        lazy("Places of its own"),
        [Optional(), NumberRange(1, 20_000, lazy("Between 1 and 20,000."))],
        description=lazy("Empty: as many as the event holds"),
    )
    above = BooleanField(lazy("Fewer places than guests, who keep theirs"))
    reserved = IntegerField(
        lazy("Places kept for invited guests"),
        [Optional(), NumberRange(0, 20_000, lazy("Between 0 and 20,000."))],
        default=0,
        description=lazy(
            "An invited guest of this type who says yes takes one of them; nobody else gets them."
        ),
    )
    reserved_until = WallClockField(
        lazy("Kept until"),
        [Optional()],
        description=lazy("Empty: until invited people must answer. Then the waiting list moves up."),
    )
    place = IntegerField(
        lazy("Order"), [InputRequired(lazy("Please fill this in.")), NumberRange(1, 999)], default=100
    )
    approval = BooleanField(lazy("Somebody approves each"))
    public = BooleanField(lazy("Offered on the public form"), default=True)
    moving = BooleanField(
        lazy("The ticket’s code moves"),
        description=lazy(
            "It changes every few seconds on the guest’s phone: a forwarded picture of it is refused at "
            "the door."
        ),
    )


class SendForm(HouseForm):
    """Writing to invited people."""

    channel = SelectField(
        lazy("How"),
        choices=[
            ("both", lazy("Mail and text message")),
            ("mail", lazy("Mail")),
            ("sms", lazy("Text message")),
        ],
    )


class SortForm(HouseForm):
    """Guest type and wave of those who are ticked."""

    type_id = SelectField(lazy("Guest type"), coerce=int, default=0)
    wave = text(lazy("Wave"), most=30, required=False)

    def __init__(self, *arguments, types=(), **options):
        super().__init__(*arguments, **options)
        self.type_id.choices = [(0, _("As it is")), *((row.id, row.shown) for row in types)]


class SheetForm(HouseForm):
    """A guest list as a file."""

    file = FileField(
        lazy("Guest list"),
        description=lazy("Excel or CSV with a heading: name, and mobile or company"),
        render_kw=SHEETS,
    )

    def validate_file(self, field):
        """Something was chosen."""
        if not is_file(field.data):
            raise ValidationError(_("Choose a file."))


class InvitedFilters(Filters):
    """The list of invitations."""

    text = SearchField(lazy("Name, pinyin, initials, company or phone tail"))
    state = SelectField(
        lazy("State"), choices=[("", lazy("All invited")), *INVITED_NAMES.items()], default=""
    )
    type = SelectField(lazy("Guest type"), coerce=lambda value: int(value or 0), default=0)
    wave = SelectField(lazy("Wave"), default="")

    def __init__(self, *arguments, types=(), waves=(), **options):
        super().__init__(*arguments, **options)
        self.type.choices = type_choices(types)
        self.wave.choices = [("", _("All waves")), *((name, name) for name in waves)]


class EventFilters(Filters):
    """The list of events."""

    text = StringField(lazy("Title, city or venue"))
    state = SelectField(
        lazy("State"), choices=[("", lazy("All but archived")), *STATE_NAMES.items()], default=""
    )


class InviteFilters(Filters):
    """Whom to invite."""

    text = SearchField(lazy("Name, pinyin, initials, company or phone tail"))
    at_least = SelectField(
        lazy("Tier"),
        coerce=lambda value: int(value or 0),
        choices=[
            (REGISTERED, lazy("All tiers")),
            (SCREENED, lazy("Screened and key")),
            (KEY, lazy("Key list")),
        ],
        default=KEY,
    )
    city = StringField(lazy("Lives in (city)"))
    view = SelectField(lazy("Saved view"), coerce=lambda value: int(value or 0), default=0)

    def __init__(self, *arguments, views=(), **options):
        super().__init__(*arguments, **options)
        self.view.choices = [(0, _("No saved view")), *((row.id, row.name) for row in views)]

"""Forms of keeping in touch."""

from flask_wtf.file import FileField
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from outreach.core.clock import today
from outreach.core.forms import (
    PROOFS,
    DayField,
    Filters,
    HouseForm,
    Ticks,
    not_in_future,
    required,
    text,
    whole_number,
)
from outreach.core.i18n import _, lazy
from outreach.liaison.models import CANCELLED, HELD, LEAD, PLANNED, PROMISE, UNREACHED, WAYS, WISH

WAY_NAMES = dict(
    zip(
        WAYS,
        (lazy("Visit"), lazy("Call"), lazy("WeChat"), lazy("Video"), lazy("Meeting"), lazy("They came here")),
        strict=True,
    )
)
STATE_NAMES = {
    PLANNED: lazy("Planned"),
    HELD: lazy("Took place"),
    CANCELLED: lazy("Cancelled"),
    UNREACHED: lazy("Not reached"),
}
KIND_NAMES = {WISH: lazy("They want"), LEAD: lazy("May become a project"), PROMISE: lazy("We promised")}
_LONG = [Optional(), Length(max=2000, message=lazy("At most %(max)d characters."))]
_RHYTHMS = [
    (30, lazy("every month")),
    (90, lazy("every quarter")),
    (180, lazy("every half year")),
    (365, lazy("every year")),
]


class _WithPost(HouseForm):
    post_id = SelectField(lazy("On behalf of"), coerce=int)

    def __init__(self, *arguments, posts=(), **options):
        super().__init__(*arguments, **options)
        self.post_id.choices = [
            (0, _("Myself")),
            *((post.id, f"{post.title} {post.holder}") for post in posts),
        ]


class PlanForm(_WithPost):
    """A contact to come, or one that is moved."""

    way = RadioField(lazy("How"), choices=list(WAY_NAMES.items()), default="visit")
    day = DayField(lazy("When"), [required()])
    at = TimeField(lazy("At what time"), [Optional()])
    place = text(lazy("Where"), most=80, required=False)
    party = text(lazy("Who goes along"), most=200, required=False)


class RecordForm(_WithPost):
    """A contact that took place, or was tried in vain: under a minute on a phone."""

    way = RadioField(lazy("How"), choices=list(WAY_NAMES.items()), default="visit")
    day = DayField(lazy("When"), [required(), not_in_future])
    said = TextAreaField(lazy("What was said"), [*_LONG[1:]], render_kw={"rows": 3})
    not_reached = BooleanField(
        lazy("Not reached"),
        description=lazy("The attempt stays on record; when the next contact is due does not change."),
    )
    wish = text(lazy("What they want"), most=300, required=False)
    lead = text(lazy("What may become a project"), most=300, required=False)
    promise = text(lazy("What we promised"), most=300, required=False)
    owner_id = SelectField(lazy("Who sees to it"), coerce=int)
    due_on = DayField(lazy("By when"), [Optional()])
    next_on = DayField(lazy("Next contact on"), [Optional()])
    place = text(lazy("Where"), most=80, required=False)
    party = text(lazy("Who was along"), most=200, required=False)
    file = FileField(lazy("Photograph or paper (PDF, PNG, JPEG)"), render_kw=PROOFS)

    def __init__(self, *arguments, owners=(), **options):
        super().__init__(*arguments, **options)
        self.owner_id.choices = [
            (0, _("Myself")),
            *((user.id, f"{user.name} {user.post}".strip()) for user in owners),
        ]

    def validate_said(self, field):
        """A contact leaves something behind; an empty form is none."""
        if not any((field.data, self.wish.data, self.lead.data, self.promise.data, self.not_reached.data)):
            raise ValidationError(_("Write what was said, or tick “Not reached”."))

    def validate_next_on(self, field):
        """The next contact lies ahead."""
        if field.data and field.data <= today():
            raise ValidationError(_("The next contact lies ahead."))

    def validate_promise(self, field):
        """A promise without a date is forgotten."""
        if field.data and not self.due_on.data:
            raise ValidationError(_("By when do we keep the promise?"))


class PostForm(HouseForm):
    """A leader's post."""

    unit_id = SelectField(lazy("Unit"), coerce=int)
    title = text(lazy("Post"), most=60)
    holder = text(lazy("Held by"), most=40, required=False)
    from_on = DayField(lazy("Since"), [required()])
    rank = IntegerField(lazy("Order"), [NumberRange(1, 999)], default=100)
    user_id = SelectField(lazy("Account whose calendar shows it"), coerce=int)

    def __init__(self, *arguments, units=(), users=(), **options):
        super().__init__(*arguments, **options)
        self.unit_id.choices = list(units)
        self.user_id.choices = [(0, "–"), *((user.id, user.name) for user in users)]


class HandOverForm(HouseForm):
    """The post changes hands."""

    holder = text(lazy("Held by"), most=40, required=False)
    from_on = DayField(lazy("Since"), [required()])
    user_id = SelectField(lazy("Account whose calendar shows it"), coerce=int)

    def __init__(self, *arguments, users=(), **options):
        super().__init__(*arguments, **options)
        self.user_id.choices = [(0, "–"), *((user.id, user.name) for user in users)]


class PairForm(HouseForm):
    """Who keeps in touch with a person."""

    post_id = SelectField(lazy("Leader’s post"), coerce=int)
    rhythm_days = SelectField(lazy("At least"), coerce=int, choices=_RHYTHMS, default=90)
    clerk_id = SelectField(lazy("Who arranges it"), coerce=int)

    def __init__(self, *arguments, posts=(), users=(), **options):
        super().__init__(*arguments, **options)
        self.post_id.choices = [(post.id, f"{post.unit.shown} {post.title} {post.holder}") for post in posts]
        self.clerk_id.choices = [(0, "–"), *((user.id, user.name) for user in users)]


class OutcomeForm(HouseForm):
    """What came of it."""

    outcome = text(lazy("What came of it"), most=300)


class PairingFilters(Filters):
    """The list of pairings."""

    text = StringField(lazy("Name or pinyin"))
    post = SelectField(lazy("Leader’s post"), coerce=lambda value: int(value or 0), default=0)
    overdue = BooleanField(lazy("Only overdue"))
    ended = BooleanField(lazy("Ended"))

    def __init__(self, *arguments, posts=(), **options):
        super().__init__(*arguments, **options)
        self.post.choices = [
            (0, _("All posts")),
            *((post.id, f"{post.title} {post.holder}") for post in posts),
        ]


class NearForm(Filters):
    """Who lives where a leader will be."""

    province = SelectField(lazy("Province"), [required()], default="")
    city = StringField(lazy("City"))
    from_on = DayField(lazy("From"), [required()])
    until_on = DayField(lazy("Until"), [required()])
    at_least = SelectField(lazy("Tier"), coerce=lambda value: int(value or 1), default=2)
    unseen = BooleanField(lazy("Not seen for a year"))

    def __init__(self, *arguments, provinces=(), tiers=(), **options):
        super().__init__(*arguments, **options)
        self.at_least.choices = list(tiers)
        self.province.choices = [("", _("Where?")), *((name, name) for name in provinces)]

    def validate_until_on(self, field):
        """The trip ends after it begins."""
        if field.data and self.from_on.data and field.data < self.from_on.data:
            raise ValidationError(_("The trip ends before it begins."))


class TripForm(_WithPost):
    """The trip with those who were ticked."""

    party = text(lazy("Who goes along"), most=200, required=False)


#: visits of one trip that are planned at once
MOST_VISITS = 60


class PlanTripForm(TripForm):
    """A new trip, or more visits of one that is planned."""

    people = Ticks(lazy("Whom to see"), coerce=lambda typed: whole_number(typed) or 0, validate_choice=False)

    def validate_people(self, field):
        """Somebody is to be seen, and no more than a trip can hold."""
        if not any(field.data or []):
            raise ValidationError(_("Tick whom to see."))
        if len(field.data) > MOST_VISITS:
            raise ValidationError(_("At most %(max)d people at once.", max=MOST_VISITS))


class ChangeTripForm(TripForm):
    """Other days, another party."""

    from_on = DayField(lazy("From"), [required()])
    until_on = DayField(lazy("Until"), [required()])

    def validate_until_on(self, field):
        """The trip ends after it begins."""
        if field.data and self.from_on.data and field.data < self.from_on.data:
            raise ValidationError(_("The trip ends before it begins."))

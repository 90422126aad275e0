"""Forms of the directory."""

import re

from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional, Regexp, ValidationError

from outreach.core import latin
from outreach.core.forms import Filters, HouseForm, MailField, WanField, named, text
from outreach.core.i18n import _, lazy
from outreach.core.phones import mobile
from outreach.core.search_field import SearchField
from outreach.directory.models import (
    ALLIANCE,
    ASSOCIATION,
    CHAMBER,
    COMPANY,
    INDUSTRIES,
    KEY,
    OTHER,
    REGISTERED,
    SCREENED,
    STATION,
)
from outreach.directory.reading.business import credit_code

TIER_NAMES = {REGISTERED: lazy("Registered"), SCREENED: lazy("Screened"), KEY: lazy("Key list")}
KIND_NAMES = {
    COMPANY: lazy("Company"),
    CHAMBER: lazy("Chamber"),
    ASSOCIATION: lazy("Hometown or alumni association"),
    ALLIANCE: lazy("Alliance"),
    STATION: lazy("Liaison station"),
    OTHER: lazy("Other"),
}
GENDER_NAMES = {"男": lazy("Male"), "女": lazy("Female")}
MARK_NAMES = {
    "attended": lazy("Came to an event"),
    "project": lazy("Has an agreement"),
    "paired": lazy("Paired"),
    "unpaired": lazy("Not paired"),
}
SORT_NAMES = {
    "surname_strokes": lazy("Order: strokes of the surname"),
    "name_strokes": lazy("Order: strokes of the whole name"),
    "-tier": lazy("Order: tier"),
    "-updated": lazy("Order: latest change"),
    "updated": lazy("Order: longest untouched"),
}


class PeopleFilters(Filters):
    """The list of people."""

    text = SearchField(lazy("Name, pinyin, initials, company or phone tail"))
    tier = SelectField(
        lazy("Tier"),
        coerce=lambda value: int(value or 0),
        choices=[(0, lazy("All tiers")), *TIER_NAMES.items()],
        default=0,
    )
    at_least = IntegerField(validators=[Optional()])
    # their choices are drawn only for the whole page; a place that is none finds nobody
    home = SelectField(lazy("Home place"), default="", validate_choice=False)
    province = SelectField(lazy("Lives in"), default="", validate_choice=False)
    city = StringField(lazy("City"))
    industry = SelectField(lazy("Industry"), default="")
    unit = IntegerField(validators=[Optional()])
    village = StringField(lazy("Village"))
    chamber = StringField(lazy("Chamber"))
    tag = StringField(lazy("Tag"))
    consent = SelectField(
        lazy("Consent"),
        choices=[
            ("", lazy("Any consent")),
            ("printed", lazy("May be printed")),
            ("none", lazy("May not be printed")),
            ("told", lazy("Was told")),
            ("restricted", lazy("Processing restricted")),
        ],
        default="",
    )
    mark = SelectField(lazy("Known from"), choices=[("", lazy("Everybody")), *MARK_NAMES.items()], default="")
    leader = SelectField(
        lazy("Paired with"), coerce=lambda value: int(value or 0), default=0, validate_choice=False
    )
    silent = IntegerField(lazy("Days without contact"), validators=[Optional(), NumberRange(1, 36_500)])
    sort = SelectField(lazy("Order"), choices=[("", lazy("Order: pinyin")), *SORT_NAMES.items()], default="")

    def chosen(self) -> dict:
        """The filters; the order is read by the list itself."""
        return {name: value for name, value in super().chosen().items() if name != "sort"}

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.offer(homes=(), provinces=(), leaders=())
        self.industry.choices = [
            ("", _("All industries")),
            *((letter, f"{letter} {name}") for letter, name in INDUSTRIES.items()),
        ]

    def offer(self, *, homes, provinces, leaders) -> None:
        """The places and leaders to choose from."""
        self.leader.choices = [(0, _("Any leader")), *leaders]
        self.home.choices = [("", _("Anywhere")), *homes]
        self.province.choices = [("", _("All provinces")), *((name, latin.place(name)) for name in provinces)]


class CreditCodeField(StringField):
    """A unified credit code, well formed by GB 32100-2015; a repair is suggested, never made."""

    def post_validate(self, _form, _stopped):
        reading = credit_code(self.data or "")
        for doubt in reading.doubts:
            code, _sign, repair = doubt.partition(":")
            if code == "code_repair":
                raise ValidationError(_("This code is not right. Did you mean %(code)s?", code=repair))
            raise ValidationError(_("This code does not pass the check of GB 32100."))
        self.data = reading.value


def mobile_numbers(_form, field):
    """Several mobile numbers with commas in between; as they are read they stand in ``field.numbers``."""
    numbers = []
    for typed in re.split(r"[,，、;；/\n]", field.data or ""):
        if not typed.strip():
            continue
        number = mobile(typed)
        if number is None:
            raise ValidationError(
                _(
                    "%(number)s is no mobile number: write 11 digits, or for another country + and its "
                    "prefix.",
                    number=typed.strip(),
                )
            )
        numbers.append(number)
    field.numbers = list(dict.fromkeys(numbers))


class PersonForm(HouseForm):
    """A card."""

    version = HiddenField()
    unit_id = SelectField(lazy("Kept by"), coerce=int)
    name = text(lazy("Name"), most=40, also=[named])
    gender = SelectField(lazy("Gender"), choices=[("", "–"), *GENDER_NAMES.items()], default="")
    birth = StringField(
        lazy("Born"),
        [Optional(), Regexp(r"^(19|20)\d{2}(-(0[1-9]|1[0-2]))?$", message=lazy("Write 1968 or 1968-10."))],
        description=lazy("1968 or 1968-10"),
    )
    mobiles = StringField(
        lazy("Mobile"),
        [Optional(), Length(max=120), mobile_numbers],
        description=lazy("Several with commas in between"),
    )
    wechat = text(lazy("WeChat"), most=40, required=False)
    email = MailField(lazy("Mail address"), [Optional()])
    home_village = text(lazy("Village"), most=40, required=False)
    province = SelectField(lazy("Lives in (province)"), default="")
    city = text(lazy("City"), most=20, required=False)
    company = text(lazy("Company"), most=120, required=False)
    title = text(lazy("Post"), most=40, required=False)
    industry = SelectField(lazy("Industry"), default="")
    scale_wan = WanField(lazy("Annual output"), description=lazy("in 10,000 yuan"))
    note = TextAreaField(
        lazy("Remark"), [Optional(), Length(max=2000, message=lazy("At most %(max)d characters."))]
    )
    again = BooleanField(lazy("The person was erased and asks to be on the register again"))

    def __init__(self, *arguments, units=(), provinces=(), **options):
        super().__init__(*arguments, **options)
        self.unit_id.choices = list(units)
        self.province.choices = [("", "–"), *((name, latin.place(name)) for name in provinces)]
        self.industry.choices = [
            ("", "–"),
            *((letter, f"{letter} {name}") for letter, name in INDUSTRIES.items()),
        ]

    def card(self) -> dict:
        """What ``operations.add_person`` and ``edit_person`` take, but for unit and version."""
        values = self.values()
        values.pop("version"), values.pop("unit_id"), values.pop("again")
        return {**values, "mobiles": getattr(self.mobiles, "numbers", [])}


class ReasonForm(HouseForm):
    """Why."""

    reason = text(lazy("Reason"), most=200)


class RemoveForm(ReasonForm):
    """Why a card goes, and which version of it was looked at."""

    version = HiddenField()


class TierForm(HouseForm):
    """A decision on a tier."""

    tier = SelectField(lazy("Tier"), coerce=int, choices=list(TIER_NAMES.items()))
    reason = text(lazy("On what grounds"), most=300)


class ExportForm(HouseForm):
    """Taking a list out of the house."""

    reason = text(lazy("What the list is for"), most=200)
    full = BooleanField(lazy("Names and numbers in full"))


class ViewForm(HouseForm):
    """Saving the present filters."""

    name = text(lazy("Name of the view"), most=60)
    shared = BooleanField(lazy("Everybody in my unit sees it"))


class TagForm(HouseForm):
    """A tag for one card."""

    add = text(lazy("Tag"), most=20, required=False)
    remove = HiddenField()

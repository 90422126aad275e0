"""Forms of the directory."""

import re

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError
from wtforms.widgets import HiddenInput

from outreach.core import latin
from outreach.core.forms import SHEETS, Filters, HouseForm, MailField, WanField, named, text
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
from outreach.directory.reading.headings import KIND

TIER_NAMES = {REGISTERED: lazy("Registered"), SCREENED: lazy("Screened"), KEY: lazy("Key list")}
KIND_NAMES = {
    COMPANY: lazy("Company"),
    CHAMBER: lazy("Chamber"),
    ASSOCIATION: lazy("Hometown or alumni association"),
    ALLIANCE: lazy("Alliance"),
    STATION: lazy("Liaison station"),
    OTHER: lazy("Other"),
}
FIELD_NAMES = {
    "": lazy("Not used"),
    "skip": lazy("Not used (known)"),
    "name": lazy("Name"),
    "surname": lazy("Surname"),
    "given": lazy("Given name"),
    "gender": lazy("Gender"),
    "wechat": lazy("WeChat"),
    "phone": lazy("Phone"),
    "home": lazy("Home place"),
    "village": lazy("Village"),
    "birth": lazy("Born"),
    "lives": lazy("Lives in"),
    "employer_post": lazy("Employer and post"),
    "employer": lazy("Employer"),
    "title": lazy("Post"),
    "chamber_title": lazy("Post in the chamber"),
    "credit_code": lazy("Credit code"),
    "industry": lazy("Industry"),
    "scale": lazy("Annual output"),
    "tier": lazy("Tier"),
    "email": lazy("Mail address"),
    "note": lazy("Remark"),
}
#: why a column is taken for a field or is not (``imports.headings.Taken``)
WHY_NAMES = {
    "ends": lazy("taken by the end of its heading"),
    "chosen": lazy("chosen by hand"),
    "unknown": lazy("heading not recognised"),
    "others": lazy("about somebody else"),
    "twice": lazy("another column is taken for this already"),
}
#: the values of a row in the dry run (``roster_preview.Entry``)
ENTRY_NAMES = FIELD_NAMES | {
    "home_code": lazy("Home place"),
    "home_village": lazy("Village"),
    "province": lazy("Province"),
    "city": lazy("City"),
    "lives_raw": lazy("Lives in, as stated"),
    "scale_stated": lazy("Annual output, as stated"),
    "scale_wan": lazy("Annual output"),
}
DOUBT_NAMES = {
    "phone_lost": lazy("Excel lost the number's last digits; it was not taken"),
    "phone_ditto": lazy("“Same as above” is not taken for a phone number"),
    "phone_short": lazy("The number has too few digits; it was not taken"),
    "phone_long": lazy("The number has too many digits; it was not taken"),
    "phone_no_area": lazy("A landline without area code; it was not taken"),
    "phone_unread": lazy("This is not a phone number"),
    "phone_shared": lazy("Somebody with another name has the same number"),
    "erased": lazy("Was erased from the register; not entered"),
    "same_person": lazy("Perhaps the same person as in another row: same name and village or company"),
    "namesake": lazy("The sheet marks a namesake; the mark was left out of the name"),
    "name_title": lazy("This looks like a form of address, not a full name"),
    "name_two": lazy("Two names in one cell; write each person in a row of their own"),
    "name_odd": lazy("The name holds unusual signs"),
    "name_missing": lazy("No name; the row is skipped"),
    "birth_ambiguous": lazy("January or October? Excel drops the last zero; only the year was taken"),
    "birth_unread": lazy("No year and month can be read from this"),
    "home_ambiguous": lazy("Several counties have a township of this name"),
    "home_unread": lazy("No township of this name is known here"),
    "lives_ambiguous": lazy("Several cities have this name"),
    "lives_unread": lazy("No city can be read from this"),
    "industry_unread": lazy("No industry can be read from this"),
    "amount_range": lazy("A range; kept as stated, not as a number"),
    "amount_about": lazy("About; taken as the number named"),
    "amount_currency": lazy("Another currency; kept as stated"),
    "amount_no_unit": lazy("Neither the cell nor the sheet names a unit; not taken"),
    "amount_unread": lazy("No amount can be read from this"),
    "amount_negative": lazy("An amount below zero was not taken"),
    "id_number": lazy("An ID number stood here; it was removed and not stored"),
    "hidden_row": lazy(
        "This row is hidden or filtered out in the sheet; it is left out unless you take it in"
    ),
    "ditto": lazy("“Same as above”: taken from the row above"),
    "ditto_lost": lazy("“Same as above”, but nothing stands above"),
    "home_inferred": lazy("No home place stands in the sheet; the township that uploads it was taken"),
    "code_wrong": lazy("This credit code is not well formed"),
    "code_repair": lazy("This credit code is not well formed; perhaps O, I, S or Z stands for a digit"),
}


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


def _mobiles(_form, field):
    numbers = []
    for typed in re.split(r"[,，、;；/\n]", field.data or ""):
        if not typed.strip():
            continue
        number = mobile(typed)
        if number is None:
            raise ValidationError(
                _(
                    "%(number)s is no mobile number: write 11 digits, or for another country + and its prefix.",
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
    gender = SelectField(
        lazy("Gender"), choices=[("", "–"), ("男", lazy("Male")), ("女", lazy("Female"))], default=""
    )
    birth = StringField(
        lazy("Born"),
        [Optional(), Regexp(r"^(19|20)\d{2}(-(0[1-9]|1[0-2]))?$", message=lazy("Write 1968 or 1968-10."))],
        description=lazy("1968 or 1968-10"),
    )
    mobiles = StringField(
        lazy("Mobile"),
        [Optional(), Length(max=120), _mobiles],
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


#: why two cards look like one person
REASON_NAMES = {
    "phone": lazy("same number"),
    "wechat": lazy("same WeChat"),
    "name": lazy("same name"),
    "pinyin": lazy("name sounds the same"),
    "company": lazy("same company"),
    "birth": lazy("born the same month"),
    "town": lazy("same township"),
    "village": lazy("same village"),
    "birth_differs": lazy("but born in another year"),
    "gender_differs": lazy("but another gender"),
}
#: the fields a merge asks about, in the order of the card
MERGED_NAMES = {
    "name": lazy("Name"),
    "gender": lazy("Gender"),
    "birth": lazy("Born"),
    "home_village": lazy("Village"),
    "province": lazy("Province"),
    "city": lazy("City"),
    "industry": lazy("Industry"),
    "scale_wan": lazy("Annual output"),
    "wechat": lazy("WeChat"),
    "email": lazy("Mail address"),
}
#: fields that go together with one that is asked about
_TOGETHER = {"home_village": ("home_code",), "city": ("lives_raw",), "scale_wan": ("scale_stated",)}


class MergeForm(HouseForm):
    """Two cards become one: ``keep`` stays, ``take`` are the fields whose value comes from the other."""

    keep = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    take = SelectMultipleField(choices=list(MERGED_NAMES.items()), validators=[Optional()])
    reason = text(lazy("Reason"), most=200)

    def taken(self) -> set[str]:
        """Every field that comes from the other card."""
        chosen = set(self.take.data or ())
        return chosen | {name for field in chosen for name in _TOGETHER.get(field, ())}


class PairFilters(Filters):
    """The review list."""

    text = StringField(lazy("Name"))
    state = SelectField(
        lazy("State"),
        choices=[
            ("likely", lazy("To be looked at")),
            ("open", lazy("Also unlikely ones")),
            ("different", lazy("Two people")),
        ],
        default="likely",
    )


class SameForm(Filters):
    """Looking for the card that is the same person."""

    text = SearchField(lazy("Name, pinyin, company, phone tail"))


class ExportForm(HouseForm):
    """Taking a list out of the house."""

    reason = text(lazy("What the list is for"), most=200)
    full = BooleanField(lazy("Names and numbers in full"))


class RosterForm(HouseForm):
    """Uploading a roster."""

    unit_id = SelectField(lazy("Reporting unit"), coerce=int)
    chamber_id = SelectField(
        lazy("Members of"),
        coerce=int,
        default=0,
        description=lazy("Everybody in the roster gets a post there. Empty: what the title names."),
    )
    file = FileField(
        lazy("Spreadsheet (.xlsx, .xls, .ods or .csv)"),
        [FileRequired(lazy("Choose a file."))],
        render_kw=SHEETS,
    )

    def __init__(self, *arguments, units=(), chambers=(), **options):
        super().__init__(*arguments, **options)
        self.unit_id.choices, self.chamber_id.choices = (
            list(units),
            [(0, "–"), *((row.id, row.name) for row in chambers)],
        )


BATCH_NAMES = {
    "reading": lazy("Being read"),
    "ready": lazy("Read, not entered"),
    "failed": lazy("Not readable"),
    "applying": lazy("Being entered"),
    "applied": lazy("Entered"),
    "reverting": lazy("Being taken back"),
    "reverted": lazy("Taken back"),
    "discarded": lazy("Discarded"),
    "stuck": lazy("Stopped at a fault"),
}


class BatchFilters(Filters):
    """The list of rosters."""

    text = StringField(lazy("Name of the file"))
    state = SelectField(
        lazy("State"), choices=[("", lazy("All but discarded")), *BATCH_NAMES.items()], default=""
    )


class RowFilters(Filters):
    """The rows of a batch."""

    doubtful = BooleanField()
    reason = SelectField(lazy("Doubt"), choices=[("", lazy("All doubts")), *DOUBT_NAMES.items()], default="")
    verdict = SelectField(
        lazy("Verdict"),
        choices=[
            ("", lazy("All rows")),
            ("new", lazy("New")),
            ("same", lazy("Known person")),
            ("skipped", lazy("Skipped")),
        ],
        default="",
    )


class OrganisationFilters(Filters):
    """The list of organisations."""

    text = StringField(lazy("Part of the name"))
    kind = SelectField(lazy("Kind"), choices=[("", lazy("All kinds")), *KIND_NAMES.items()], default="")
    province = StringField(lazy("Province"))
    stale = BooleanField(lazy("Not verified for a year"))


def doubt_words(row) -> str:
    """Every doubt of a batch row in words."""
    words = []
    for _field, code, stated in row.doubts:
        plain = str(DOUBT_NAMES.get(code.partition(":")[0], code))
        words.append(f"{plain}（{stated}）" if stated else plain)
    return "；".join(words)


class RowForm(HouseForm):
    """A row as a clerk corrects it before it is entered."""

    name = text(lazy("Name"), most=40, also=[named])
    mobiles = StringField(
        lazy("Mobile"),
        [Optional(), Length(max=120), _mobiles],
        description=lazy("Several with commas in between"),
    )
    birth = StringField(
        lazy("Born"),
        [
            Optional(),
            Regexp(r"^(19|20)\d\d(-(0[1-9]|1[0-2]))?$", message=lazy("Write it as 1968 or 1968-10.")),
        ],
    )
    city = text(lazy("City"), most=20, required=False)
    home_code = SelectField(lazy("Home place"), default="")
    home_village = text(lazy("Village"), most=40, required=False)
    company = text(lazy("Company"), most=120, required=False)
    title = text(lazy("Post"), most=40, required=False)
    credit_code = CreditCodeField(lazy("Credit code"), [Optional()])
    industry = SelectField(lazy("Industry"), default="")
    scale_wan = WanField(lazy("Annual output"), description=lazy("in 10,000 yuan"))

    def __init__(self, *arguments, towns=(), **options):
        super().__init__(*arguments, **options)
        self.home_code.choices = [("", "–"), *towns]
        self.industry.choices = [
            ("", "–"),
            *((letter, f"{letter} {name}") for letter, name in INDUSTRIES.items()),
        ]

    def card(self) -> dict:
        """What ``operations.correct_row`` takes."""
        return {**self.values(), "mobiles": getattr(self.mobiles, "numbers", [])}


class ColumnsForm(HouseForm):
    """What each column is taken for. The columns are the sheet's own, so are the names of what is sent."""

    @staticmethod
    def mapping(arguments, shapes: list[dict]) -> dict[str, list[str]]:
        """The corrected mapping of a posted form: ``column-<shape number>-<column number>`` -> field."""
        return {
            shape["shape"]: [
                KIND.choice(arguments.get(f"column-{number}-{index}", ""))
                for index in range(len(shape["columns"]))
            ]
            for number, shape in enumerate(shapes)
            if shape["columns"]
        }


class ViewForm(HouseForm):
    """Saving the present filters."""

    name = text(lazy("Name of the view"), most=60)
    shared = BooleanField(lazy("Everybody in my unit sees it"))


class TagForm(HouseForm):
    """A tag for one card."""

    add = text(lazy("Tag"), most=20, required=False)
    remove = HiddenField()

"""Forms of rosters: what is brought in, what each column is taken for, a row as it is corrected."""

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import Length, Optional, Regexp

from outreach.core.forms import SHEETS, Filters, HouseForm, WanField, named, text
from outreach.core.i18n import lazy
from outreach.directory.forms import CreditCodeField, mobile_numbers
from outreach.directory.models import INDUSTRIES
from outreach.directory.reading.headings import KIND

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
        [Optional(), Length(max=120), mobile_numbers],
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

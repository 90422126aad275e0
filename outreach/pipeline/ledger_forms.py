"""Forms of ledgers: what is brought in, and what each column is taken for."""

from flask_wtf.file import FileField
from wtforms import SelectField
from wtforms.validators import ValidationError

from outreach.core.forms import SHEETS, HouseForm, is_file
from outreach.core.i18n import _, lazy
from outreach.imports.headings import Kind

LEDGER_NAMES = {
    "new": lazy("New"),
    "changed": lazy("Has changes"),
    "same": lazy("The same"),
    "differs": lazy("Known, differs"),
    "unclear": lazy("Not clear: enter by hand"),
}
DOUBT_NAMES = {
    "amount_range": lazy("the amount is a range"),
    "amount_currency": lazy("another currency"),
    "amount_no_unit": lazy("an amount without unit"),
    "amount_unread": lazy("the amount cannot be read"),
    "amount_negative": lazy("a negative amount"),
    "day_unread": lazy("the day cannot be read"),
    "code_wrong": lazy("the credit code is wrong"),
    "amount_about": lazy("the amount is about"),
    "day_first": lazy("a month without its day: the first is taken"),
    "day_ambiguous": lazy("January or October: write the day in full"),
    "day_future": lazy("signed in the future"),
    "number_unread": lazy("a number cannot be read"),
    "kind_unread": lazy("the kind of paper is not known"),
    "kind_missing": lazy("an amount of a contract or agreement, and no kind of paper"),
    "ditto_lost": lazy("“same as above” cannot be filled in"),
    "rows_merged": lazy("one project over several rows"),
    "hidden_row": lazy("a hidden row"),
    "twice": lazy("the line stands twice in the ledger"),
    "paper_known": lazy("its paper is recorded, without a project"),
    "several_projects": lazy("several projects have this name"),
    "no_company": lazy("no company"),
    "no_day": lazy("no day of signing"),
    "no_amount": lazy("no amount"),
    "supplement": lazy("a supplement needs the contract it belongs to"),
    "review_needed": lazy("a contract since 1 August 2024: enter it with its fair-competition review"),
}
COLUMN_WHY_NAMES = {
    "others": lazy("about somebody else"),
    "twice": lazy("another column is taken for the same"),
    "chosen": lazy("chosen by hand"),
    "unknown": lazy("not recognised"),
}


class LedgerColumnsForm(HouseForm):
    """What each column is taken for; the names of what is sent follow from the sheet."""

    @staticmethod
    def mapping(arguments, shapes: list[dict], kind: Kind) -> dict[str, list[str]]:
        """Heading shape -> what each column is (``Kind.choice``),
        from ``column-<shape number>-<column number>``.
        """
        return {
            shape["shape"]: [
                kind.choice(arguments.get(f"column-{number}-{index}", ""))
                for index in range(len(shape["columns"]))
            ]
            for number, shape in enumerate(shapes)
        }


class LedgerForm(HouseForm):
    """A ledger to bring in."""

    unit_id = SelectField(lazy("County"), coerce=int)
    file = FileField(lazy("Ledger (.xlsx, .xls, .ods or .csv)"), render_kw=SHEETS)

    def __init__(self, *arguments, units=(), **options):
        super().__init__(*arguments, **options)
        self.unit_id.choices = list(units)

    def validate_file(self, field):
        """There is one."""
        if not is_file(field.data):
            raise ValidationError(_("Choose a file."))

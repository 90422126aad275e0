"""Forms of what stands in an agreement: its scans, its review, its parties and promises."""

from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField
from wtforms.validators import Optional, ValidationError

from outreach.core.forms import PROOFS, DayField, Filters, HouseForm, is_file, not_in_future, required, text
from outreach.core.i18n import _, lazy
from outreach.pipeline.project_forms import number

ROLE_NAMES = {"investor": lazy("Investor"), "county": lazy("County"), "labour": lazy("Labour partner")}
SIDE_NAMES = {"county": lazy("The county"), "company": lazy("The company")}


class FileForm(HouseForm):
    """A proof or a scan."""

    evidence = FileField(lazy("File (PDF, PNG or JPEG)"), render_kw=PROOFS)

    def validate_evidence(self, field):
        """There is one."""
        if not is_file(field.data):
            raise ValidationError(_("Choose a file."))


class ReplaceForm(HouseForm):
    """A scan that is wrong, and the right one."""

    reason = text(lazy("Reason"), most=200)
    evidence = FileField(lazy("The right scan, if there is one (PDF, PNG or JPEG)"), render_kw=PROOFS)


class ReviewForm(HouseForm):
    """公平竞争审查."""

    number = text(lazy("Number of the review"), most=60)
    day = DayField(lazy("Day of the review"), [required(), not_in_future])
    passed = BooleanField(lazy("Passed"))


class PartyForm(HouseForm):
    """One more party."""

    role = SelectField(lazy("Role"), choices=list(ROLE_NAMES.items()))
    name = text(lazy("Full name"), most=120)
    heads = number(lazy("How many people"), most=1_000_000)

    def validate_heads(self, field):
        """A labour partner names them."""
        if self.role.data == "labour" and not field.data:
            raise ValidationError(_("Say how many people the labour partner sends."))


class ClauseForm(HouseForm):
    """A promise of one side."""

    side = SelectField(lazy("Who promises"), choices=list(SIDE_NAMES.items()))
    text = text(lazy("What is promised"), most=300)
    due_on = DayField(lazy("Due on"), [Optional()])


class PromiseFilters(Filters):
    """The list of promises."""

    state = SelectField(
        lazy("State"),
        choices=[
            ("open", lazy("Still open")),
            ("late", lazy("Past the deadline")),
            ("closed", lazy("No longer open")),
            ("all", lazy("All")),
            ("withdrawn", lazy("Withdrawn")),
        ],
        default="open",
    )
    side = SelectField(
        lazy("Who promises"), choices=[("", lazy("Both sides")), *SIDE_NAMES.items()], default=""
    )

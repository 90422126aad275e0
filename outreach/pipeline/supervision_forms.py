"""Forms of what is watched: lights, concerns, notices, proofs, the calendar of working days."""

from wtforms import BooleanField, IntegerField, SelectField, TextAreaField
from wtforms.validators import Length, NumberRange, ValidationError

from outreach.core.forms import DayField, Filters, HouseForm, not_in_past, required, text
from outreach.core.i18n import _, lazy
from outreach.pipeline.follow_models import LEVELS

LEVEL_NAMES = dict(
    zip(LEVELS, (lazy("Reminder"), lazy("Supervision order"), lazy("Summons to talk")), strict=True)
)
RULE_NAMES = {
    "no_contract": lazy("Signed, no contract"),
    "no_start": lazy("Contract, no construction"),
    "late": lazy("Late against the plan"),
    "silent": lazy("Nothing entered"),
    "no_statistics": lazy("Started, not in statistics"),
}


class ConcernForm(HouseForm):
    """需协调事项."""

    owner = text(lazy("Who clears it"), most=60)
    text = text(lazy("What has to be co-ordinated"), most=300)
    due_on = DayField(lazy("Due on"), [required(), not_in_past])


class NoticeForm(HouseForm):
    """督办."""

    level = SelectField(lazy("Kind of notice"), choices=list(LEVEL_NAMES.items()))
    addressee = text(lazy("To"), most=80)
    text = TextAreaField(lazy("What is to be done"), [required(), Length(max=2000)])
    due_on = DayField(lazy("Deadline"), [required(), not_in_past])


class AnswerForm(HouseForm):
    """What was done."""

    answer = TextAreaField(lazy("Answer"), [required(), Length(max=2000)])


class NoticeFilters(Filters):
    """The list of papers."""

    state = SelectField(
        lazy("State"),
        choices=[
            ("", lazy("All")),
            ("open", lazy("Not closed yet")),
            ("late", lazy("Past the deadline")),
            ("closed", lazy("Closed with an answer")),
            ("withdrawn", lazy("Withdrawn")),
        ],
        default="",
    )


class PapersForm(HouseForm):
    """What proves a milestone, one a line."""

    papers = TextAreaField(
        lazy("Papers, one a line"),
        [Length(max=300, message=lazy("At most %(max)d characters."))],
        render_kw={"rows": 3},
    )

    def listed(self) -> list[str]:
        """The papers without blanks."""
        return [line.strip() for line in (self.papers.data or "").splitlines() if line.strip()]

    def validate_papers(self, _field):
        """A few short names."""
        if len(self.listed()) > 6 or any(len(line) > 40 for line in self.listed()):
            raise ValidationError(_("At most six papers, each at most 40 characters."))


class LightForm(HouseForm):
    """From when a light is on."""

    unit_id = SelectField(lazy("County"), coerce=int)
    name = SelectField(lazy("Rule"), choices=list(RULE_NAMES.items()))
    yellow = IntegerField(
        lazy("Yellow after"),
        [required(), NumberRange(1, 365, lazy("Between 1 and 365."))],
        description=lazy("working days"),
    )
    red = IntegerField(
        lazy("Red after"),
        [required(), NumberRange(1, 365, lazy("Between 1 and 365."))],
        description=lazy("working days"),
    )

    def __init__(self, *arguments, units=(), **options):
        super().__init__(*arguments, **options)
        self.unit_id.choices = list(units)

    def validate_red(self, field):
        """After yellow."""
        if field.data and self.yellow.data and field.data <= self.yellow.data:
            raise ValidationError(_("Red comes after yellow."))


class DayForm(HouseForm):
    """A day against the calendar."""

    day = DayField(lazy("Day"), [required()])
    works = BooleanField(lazy("Offices are open"))
    note = text(lazy("Remark"), most=60, required=False)

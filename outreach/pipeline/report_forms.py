"""Forms of what is reported: by the month, and what waits for a second person."""

from wtforms import BooleanField, MonthField, SelectField, StringField
from wtforms.validators import Optional

from outreach.core.forms import DayField, Filters, HouseForm, WanField, required, text
from outreach.core.i18n import _, lazy
from outreach.pipeline.forms import MILESTONE_NAMES
from outreach.pipeline.project_forms import number


class ReportForm(HouseForm):
    """月报."""

    month = MonthField(lazy("Month"), [required(lazy("Write the month as 2024-05."))])
    completed_wan = WanField(
        lazy("Investment completed so far"),
        [required()],
        description=lazy("in 10,000 yuan, since the beginning"),
    )
    jobs = number(lazy("Jobs filled"))
    output_wan = WanField(lazy("Output of the year so far"), description=lazy("in 10,000 yuan"))
    tax_wan = WanField(lazy("Tax of the year so far"), description=lazy("in 10,000 yuan"))
    progress = text(lazy("How it looks on the site"), most=300, required=False)
    correction = text(
        lazy("Why it is corrected"),
        most=200,
        required=False,
        description=lazy("only when the month is locked"),
    )


REPORT_NAMES = {"missing": lazy("missing"), "late": lazy("late"), "in_time": lazy("in time")}


class OwedFilters(Filters):
    """Who owes a monthly report."""

    month = SelectField(lazy("Month"))
    text = StringField(lazy("Project or company"))
    state = SelectField(lazy("State"), choices=[("", lazy("All states")), *REPORT_NAMES.items()], default="")
    unit = SelectField(lazy("County"), coerce=lambda value: int(value or 0), default=0)
    mine = BooleanField(lazy("Only mine"))

    def __init__(self, *arguments, months=(), units=(), **options):
        super().__init__(*arguments, **options)
        self.month.choices = [(month.strftime("%Y-%m"), month.strftime("%Y-%m")) for month in months]
        self.unit.choices = [(0, _("All counties")), *units]


class LockForm(HouseForm):
    """锁报."""

    unit_id = SelectField(lazy("County"), coerce=int)
    month = MonthField(lazy("Month"), [required(lazy("Write the month as 2024-05."))])

    def __init__(self, *arguments, units=(), **options):
        super().__init__(*arguments, **options)
        self.unit_id.choices = list(units)


class ConfirmingFilters(Filters):
    """What waits for a second person."""

    text = StringField(lazy("Project or company"))
    kind = SelectField(
        lazy("What is entered"),
        choices=[("", lazy("Every kind")), *MILESTONE_NAMES.items(), ("money", lazy("Money paid in"))],
        default="",
    )
    unit = SelectField(lazy("County"), coerce=lambda value: int(value or 0), default=0)
    officer = SelectField(lazy("Investment officer"), coerce=lambda value: int(value or 0), default=0)
    age = SelectField(
        lazy("Age"),
        choices=[
            (0, lazy("However old")),
            (7, lazy("Waits a week or longer")),
            (30, lazy("Waits 30 days or longer")),
        ],
        coerce=lambda value: int(value or 0),
        default=0,
    )
    returned = BooleanField(lazy("Returned ones"))

    def __init__(self, *arguments, units=(), officers=(), **options):
        super().__init__(*arguments, **options)
        self.unit.choices = [(0, lazy("All counties")), *units]
        self.officer.choices = [(0, lazy("All officers")), *officers]


class BulletinForm(Filters):
    """From when to when."""

    first = DayField(lazy("From"), [Optional()])
    last = DayField(lazy("Until"), [Optional()])

"""What can be chosen on the pages that tell what became of it; the words of their figures."""

from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import NumberRange, Optional

from outreach.core.forms import Filters, HouseForm, text
from outreach.core.i18n import lazy
from outreach.pipeline.agreement_models import INCREASE
from outreach.pipeline.cohort_queries import HORIZONS
from outreach.pipeline.contract_queries import OF_PROJECT, PAPER
from outreach.pipeline.forms import STAGE_NAMES
from outreach.pipeline.matrix_queries import DIMENSIONS, MEASURES
from outreach.pipeline.rates import WAYS

STEP_NAMES = {
    **STAGE_NAMES,
    "invited": lazy("Invited"),
    "replied": lazy("Replied"),
    "arrived": lazy("Arrived"),
    "met": lazy("Met since"),
    "signed": lazy("Signed"),
    "alive": lazy("Signed and not ended"),
    "paid": lazy("Money paid in"),
    "intention": lazy("Letter or framework"),
}
AMOUNT_NAMES = {
    "intended_wan": lazy("Intended"),
    "agreed_wan": lazy("Agreed"),
    "contracted_wan": lazy("Contracted"),
    "paid_in_wan": lazy("Paid in"),
    "completed_wan": lazy("Investment completed"),
}
RATE_NAMES = {
    "performed": lazy("Performance rate"),
    "started": lazy("Construction rate"),
    "producing": lazy("Production rate"),
    "capacity": lazy("Capacity rate"),
    "funded": lazy("Funding rate"),
}
WAY_NAMES = dict(
    zip(
        WAYS,
        (
            lazy("Chain: each step by the one before"),
            lazy("Every step by what was signed"),
            lazy("Local: by contracts, performed is not ended"),
        ),
        strict=True,
    )
)
HORIZON_NAMES = {
    3: lazy("3 months"),
    6: lazy("6 months"),
    12: lazy("12 months"),
    24: lazy("24 months"),
    0: lazy("To date"),
}
MEASURE_NAMES = dict(
    zip(
        MEASURES,
        (
            lazy("Contracts signed"),
            lazy("Contracted (10,000 yuan)"),
            lazy("Paid in (10,000 yuan)"),
            lazy("Construction begun"),
            lazy("Production begun"),
        ),
        strict=True,
    )
)
DIMENSION_NAMES = dict(
    zip(
        DIMENSIONS,
        (
            lazy("County"),
            lazy("Industry"),
            lazy("Where the money came from"),
            lazy("Chamber it came through"),
            lazy("County leader"),
        ),
        strict=True,
    )
)


class CohortForm(Filters):
    """Which summits, at what distance, divided how."""

    event = SelectMultipleField(lazy("Summits"), coerce=int)
    months = SelectField(lazy("After"), choices=list(HORIZON_NAMES.items()), coerce=int, default=0)
    way = SelectField(lazy("Formula"), choices=list(WAY_NAMES.items()), default=WAYS[0])
    entered = BooleanField(lazy("Also what still waits for confirmation"))

    def __init__(self, *arguments, events=(), **options):
        super().__init__(*arguments, **options)
        self.event.choices = list(events)
        if self.way.data not in WAYS:
            self.way.data = WAYS[0]
        if self.months.data not in HORIZONS:
            self.months.data = 0


class FreezeForm(HouseForm):
    """A name for what is frozen."""

    name = text(lazy("Name of the snapshot"), most=80)
    way = SelectField(lazy("Formula"), choices=list(WAY_NAMES.items()), default=WAYS[0])
    entered = BooleanField(lazy("Also what still waits for confirmation"))


class MatrixForm(Filters):
    """A table by month."""

    measure = SelectField(lazy("Figure"), choices=list(MEASURE_NAMES.items()), default=MEASURES[2])
    dimension = SelectField(
        lazy("Broken down by"), choices=list(DIMENSION_NAMES.items()), default=DIMENSIONS[0]
    )
    year = IntegerField(lazy("Year"), [Optional(), NumberRange(2000, 2100)])


SOURCE_NAMES = {
    OF_PROJECT: lazy("Contract of a project"),
    PAPER: lazy("Signed, no project yet"),
    INCREASE: lazy("Increase of a signing"),
}


class ContractFilters(Filters):
    """The rows behind the contracted amount."""

    text = StringField(lazy("Project or company"))
    source = SelectField(
        lazy("What is it?"), choices=[("", lazy("Projects and papers")), *SOURCE_NAMES.items()], default=""
    )
    unit = SelectField(lazy("County"), coerce=lambda value: int(value or 0), default=0)
    event = SelectField(lazy("Summit"), coerce=lambda value: int(value or 0), default=0)
    waiting = SelectField(
        lazy("Confirmation"),
        choices=[("", lazy("As counted")), ("y", lazy("Waits for confirmation or a scan"))],
        default="",
    )

    def __init__(self, *arguments, units=(), events=(), **options):
        super().__init__(*arguments, **options)
        self.unit.choices = [(0, lazy("All counties")), *units]
        self.event.choices = [(0, lazy("All summits")), *events]

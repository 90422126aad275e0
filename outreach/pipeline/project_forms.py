"""Forms of a project: a lead, its description, its state."""

import re

from wtforms import HiddenField, IntegerField, SelectField
from wtforms.validators import NumberRange, Optional, ValidationError
from wtforms.widgets import NumberInput

from outreach.core.forms import AreaField, DayField, HouseForm, WanField, not_in_future, required, text
from outreach.core.i18n import _, lazy
from outreach.pipeline.forms import STATE_NAMES

_CODE = re.compile(r"[0-9]{4}-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{6}$")


def number(label, *, most: int = 10_000_000) -> IntegerField:
    """A whole number from 0 on."""
    return IntegerField(
        label,
        [Optional(), NumberRange(0, most, lazy("A whole number from 0 on."))],
        widget=NumberInput(min=0),
    )


class LeadForm(HouseForm):
    """线索."""

    unit_id = SelectField(lazy("County"), coerce=int)
    name = text(lazy("What they want to build"), most=160)
    company = text(lazy("Company"), most=120)
    source = text(lazy("The visit, summit or chamber it came from"), most=80, required=False)
    officer_id = SelectField(lazy("Investment officer"), coerce=int)
    person_id = HiddenField()

    def __init__(self, *arguments, units=(), officers=(), **options):
        super().__init__(*arguments, **options)
        self.unit_id.choices, self.officer_id.choices = list(units), list(officers)


class AboutForm(HouseForm):
    """What a project needs and promises, and who answers for it."""

    site = text(lazy("Site"), most=120, required=False)
    park = text(lazy("Park"), most=60, required=False)
    code = text(lazy("Project code of the filing"), most=30, required=False)
    land_mu = AreaField(lazy("Land"), description=lazy("in 亩"))
    plant_m2 = AreaField(lazy("Plant"), description=lazy("in square metres"))
    jobs_promised = number(lazy("Jobs promised"))
    output_promised_wan = WanField(lazy("Output promised"), description=lazy("in 10,000 yuan a year"))
    tax_promised_wan = WanField(lazy("Tax promised"), description=lazy("in 10,000 yuan a year"))
    planned_start = DayField(lazy("Construction planned for"), [Optional()])
    planned_production = DayField(lazy("Production planned for"), [Optional()])
    post_id = SelectField(lazy("County leader"), coerce=int, default=0)
    chamber_id = SelectField(lazy("Chamber it came through"), coerce=int, default=0)
    responsible = text(lazy("Responsible unit"), most=80, required=False)
    service_officer = text(lazy("Chief service officer"), most=40, required=False)
    reason = text(
        lazy("Why a planned day moves"),
        most=200,
        required=False,
        description=lazy("needed only when a planned day that stands is changed"),
    )

    def __init__(self, *arguments, posts=(), chambers=(), **options):
        super().__init__(*arguments, **options)
        self.post_id.choices, self.chamber_id.choices = [(0, "–"), *posts], [(0, "–"), *chambers]

    def validate_code(self, field):
        """2406-410922-04-01-123456."""
        if field.data and not _CODE.match(field.data):
            raise ValidationError(_("A project code looks like 2406-410922-04-01-123456."))

    def validate_planned_production(self, field):
        """After the start."""
        if field.data and self.planned_start.data and field.data < self.planned_start.data:
            raise ValidationError(_("Production is planned before construction."))


class StateForm(HouseForm):
    """暂停, 重启, 终止."""

    state = SelectField(lazy("State"), choices=list(STATE_NAMES.items()))
    since_on = DayField(lazy("Since"), [required(), not_in_future])
    reason = text(lazy("Reason"), most=300)

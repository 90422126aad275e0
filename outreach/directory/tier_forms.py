"""Forms of screening and proposals."""

from flask_wtf.file import FileField
from wtforms import SelectField

from outreach.core.forms import PROOFS, Filters, HouseForm, text
from outreach.core.i18n import _, lazy
from outreach.directory.forms import TIER_NAMES
from outreach.directory.models import KEY, REGISTERED, SCREENED

CRITERION_NAMES = {
    "company": lazy("Company"),
    "leads": lazy("Runs it"),
    "sizable": lazy("20 million or more"),
    "chamber": lazy("Chamber"),
    "reachable": lazy("Mobile"),
    "home": lazy("Home known"),
}
QUEUE_NAMES = {
    "new": lazy("Never decided on"),
    "set_aside": lazy("Set aside"),
    "yearly": lazy("Due again after a year"),
}
PROPOSAL_STATES = {
    "open": lazy("Waiting"),
    "accepted": lazy("Accepted"),
    "declined": lazy("Declined"),
    "withdrawn": lazy("Withdrawn"),
}


class QueueFilters(Filters):
    """The screening queue."""

    queue = SelectField(lazy("Queue"), choices=list(QUEUE_NAMES.items()), default="new")
    unit = SelectField(lazy("Township"), coerce=lambda value: int(value or 0), default=0)

    def __init__(self, *arguments, units=(), **options):
        super().__init__(*arguments, **options)
        self.unit.choices = [(0, _("All townships")), *units]


class ManyForm(HouseForm):
    """One decision for those who are ticked."""

    tier = SelectField(
        lazy("Decision"),
        coerce=int,
        choices=[
            (SCREENED, TIER_NAMES[SCREENED]),
            (KEY, TIER_NAMES[KEY]),
            (REGISTERED, lazy("Stays registered (set aside)")),
        ],
        default=SCREENED,
    )
    reason = text(lazy("On what grounds"), most=300)


class ProposeManyForm(HouseForm):
    """The same proposal for those who are ticked."""

    tier = SelectField(
        lazy("For"),
        coerce=int,
        choices=[(SCREENED, TIER_NAMES[SCREENED]), (KEY, TIER_NAMES[KEY])],
        default=SCREENED,
    )
    grounds = text(lazy("On what grounds"), most=300)


class ProposalForm(HouseForm):
    """Putting somebody forward."""

    tier = SelectField(
        lazy("For"),
        coerce=int,
        choices=[(KEY, TIER_NAMES[KEY]), (SCREENED, TIER_NAMES[SCREENED])],
        default=KEY,
    )
    grounds = text(lazy("On what grounds"), most=300)
    file = FileField(lazy("Evidence (PDF, PNG, JPEG)"), render_kw=PROOFS)


class ProposalFilters(Filters):
    """The list of proposals."""

    state = SelectField(
        lazy("State"), choices=[("", lazy("All states")), *PROPOSAL_STATES.items()], default="open"
    )
    tier = SelectField(
        lazy("For"),
        coerce=lambda value: int(value or 0),
        choices=[(0, lazy("All tiers")), *TIER_NAMES.items()],
        default=0,
    )

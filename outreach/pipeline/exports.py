"""The columns of what leaves the pipeline."""

from collections.abc import Callable
from decimal import Decimal

from outreach.core import masking
from outreach.core.clock import today
from outreach.core.i18n import _, day
from outreach.core.paper import bare
from outreach.core.sheets import Column
from outreach.directory.models import INDUSTRIES
from outreach.pipeline.follow_models import Concern
from outreach.pipeline.forms import COUNT_NAMES, KIND_NAMES, STAGE_NAMES, STATE_NAMES
from outreach.pipeline.models import Project
from outreach.pipeline.report_forms import REPORT_NAMES
from outreach.pipeline.supervision_forms import RULE_NAMES


def agreements() -> list[Column]:
    """签约项目一览表."""
    return [
        Column(_("Title"), lambda row: row.title, 34),
        Column(_("Company"), lambda row: row.organisation.name, 28),
        Column(_("Kind of paper"), lambda row: str(KIND_NAMES[row.kind]), 16),
        Column(_("What is it?"), lambda row: str(COUNT_NAMES[row.counts_as]), 20),
        Column(_("County"), lambda row: row.unit.shown, 12),
        Column(_("Signed at"), lambda row: row.event.shown if row.event else "", 28),
        Column(_("Signed on"), lambda row: row.signed_on, 12, "day"),
        Column(_("Intended (10,000 yuan)"), lambda row: row.intended_wan, 15, "wan"),
        Column(_("Contracted (10,000 yuan)"), lambda row: row.contracted_wan, 15, "wan"),
        Column(_("Contract due by"), lambda row: row.contract_by, 12, "day"),
        Column(_("Void"), lambda row: row.void_reason, 20),
    ]


def reports() -> list[Column]:
    """月报报送情况: who owes a report and what it says."""

    def told(name: str):
        return lambda row: getattr(row.report, name) if row.report else None

    return [
        Column(_("Name of the project"), lambda row: row.project.name, 30),
        Column(_("Company"), lambda row: row.project.organisation.name, 26),
        Column(_("County"), lambda row: row.project.unit.shown, 10),
        Column(
            _("Investment officer"), lambda row: row.project.officer.name if row.project.officer else "", 10
        ),
        Column(_("State"), lambda row: str(REPORT_NAMES[row.state]), 8),
        Column(_("First reported on"), lambda row: row.first_on, 12, "day"),
        Column(_("Investment completed (10,000 yuan)"), told("completed_wan"), 14, "wan", total=True),
        Column(_("Jobs filled"), told("jobs"), 8, "number", total=True),
        Column(_("How it looks on the site"), told("progress"), 30),
        Column(_("Why it is corrected"), told("correction"), 20),
    ]


def _reached(kind: str):
    return lambda row: row.standing[kind].happened_on if kind in row.standing else None


def _told(name: str):
    return lambda row: getattr(row.agreement, name) if row.agreement else None


def _paid_this_month(row):
    start = today().replace(day=1)
    return sum((one.amount_wan for one in row.instalments if one.paid_on >= start), Decimal(0)) or None


def projects(
    reports: dict, lit: dict, concerns: dict[int, list[Concern]], named: Callable[[Project], bool]
) -> list[Column]:
    """招商引资项目推进台账, with the columns of domain 1.9.

    ``reports``: project -> its last monthly report; ``lit``: project -> reasons; ``concerns``: project ->
    what has to be co-ordinated; ``named``: whether the name of who brought a project is written in full.
    """

    def reported(name: str):
        return lambda row: getattr(reports[row.id], name) if row.id in reports else None

    return [
        Column(_("Name of the project"), lambda row: row.name, 26),
        Column(_("Company"), lambda row: row.organisation.name, 22),
        Column(
            _("Brought by"),
            lambda row: _bringer(row.contact, full=named(row)),
            9,
        ),
        Column(_("Industry"), lambda row: INDUSTRIES.get(row.industry, ""), 12),
        Column(_("County"), lambda row: row.unit.shown, 9),
        Column(
            _("Kind of paper"), lambda row: str(KIND_NAMES[row.agreement.kind]) if row.agreement else "", 10
        ),
        Column(_("Signed on"), _told("signed_on"), 11, "day"),
        Column(
            _("Signed at"),
            lambda row: row.agreement.event.shown if row.agreement and row.agreement.event else row.source,
            20,
        ),
        Column(
            _("Site or park"), lambda row: " ".join(dict.fromkeys(filter(None, (row.park, row.site)))), 16
        ),
        Column(_("Land (亩)"), lambda row: row.land_mu, 8, "area", total=True),
        Column(_("Plant (㎡)"), lambda row: row.plant_m2, 9, "area", total=True),
        Column(_("Credit code"), lambda row: row.organisation.credit_code or "", 20),
        Column(_("Project code of the filing"), lambda row: row.code, 22),
        Column(_("Stage"), _stage, 9),
        Column(_("State"), lambda row: str(STATE_NAMES[row.state]), 8),
        *_amounts(),
        Column(_("Investment completed (10,000 yuan)"), reported("completed_wan"), 12, "wan", total=True),
        Column(_("Contract"), _reached("contract"), 11, "day"),
        Column(_("Construction planned for"), lambda row: row.planned_start, 11, "day"),
        Column(_("Construction"), _reached("construction"), 11, "day"),
        Column(_("In statistics"), _reached("statistics"), 11, "day"),
        Column(_("Production planned for"), lambda row: row.planned_production, 11, "day"),
        Column(_("In production"), _reached("production"), 11, "day"),
        Column(_("Jobs promised"), lambda row: row.jobs_promised, 8, "number", total=True),
        Column(_("Jobs filled"), reported("jobs"), 8, "number", total=True),
        Column(_("How it looks on the site"), reported("progress"), 16),
        Column(_("What holds it up"), lambda row: _problems(lit.get(row.id)), 20),
        Column(_("To be co-ordinated"), lambda row: _open_concerns(concerns.get(row.id, [])), 24),
        Column(_("Next step"), lambda row: row.next_step.text if row.next_step else "", 20),
        Column(_("Due on"), lambda row: row.next_step.due_on if row.next_step else None, 11, "day"),
        Column(
            _("County leader"),
            lambda row: f"{row.post.title} {row.post.holder}".strip() if row.post else "",
            12,
        ),
        Column(_("Responsible unit"), lambda row: row.responsible, 12),
        Column(_("Investment officer"), lambda row: row.officer.name if row.officer else "", 9),
        Column(_("Chief service officer"), lambda row: row.service_officer, 9),
        Column(_("Light"), lambda row: _light(lit.get(row.id)), 12),
        Column(_("Remarks"), lambda row: "", 14),  # filled in by hand
    ]


def _bringer(person, *, full: bool) -> str:
    """Who brought a project; nobody who is restricted."""
    if person is None or person.restricted_at is not None:
        return ""
    return person.name if full else masking.name(person.name)


def _problems(reasons) -> str:
    """存在问题: every reason why the light is on, with its working days."""
    return "；".join(
        f"{RULE_NAMES[one.rule]}，"
        f"{_('since %(day)s, %(num)d working days', day=day(one.since), num=one.days)}"
        for one in reasons or ()
    )


def _open_concerns(concerns: list[Concern]) -> str:
    """需协调事项: what, who, by when. Mobile numbers in the words are masked."""
    return "；".join(
        masking.numbers(f"{bare(one.text)}（{one.owner}，{day(one.due_on)}）") for one in concerns
    )


def _amounts() -> list[Column]:
    """What is proven, and beside it what waits; a person adds neither to the other."""
    return [
        Column(_("Intended (10,000 yuan)"), lambda row: row.intended_wan, 12, "wan", total=True),
        Column(_("Agreed (10,000 yuan)"), lambda row: row.agreed_wan, 12, "wan", total=True),
        Column(_("Contracted (10,000 yuan)"), lambda row: row.contracted_wan, 12, "wan", total=True),
        Column(_("Paid in this month (10,000 yuan)"), _paid_this_month, 12, "wan", total=True),
        Column(_("Paid in (10,000 yuan)"), lambda row: row.paid_in_wan, 12, "wan", total=True),
        Column(
            _("Contracted, waits for confirmation (10,000 yuan)"),
            lambda row: row.contracted_waiting_wan,
            12,
            "wan",
            total=True,
        ),
        Column(
            _("Paid in, waits for confirmation (10,000 yuan)"),
            lambda row: row.paid_waiting_wan or None,
            12,
            "wan",
            total=True,
        ),
    ]


def _stage(row) -> str:
    """The stage as entered; whether a second person has confirmed it is said with it."""
    name = str(STAGE_NAMES[row.stage])
    return _("%(stage)s (waits for confirmation)", stage=name) if row.stage_waits else name


def _light(reasons) -> str:
    if not reasons:
        return ""
    return f"{_('red') if reasons[0].red else _('yellow')}：{RULE_NAMES[reasons[0].rule]}"

"""The columns of what leaves the pipeline."""

from outreach.core.i18n import _
from outreach.core.sheets import Column
from outreach.pipeline.forms import COUNT_NAMES, KIND_NAMES, STAGE_NAMES


def agreements() -> list[Column]:
    """签约项目一览表."""
    return [
        Column(_("Title"), lambda row: row.title, 34),
        Column(_("Company"), lambda row: row.organisation.name, 28),
        Column(_("Kind of paper"), lambda row: str(KIND_NAMES[row.kind]), 16),
        Column(_("What is it?"), lambda row: str(COUNT_NAMES[row.counts_as]), 20),
        Column(_("County"), lambda row: row.unit.name, 12),
        Column(_("Signed at"), lambda row: row.event.title if row.event else "", 28),
        Column(_("Signed on"), lambda row: row.signed_on, 12, "day"),
        Column(_("Intended (万元)"), lambda row: row.intended_wan, 15, "wan"),
        Column(_("Contracted (万元)"), lambda row: row.contracted_wan, 15, "wan"),
        Column(_("Contract due by"), lambda row: row.contract_by, 12, "day"),
    ]


def projects() -> list[Column]:
    """招商引资项目推进台账."""

    def reached(kind: str):
        return lambda row: row.standing[kind].happened_on if kind in row.standing else None

    return [
        Column(_("Name of the project"), lambda row: row.name, 34),
        Column(_("Company"), lambda row: row.organisation.name, 28),
        Column(_("County"), lambda row: row.unit.name, 12),
        Column(_("Stage"), lambda row: str(STAGE_NAMES[row.stage]), 12),
        Column(_("Intended (万元)"), lambda row: row.intended_wan, 15, "wan"),
        Column(_("Contracted (万元)"), lambda row: row.contracted_wan, 15, "wan"),
        Column(_("Paid in (万元)"), lambda row: row.paid_in_wan, 15, "wan"),
        Column(_("Contract"), reached("contract"), 12, "day"),
        Column(_("Construction"), reached("construction"), 12, "day"),
        Column(_("In production"), reached("production"), 12, "day"),
        Column(_("Investment officer"), lambda row: row.officer.name if row.officer else "", 12),
        Column(_("Next step"), lambda row: row.next_step.text if row.next_step else "", 24),
        Column(_("Due on"), lambda row: row.next_step.due_on if row.next_step else None, 12, "day"),
    ]

"""The papers of the pipeline as Word documents."""

from outreach.core.i18n import _, day, wan
from outreach.core.word import Paper
from outreach.pipeline.follow_forms import RULE_NAMES
from outreach.pipeline.forms import KIND_NAMES, MILESTONE_NAMES, STAGE_NAMES, STATE_NAMES
from outreach.pipeline.models import Project


def _facts(project: Project, report) -> list[str]:
    amounts = (
        (_("Intended"), project.intended_wan), (_("Agreed"), project.agreed_wan), (_("Contracted"), project.contracted_wan),
        (_("Paid in"), project.paid_in_wan), (_("Investment completed"), report.completed_wan if report else None),
    )  # fmt: skip
    paper = project.agreement
    said = f"{KIND_NAMES[paper.kind]} {day(paper.signed_on)}" if paper else str(STAGE_NAMES["lead"])
    return [
        f"{_('Company')}：{project.organisation.name}。{_('County')}：{project.unit.name} {project.park or project.site}。",
        f"{_('Agreement')}：{said}。{_('Stage')}：{STAGE_NAMES[project.stage]}（{STATE_NAMES[project.state]}）。",
        "，".join(f"{name} {wan(amount)}" for name, amount in amounts if amount is not None) + "。",
        f"{_('Responsible unit')}：{project.responsible or '–'}。{_('Chief service officer')}：{project.service_officer or '–'}。"
        f"{_('Investment officer')}：{project.officer.name if project.officer else '–'}。",
    ]


def brief(project: Project, reports: list, concerns: list, reasons: list) -> bytes:
    """项目简报: what it is, how far it came with which proof, what holds it up, what comes next."""
    report = reports[0] if reports else None
    title = _("Brief")
    paper = Paper(f"{project.name}{title}")
    paper.head(_("I. The project"))
    for text in _facts(project, report):
        paper.line(text)
    paper.head(_("II. How far it came"))
    for kind in MILESTONE_NAMES:
        if row := project.standing.get(kind):
            paper.line(f"{MILESTONE_NAMES[kind]}：{day(row.happened_on)}（{_('confirmed') if row.confirmed_at else _('not confirmed')}）。")
    if report and report.progress:
        paper.line(f"{_('How it looks on the site')}（{report.month:%Y-%m}）：{report.progress}。")
    paper.head(_("III. What holds it up"))
    held = [f"{RULE_NAMES[one.rule]}，{_('since %(day)s, %(num)d working days', day=day(one.since), num=one.days)}。" for one in reasons]
    held += [f"{one.text}（{one.owner}，{day(one.due_on)}）。" for one in concerns if not one.settled_at]
    for text in held or [_("Nothing holds it up.")]:
        paper.line(text)
    paper.head(_("IV. What comes next"))
    steps = [f"{step.text}（{day(step.due_on)}）。" for step in project.steps if not step.done_at]
    for text in steps or [_("Nothing is planned. What happens next, and by when?")]:
        paper.line(text)
    return paper.done()

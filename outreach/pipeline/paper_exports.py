"""The papers of the pipeline: brief, bulletin, minutes."""

from datetime import date

from outreach.core import clock
from outreach.core.i18n import _, amount, day, is_chinese
from outreach.core.paper import Paper, bare, numeral
from outreach.pipeline.bulletins import Bulletin
from outreach.pipeline.forms import KIND_NAMES, MILESTONE_NAMES, STAGE_NAMES, STATE_NAMES
from outreach.pipeline.meeting_models import Meeting, MeetingItem
from outreach.pipeline.models import Project
from outreach.pipeline.supervision_forms import RULE_NAMES


def _facts(project: Project, report) -> list[str]:
    amounts = (
        (_("Intended"), project.intended_wan),
        (_("Agreed"), project.agreed_wan),
        (_("Contracted"), project.contracted_wan),
        (_("Paid in"), project.paid_in_wan),
        (_("Contracted, waits for confirmation"), project.contracted_waiting_wan),
        (_("Paid in, waits for confirmation"), project.paid_waiting_wan or None),
        (_("Investment completed"), report.completed_wan if report else None),
    )
    paper = project.agreement
    said = f"{KIND_NAMES[paper.kind]} {day(paper.signed_on)}" if paper else str(STAGE_NAMES["lead"])
    return [
        f"{_('Company')}：{project.organisation.name}。"
        f"{_('County')}：{_joined(project.unit.shown, project.park or project.site)}。",
        f"{_('Agreement')}：{said}。"
        f"{_('Stage')}：{STAGE_NAMES[project.stage]}（{STATE_NAMES[project.state]}）。",
        "，".join(f"{name} {amount(value)}" for name, value in amounts if value is not None) + "。",
        f"{_('Responsible unit')}：{project.responsible or '–'}。"
        f"{_('Chief service officer')}：{project.service_officer or '–'}。"
        f"{_('Investment officer')}：{project.officer.name if project.officer else '–'}。",
    ]


def _joined(*words: str) -> str:
    """Words one after the other, without blanks in Chinese."""
    return ("" if is_chinese() else " ").join(filter(None, words))


def _month(first: date) -> str:
    return f"{first.year}年{first.month}月" if is_chinese() else f"{first:%b %Y}"


def brief(project: Project, reports: list, concerns: list, reasons: list) -> Paper:
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
            proof = _("confirmed") if row.confirmed_at else _("not confirmed")
            paper.line(f"{MILESTONE_NAMES[kind]}：{day(row.happened_on)}（{proof}）。")
    if report and report.progress:
        paper.line(f"{_('How it looks on the site')}（{_month(report.month)}）：{bare(report.progress)}。")
    paper.head(_("III. What holds it up"))
    held = [
        f"{RULE_NAMES[one.rule]}，"
        f"{_('since %(day)s, %(num)d working days', day=day(one.since), num=one.days)}。"
        for one in reasons
    ]
    held += [
        f"{bare(one.text)}（{one.owner}，{day(one.due_on)}）。" for one in concerns if not one.settled_at
    ]
    for text in held or [_("Nothing holds it up.")]:
        paper.line(text)
    paper.head(_("IV. What comes next"))
    steps = [f"{bare(step.text)}（{day(step.due_on)}）。" for step in project.steps if step.open]
    for text in steps or [_("No next step is planned yet.")]:
        paper.line(text)
    return paper


def _told(day_from, day_to) -> str:
    return _("%(first)s to %(last)s", first=day(day_from), last=day(day_to))


def _waiting(many: int) -> str:
    """The sentence that says how many rows no figure counts yet."""
    return _("%(num)d more wait for confirmation and are not counted.", num=many) if many else ""


def bulletin(told: Bulletin, link) -> Paper:
    """招商周报. ``link(part)`` is the address where the rows of a part stand: each paragraph opens them."""
    paper = Paper(_("Investment bulletin"), _told(told.first, told.last))
    paper.head(_("I. What was signed"))
    paper.line(
        _(
            "%(num)d signatures that count, intended %(amount)s (an intention is no contract); "
            "%(leads)d new leads.",
            num=len(told.signed),
            amount=amount(told.intended_wan),
            leads=told.leads,
        )
        + _waiting(len(told.signed_waiting)),
        link("signed"),
    )
    if told.signed:
        heads = [_("Title"), _("Company"), _("County"), _("Kind of paper"), _("Intended")]
        paper.table(
            heads,
            [
                [
                    row.title,
                    row.organisation.name,
                    row.unit.shown,
                    str(KIND_NAMES[row.kind]),
                    amount(row.intended_wan),
                ]
                for row in told.signed
            ],
        )
    _went_on(paper, told, link)
    paper.head(_("III. Money paid in"))
    paper.line(
        _("%(num)d entries, %(amount)s in all.", num=len(told.paid), amount=amount(told.paid_in_wan))
        + _waiting(len(told.paid_waiting)),
        link("paid"),
    )
    _held_up(paper, told, link)
    return paper


def _went_on(paper: Paper, told: Bulletin, link) -> None:
    paper.head(_("II. What went on"))
    for kind in MILESTONE_NAMES:
        rows = [row for row in told.reached if row.kind == kind]
        open_ = sum(row.kind == kind for row in told.reached_waiting)
        if rows or open_:
            names = f"：{'、'.join(row.project.name for row in rows)}" if rows else ""
            paper.line(f"{MILESTONE_NAMES[kind]} {len(rows)}{names}。{_waiting(open_)}", link("reached"))
    if not told.reached and not told.reached_waiting:
        paper.line(_("No milestone was reached."))


def _held_up(paper: Paper, told: Bulletin, link) -> None:
    paper.head(_("IV. What holds it up"))
    paper.line(
        _("As of today %(num)d projects have a red light; those that have had it longest:", num=told.reds)
        if told.reds
        else _("As of today no project has a red light.")
    )
    for project, reasons in told.red:
        first = reasons[0]
        paper.line(
            f"{_joined(project.unit.shown, project.name)}：{RULE_NAMES[first.rule]}，"
            f"{_('since %(day)s, %(num)d working days', day=day(first.since), num=first.days)}。"
        )
    paper.line(
        _(
            "%(num)d matters are to be co-ordinated, %(settled)d were settled.",
            num=len(told.concerns),
            settled=told.settled,
        ),
        link("concerns"),
    )
    paper.head(_("V. What comes next"))
    for step in told.coming:
        paper.line(f"{_joined(day(step.due_on), step.project.name)}：{bare(step.text)}。")
    if not told.coming:
        paper.line(_("No step is planned for the week after."))


def minutes(meeting: Meeting, items: list[MeetingItem]) -> Paper:
    """会议纪要: who met, what was decided, who does it by when."""
    paper = Paper(
        _("Minutes of the meeting"),
        meeting.title
        if meeting.closed_at
        else _("%(title)s (draft, the meeting is not closed)", title=meeting.title),
    )
    where = f"，{meeting.place}" if meeting.place else ""
    paper.line(
        f"{day(meeting.held_on)}{where}。{_('Chair')}：{meeting.chair or '–'}。"
        f"{_('Present')}：{meeting.present or '–'}。"
    )
    decided = [item for item in items if item.decision]
    for number, item in enumerate(decided, 1):
        about = (
            f"{_joined(item.concern.project.unit.shown, item.concern.project.name)}：" if item.concern else ""
        )
        paper.head(f"{numeral(number)}{about}{bare(item.topic)}")
        until = _("settled") if item.settled else f"{item.owner}，{day(item.due_on)}"
        paper.line(f"{bare(item.decision)}（{until}）。")
    if left := [item for item in items if not item.decision]:
        paper.head(numeral(len(decided) + 1) + _("Left for the next meeting"))
        paper.line(f"{'；'.join(bare(item.topic) for item in left)}。")
    for one in meeting.reopenings:
        told = day(clock.day_of(one.at))
        paper.line(_("Opened again on %(day)s: %(why)s", day=told, why=bare(one.reason)) + "。")
    return paper

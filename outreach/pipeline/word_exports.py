"""Word documents in the layout of official papers (GB/T 9704-2012): title 方正小标宋 二号, body 仿宋 三号, margins of A4. The office PC has the fonts."""

import io

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from outreach.core.clock import today
from outreach.core.i18n import _, day, wan
from outreach.pipeline.follow_forms import RULE_NAMES
from outreach.pipeline.forms import KIND_NAMES, MILESTONE_NAMES, STAGE_NAMES, STATE_NAMES
from outreach.pipeline.models import Project

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TITLE, _BODY, _HEAD = ("方正小标宋简体", 22), ("仿宋_GB2312", 16), ("黑体", 16)


def _written(paragraph, text: str, font: tuple[str, int]) -> None:
    run = paragraph.add_run(text)
    run.font.name, run.font.size = font[0], Pt(font[1])
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font[0])


def _paper(title: str):
    paper = Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    head = paper.add_paragraph()
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _written(head, title, _TITLE)
    return paper


def _line(paper, text: str, font: tuple[str, int] = _BODY) -> None:
    paragraph = paper.add_paragraph()
    paragraph.paragraph_format.first_line_indent = Pt(2 * font[1])
    paragraph.paragraph_format.line_spacing = Pt(28)
    paragraph.paragraph_format.space_after = Pt(0)
    _written(paragraph, text, font)


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
    paper = _paper(f"{project.name}{title}")
    _line(paper, _("I. The project"), _HEAD)
    for text in _facts(project, report):
        _line(paper, text)
    _line(paper, _("II. How far it came"), _HEAD)
    for kind in MILESTONE_NAMES:
        if row := project.standing.get(kind):
            _line(
                paper, f"{MILESTONE_NAMES[kind]}：{day(row.happened_on)}（{_('confirmed') if row.confirmed_at else _('not confirmed')}）。"
            )
    if report and report.progress:
        _line(paper, f"{_('How it looks on the site')}（{report.month:%Y-%m}）：{report.progress}。")
    _line(paper, _("III. What holds it up"), _HEAD)
    held = [f"{RULE_NAMES[one.rule]}，{_('since %(day)s, %(num)d working days', day=day(one.since), num=one.days)}。" for one in reasons]
    held += [f"{one.text}（{one.owner}，{day(one.due_on)}）。" for one in concerns if not one.settled_at]
    for text in held or [_("Nothing holds it up.")]:
        _line(paper, text)
    _line(paper, _("IV. What comes next"), _HEAD)
    steps = [f"{step.text}（{day(step.due_on)}）。" for step in project.steps if not step.done_at]
    for text in steps or [_("Nothing is planned. What happens next, and by when?")]:
        _line(paper, text)
    last = paper.add_paragraph()
    last.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _written(last, day(today()), _BODY)
    target = io.BytesIO()
    paper.save(target)
    return target.getvalue()

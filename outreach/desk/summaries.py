"""活动总结: what a meeting came to, as an official paper.

Every figure is counted from rows as it is written; its paragraph opens them.
"""

from outreach.checkin import attendance_queries
from outreach.core.i18n import _, amount, moment, percent
from outreach.core.paper import Paper
from outreach.events.models import Event
from outreach.permissions import Permission
from outreach.pipeline import sum_queries
from outreach.registrations import feedback, question_queries


def of_event(event: Event, user, link) -> Paper:
    """Attendance, what was signed, what guests thought, as far as ``user`` may see it.

    ``link(endpoint, **arguments)`` is the address of a page.
    """
    paper = Paper(_("Summary"), event.title)
    paper.head(_("I. The meeting"))
    paper.line(
        f"{moment(event.starts_at, event.zone)}，{event.city}{event.venue}。"
        f"{event.hosts or event.unit.shown}。",
        link("events.event", event_id=event.id),
    )
    _attendance(paper, event, link)
    if user.holds(Permission.PIPELINE_VIEW):
        _signed(paper, event, user, link)
    _opinions(paper, event, link)
    return paper


def _attendance(paper: Paper, event: Event, link) -> None:
    types = attendance_queries.by_type(event)
    whole = attendance_queries.total(types)
    paper.head(_("II. Who came"))
    paper.line(
        _(
            "%(invited)d were invited, %(yes)d said yes, %(placed)d had a place, %(arrived)d came "
            "(%(share)s of those with a place).",
            invited=whole.invited,
            yes=whole.answered_yes,
            placed=whole.placed,
            arrived=whole.arrived,
            share=percent(whole.arrived, whole.placed),
        ),
        link("checkin.attendance", event_id=event.id),
    )
    heads = [_("Guest type"), _("Invited"), _("Said yes"), _("Had a place"), _("Arrived")]
    parts = (
        (_("(I) By guest type"), heads[0], types),
        (_("(II) By home county"), _("Home county"), attendance_queries.by_county(event)),
    )
    for caption, first, lines in parts:
        if lines:
            paper.head(caption, level=2)
            rows = [
                [line.name, str(line.invited), str(line.answered_yes), str(line.placed), str(line.arrived)]
                for line in lines
            ]
            paper.table([first, *heads[1:]], rows)


def _signed(paper: Paper, event: Event, user, link) -> None:
    _whole, _by_unit, by_event = sum_queries.sums(user)
    sums = by_event.get(event.id, sum_queries.Sums())
    paper.head(_("III. What was signed"))
    paper.line(
        _(
            "%(signed)d projects were signed, intended %(intended)s. An intention is no contract: "
            "contracts stand at %(contracts)d with %(contracted)s; paid in so far: %(paid)s.",
            signed=sums.signed,
            intended=amount(sums.intended_wan),
            contracts=sums.contracts,
            contracted=amount(sums.contracted_wan),
            paid=amount(sums.paid_in_wan),
        )
        + _waiting(sums),
        link("pipeline.agreements", event=event.id),
    )


def _waiting(sums: sum_queries.Sums) -> str:
    """What was entered and is in none of these figures."""
    if not any(sums.waiting[name] for name in ("signed", "contracted", "paid")):
        return ""
    return _(
        "Not counted: %(signed)d signatures wait for their scan, %(contracts)d contracts and %(paid)s "
        "paid in wait for confirmation.",
        signed=sums.waiting["signed"],
        contracts=sums.waiting["contracted"],
        paid=amount(sums.waiting_wan["paid"]),
    )


def _opinions(paper: Paper, event: Event, link) -> None:
    rows = question_queries.feedback(event)
    if not any(given for _question, given in rows):
        return
    paper.head(_("IV. What the guests thought"))
    paper.line(
        _("%(num)d guests answered.", num=question_queries.feedback_givers(event)),
        link("registrations.feedback", event_id=event.id),
    )
    for question, given in rows:
        said = "，".join(
            f"{name} {number}（{percent(number, len(given))}）"
            for name, number in feedback.counted(question, given)
        )
        mean = feedback.mean(question, given)
        if said or mean is not None:
            paper.line(f"{question.label}：{said or mean}。")

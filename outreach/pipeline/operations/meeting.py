"""联席会议: the open matters become its agenda; closed, it gives them back with what was decided,
as tasks.
"""

from datetime import date

from outreach.accounts.models import Unit, User
from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.core.taken_back import reopen
from outreach.pipeline import meeting_queries as queries
from outreach.pipeline.meeting_models import Meeting, MeetingItem
from outreach.pipeline.models import ENDED
from outreach.pipeline.operations.supervising import reopen_concern, settle_concern
from outreach.pipeline.operations.working import plan_step, withdraw_step

LONGEST_STEP = 200  # the whole decision stands in the minutes


def plan_meeting(unit: Unit, *, title: str, held_on: date, place: str, chair: str, by: User) -> Meeting:
    """A meeting whose agenda is every open matter of the unit and what lies below it."""
    meeting = Meeting(unit=unit, title=title, held_on=held_on, place=place, chair=chair, planned_by_id=by.id)
    meeting.items = [
        MeetingItem(concern_id=row.id, topic=row.text, owner=row.owner) for row in queries.open_concerns(unit)
    ]
    db.session.add(meeting)
    db.session.flush()
    audit.record(by, "pipeline.plan_meeting", meeting, items=len(meeting.items))
    return meeting


def _is_open(meeting: Meeting) -> None:
    lock(meeting)
    if meeting.closed_at:
        raise Refused(_("This meeting is closed. Open it again to change it."))


def add_topic(meeting: Meeting, *, topic: str, by: User) -> MeetingItem:
    """A topic that belongs to no project."""
    _is_open(meeting)
    item = MeetingItem(meeting=meeting, topic=topic)
    db.session.add(item)
    audit.record(by, "pipeline.add_topic", meeting, topic=topic)
    return item


def renew_agenda(meeting: Meeting, *, by: User) -> int:
    """Matters that were raised since it was planned join the agenda; how many."""
    _is_open(meeting)
    known = {item.concern_id for item in meeting.items}
    fresh = [row for row in queries.open_concerns(meeting.unit) if row.id not in known]
    meeting.items.extend(MeetingItem(concern_id=row.id, topic=row.text, owner=row.owner) for row in fresh)
    audit.record(by, "pipeline.renew_agenda", meeting, items=len(fresh))
    return len(fresh)


def call_off_meeting(meeting: Meeting, *, by: User) -> None:
    """It does not take place; every matter stays open as it was."""
    _is_open(meeting)
    audit.record(by, "pipeline.call_off_meeting", meeting, title=meeting.title)
    db.session.delete(meeting)


def drop_item(item: MeetingItem, *, by: User) -> None:
    """Off the agenda; the matter itself stays open."""
    _is_open(item.meeting)
    audit.record(by, "pipeline.drop_item", item.meeting, topic=item.topic)
    item.meeting.items.remove(item)


def decide_item(
    item: MeetingItem, *, decision: str, owner: str, due_on: date | None, settled: bool, by: User
) -> None:
    """What was decided: who does it by when, or that the matter is settled;
    an empty decision takes the last one back. It takes effect when the meeting is closed.
    """
    _is_open(item.meeting)
    if settled and not decision:
        raise Refused(_("Say what was decided: how the matter is settled."))
    if decision and not settled and not (owner and due_on):
        raise Refused(_("A decision names who does it and by when, or settles the matter."))
    item.decision, item.owner, item.due_on, item.settled = (
        decision,
        owner,
        None if settled else due_on,
        settled,
    )
    audit.record(by, "pipeline.decide_item", item.meeting, item=item.id, settled=settled)


def close_meeting(meeting: Meeting, *, present: str, by: User) -> int:
    """Every decision goes where it belongs: the matter is settled or has a new owner and day,
    and the project a next step. How many went to a project.

    What was not decided stays open for the next meeting.
    """
    _is_open(meeting)
    if meeting.held_on > clock.today():
        raise Refused(_("This meeting has not been held yet."))
    decided = [item for item in queries.items(meeting) if item.decision]
    applied = sum(_hand_out(item, by) for item in decided)
    meeting.present, meeting.closed_at = present, clock.now()
    audit.record(by, "pipeline.close_meeting", meeting, decided=len(decided), applied=applied)
    return applied


def _hand_out(item: MeetingItem, by: User) -> bool:
    """Whether the decision went to its matter: not where the item is a topic of its own,
    nor where the matter was settled meanwhile.
    """
    concern, meeting = item.concern, item.meeting
    if concern is None:
        return False
    lock(concern)
    if concern.settled_at:
        return False
    item.applied = True
    if item.settled:
        settle_concern(concern, outcome=item.decision[:300], by=by)
        return True
    item.was_owner, item.was_due_on = concern.owner, concern.due_on
    _change(item, owner=item.owner, due_on=item.due_on, by=by)
    words = _("%(meeting)s: %(decision)s", meeting=meeting.title, decision=item.decision)
    words = words if len(words) <= LONGEST_STEP else f"{words[: LONGEST_STEP - 1]}…"
    done = item.step is not None and item.step.done_at is not None and item.step.text == words
    if concern.project.state != ENDED and not done:
        item.step = plan_step(concern.project, text=words, due_on=item.due_on, by=by)
    return True


def _change(item: MeetingItem, *, owner: str, due_on: date, by: User) -> None:
    """Another owner and day of a matter, by a decision or because it was taken back."""
    concern = item.concern
    before, after = [concern.owner, concern.due_on.isoformat()], [owner, due_on.isoformat()]
    audit.record(by, "pipeline.change_concern", concern, meeting=item.meeting_id, before=before, after=after)
    concern.owner, concern.due_on = owner, due_on


def reopen_meeting(meeting: Meeting, *, reason: str, by: User) -> int:
    """It was closed by mistake or with a wrong decision:
    what it handed out is taken back, unless it was changed or done since. How many.

    The decisions that stood stay in its history; closed again, it hands out what stands then.
    """
    lock(meeting)
    rows = queries.items(meeting)
    reopen(meeting, reason=reason, by=by, outcome=_minutes(rows))
    taken = [item for item in rows if item.applied]
    for item in taken:
        _take_back(item, reason=f"{meeting.title}: {reason}"[:200], by=by)
    audit.record(by, "pipeline.reopen_meeting", meeting, reason=reason, taken_back=len(taken))
    return len(taken)


def _minutes(rows: list[MeetingItem]) -> str:
    """The decisions in words."""
    ends = {
        item.id: _("settled") if item.settled else f"{item.owner} {item.due_on}"
        for item in rows
        if item.decision
    }
    return "; ".join(f"{item.topic}: {item.decision} ({ends[item.id]})" for item in rows if item.decision)


def _take_back(item: MeetingItem, *, reason: str, by: User) -> None:
    concern = item.concern
    lock(concern)
    item.applied = False
    if item.settled:
        if concern.settled_at and concern.outcome == item.decision[:300]:
            reopen_concern(concern, reason=reason, by=by)
        return
    unchanged = (concern.owner, concern.due_on) == (item.owner, item.due_on)
    if unchanged and not concern.settled_at and item.was_due_on:
        _change(item, owner=item.was_owner, due_on=item.was_due_on, by=by)
    if item.step is not None:
        lock(item.step)
        if item.step.open:
            withdraw_step(item.step, reason=reason, by=by)

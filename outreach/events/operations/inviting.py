"""Whom an event invites: the list, letters and messages, reminders to those who are silent."""

from sqlalchemy import insert, select

from outreach.accounts.models import User
from outreach.core import audit, clock, mail, sms, tokens
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.jobs import Lane
from outreach.core.refusals import Refused
from outreach.directory import restricting
from outreach.directory.models import Person
from outreach.events import messages, queries, wording
from outreach.events.models import AHEAD, DRAFT, Event, GuestType, Invitation, InvitationMessage
from outreach.liaison import queries as liaison

CHANNELS = ("mail", "sms", "both")

sms.owned_by(sms.Owner.INVITER, "events/invite", "events/remind")


def invite(
    event: Event, people: list[Person], *, by: User | None, type: GuestType | None = None, wave: str = ""
) -> int:
    """Invite people of the directory, each in the name of the leader they are paired with;
    who is invited already stays so, who is restricted is passed over. How many are new.
    """
    lock(event)
    if event.state not in AHEAD:
        raise Refused(_("An event that was held or cancelled invites nobody."))
    known = set(db.session.scalars(queries.invited_ids(event)))
    fresh = [person.id for person in people if person.id not in known and person.restricted_at is None]
    leaders = liaison.leaders_of(fresh)
    first = type or event.types[0]
    rows = [
        {
            "event_id": event.id,
            "person_id": key,
            "code": tokens.code(),
            "type_id": first.id,
            "post_id": leaders.get(key),
            "wave": wave,
            "invited_at": clock.now(),
            "invited_by_id": getattr(by, "id", None),
            "answer": "",
            "excuse": "",
            "companions": 0,
        }
        for key in fresh
    ]
    if rows:
        db.session.execute(insert(Invitation), rows)
    audit.record(by, "events.invite", event, count=len(fresh))
    return len(fresh)


def uninvite(row: Invitation, *, by: User) -> None:
    """Take an invitation back, with what was written and not yet sent.

    One that was answered stays on record.
    """
    lock(row.event, row)
    if row.answer:
        raise Refused(_("This person has answered; the invitation stays on record."))
    sms.withdraw([message.sms for message in row.messages if message.sms is not None])
    audit.record(by, "events.uninvite", row.event, person=row.person_id)
    db.session.delete(row)


def sort_invitations(rows: list[Invitation], *, type: GuestType | None, wave: str, by: User) -> int:
    """Give invitations a guest type or a wave; what is empty stays as it was."""
    for row in rows:
        row.type_id = type.id if type else row.type_id
        row.wave = wave or row.wave
    audit.record(by, "events.sort_invitations", count=len(rows))
    return len(rows)


def send_invitations(
    event: Event, rows: list[Invitation], *, channel: str, remind: bool, by: User
) -> dict[str, int]:
    """Write to these by ``mail``, ``sms`` or ``both``:
    channel -> how many, and ``none`` for whom there is no way.

    ``remind`` writes only to those who were written to and are silent; without it, only to those nobody wrote
    to yet.
    """
    lock(event)
    _check_page(event)
    counts = {"mail": 0, "sms": 0, "none": 0}
    for row in _anew(event, rows):
        if row.answer or bool(row.messages) != remind:
            continue
        ways = _ways(row, channel)
        counts["none"] += not ways
        for way in ways:
            _write(row, way, "remind" if remind else "invite", by)
            counts[way] += 1
    audit.record(by, "events.send_invitations", event, remind=remind, **counts)
    return counts


def _check_page(event: Event) -> None:
    event.check_ahead()
    if event.state == DRAFT:
        raise Refused(_("Publish the event first: the letters lead to its page."))


def _anew(event: Event, rows: list[Invitation]) -> list[Invitation]:
    """The same as they stand now that the event is held: somebody may have written to them a moment ago."""
    chosen = (
        select(Invitation)
        .where(Invitation.event_id == event.id, Invitation.id.in_([row.id for row in rows]))
        .order_by(Invitation.id)
    )
    return list(db.session.scalars(chosen, execution_options={"populate_existing": True}).unique())


def _ways(row: Invitation, channel: str) -> list[str]:
    ways: list[str] = []
    if row.person.restricted_at is not None:
        return ways
    if channel in ("mail", "both") and row.person.email:
        ways.append("mail")
    mobile = row.person.mobile
    if channel in ("sms", "both") and sms.can_text(mobile) and not sms.wants_none(mobile):
        ways.append("sms")
    return ways


def _write(row: Invitation, way: str, purpose: str, by: User) -> None:
    message = InvitationMessage(purpose=purpose, channel=way, written_by_id=by.id)
    if way == "mail":
        message.mail_id = messages.invitation(row, purpose).id
    else:
        message.sms_id = sms.write(
            f"events/{purpose}",
            row.person.mobile,
            wording.short(row, purpose),
            about=row.event,
            lane=Lane.BULK,
        ).id
    row.messages.append(message)


def hand_on(row: Invitation, *, channel: str, by: User) -> None:
    """A clerk took the text to WeChat (``copied``) or printed the letter (``paper``):
    it counts as written.
    """
    lock(row)
    _note_handed_on(row, channel, by)


def _note_handed_on(row: Invitation, channel: str, by: User) -> None:
    """Taken out once more by the same way, it is the same message."""
    restricting.check_free(row.person)
    written = next((one for one in row.messages if one.channel == channel), None)
    if written is None:
        row.messages.append(InvitationMessage(purpose="invite", channel=channel, written_by_id=by.id))
    else:
        written.written_at, written.written_by_id = clock.now(), by.id
    audit.record(by, "events.hand_on", row, channel=channel)


def note_opened(row: Invitation) -> None:
    """The invited person opened their page."""
    if row.opened_at is None:
        row.opened_at = clock.now()
        audit.record(None, "events.note_opened", row)


def stop_messages(row: Invitation) -> None:
    """The invited person does not want any message."""
    for phone in row.person.phones:
        if len(phone.number) == 11:
            sms.opt_out(phone.number)
    audit.record(None, "events.stop_messages", row)


def withdraw_written(person_id: int) -> int:
    """What was written to a person who is restricted now, and waits, is not sent; how many."""
    chosen = select(InvitationMessage).join(Invitation, Invitation.id == InvitationMessage.invitation_id)
    rows = db.session.scalars(chosen.where(Invitation.person_id == person_id)).unique().all()
    count = mail.withdraw([row.mail for row in rows if row.mail is not None])
    count += sms.withdraw([row.sms for row in rows if row.sms is not None])
    audit.record(None, "events.withdraw_written", count=count)
    return count


def take_out_sms(event: Event, *, reason: str, by: User) -> list[sms.Sms]:
    """The waiting messages leave the house as a sheet for the carrier's console, each once."""
    lock(event)
    rows = queries.waiting_sms(event, by)
    sms.take_out(rows)
    audit.record(by, "events.take_out_sms", event, reason=reason, count=len(rows))
    return rows


def print_letters(event: Event, rows: list[Invitation], *, reason: str, by: User) -> None:
    """Letters on paper count as written; they lead to the event's page, so it must be there."""
    lock(event)
    _check_page(event)
    for row in rows:
        _note_handed_on(row, "paper", by)
    audit.record(by, "events.print_letters", event, reason=reason, count=len(rows))

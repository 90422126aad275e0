"""Places: given, approved, offered to those who wait, given back."""

from datetime import timedelta

from outreach.accounts.models import User
from outreach.core import audit, clock, sms, tokens
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.core.swift import insert_now
from outreach.directory import names
from outreach.directory import operations as directory
from outreach.directory import queries as people
from outreach.directory.erasure_queries import was_erased
from outreach.events.models import AHEAD, CLOSED, NO, PUBLISHED, Event, GuestType, Invitation
from outreach.registrations import messages, queries, room_queries
from outreach.registrations.allocation import state_of_new
from outreach.registrations.announcements import places_given_back, tickets_besides
from outreach.registrations.message_models import MessageKind
from outreach.registrations.models import (
    ACTIVE,
    CANCELLED,
    CONFIRMED,
    DECLINED,
    OFFERED,
    PENDING,
    TAKEN,
    WAITING,
    WALK_IN,
    Registration,
    ReplacedTicket,
)


def agree(registration: Registration, *, guest_book: bool, photos: bool, by: User | None = None) -> None:
    """What the guest agrees to from now on, or no more; what they agreed to before keeps its moment.

    Part of what calls it.
    """
    before = {
        "guest_book": registration.guest_book_at is not None,
        "photos": registration.photos_at is not None,
    }
    after = {"guest_book": guest_book, "photos": photos}
    for name, agreed in after.items():
        setattr(
            registration,
            f"{name}_at",
            (getattr(registration, f"{name}_at") or clock.now()) if agreed else None,
        )
    if registration.id is not None and before != after:  # a new registration says it by itself
        audit.record(by, "registrations.agree", registration, before=before, after=after)


def _check_ahead(event: Event) -> None:
    if event.state not in AHEAD:
        raise Refused(_("An event that was held or cancelled takes no more guests."))


def check_number(
    event_id: int,
    mobile: str,
    name: str,
    *,
    another: bool,
    apart: Registration | None = None,
    by_staff: bool = False,
) -> None:
    """:class:`Refused` where ``mobile`` is registered:
    for the same name always, for another one unless said to be ``another`` person.

    ``apart``: the guest whose place is taken over. A guest's first answer is the same for both names: a
    number alone does not tell who is registered.
    """
    rows = [row for row in queries.by_mobile(event_id, mobile) if row is not apart]
    if not rows:
        return
    same = any(names.key(row.name) == names.key(name) for row in rows)
    if same and (another or by_staff):
        raise Refused(_("This person is registered with this number already."), at="mobile")
    if not another and by_staff:
        told = _("This number is registered for another guest. Is this another person? Then tick the box.")
        raise Refused(told, at="another")
    if not another:
        told = _(
            "This number is registered already. “Already registered? Get the ticket once more” on the "
            "event’s page sends the ticket "
            "again. To register another person with the same number, tick the box and send the form again."
        )
        raise Refused(told, at="another")


def place(
    registration: Registration,
    capacity: int,
    type_capacity: int | None,
    standing,
    *,
    approval: bool,
    by: User | None,
    to_number: bool = False,
) -> Registration:
    """Write a registration; its state, unless it follows somebody else and has theirs,
    is as ``standing`` allows. The event is held.

    ``to_number``: as in :func:`write_to`.
    """
    registration.code, registration.registered_at = registration.code or tokens.code(), clock.now()
    registration.person_id = registration.person_id or standing.person_id
    if not registration.state:  # else it follows a guest whose place it takes over
        invited = registration.invitation_id is not None
        registration.state = state_of_new(
            capacity, type_capacity, standing, approval=approval, invited=invited
        )
        if registration.state == WAITING:
            registration.waiting_since = registration.registered_at
    insert_now(registration)
    write_to(registration, to_number=to_number)
    audit.record(
        by, "registrations.register", registration, state=registration.state, source=registration.source
    )
    return registration


def write_to(registration: Registration, *, to_number: bool = False) -> None:
    """The guest is told how they stand. Part of what calls it.

    Who stands at the door sees it, and who brings a companion without a contact of their own reads it on
    their page. ``to_number``: by text message where one gets there, whatever address was entered.
    """
    if registration.source == WALK_IN or messages.is_led(registration):
        return
    kind = {
        CONFIRMED: MessageKind.CONFIRMED,
        WAITING: MessageKind.WAITING,
        PENDING: MessageKind.PENDING,
    }.get(registration.state)
    if kind is None:
        messages.offered(registration)
        return
    by_sms = to_number and messages.obstacle(registration, registration.mobile, kind, urgent=False) is None
    messages.tell(registration, kind, ways="sms" if by_sms else "")


def confirm(registration: Registration, *, by: User) -> None:
    """Move one person from the waiting list into the house; who was offered a place has it already."""
    lock(registration.event, registration)
    _check_ahead(registration.event)
    if registration.state not in TAKEN:
        now = room_queries.places(registration.event)
        if not now.room_for(registration.type_id, invited=registration.invitation_id is not None):
            raise Refused(
                _("The places that are left are kept for invited guests.")
                if now.kept
                else _("No place is left.")
            )
    registration.move(CONFIRMED)
    messages.confirmed(registration)
    audit.record(by, "registrations.confirm", registration)
    _take_along(registration, by=by)


def approve(registration: Registration, *, by: User | None) -> None:
    """Somebody says yes to a guest: a place, or the waiting list when there is none."""
    event = registration.event
    lock(event, registration)
    _check_ahead(event)
    if registration.state != PENDING:
        raise Refused(_("This guest does not wait for approval."))
    _give_or_line_up(registration, by=by)
    for companion in queries.companions_of(registration):
        if companion.state == PENDING:
            _give_or_line_up(companion, by=by)


def _give_or_line_up(registration: Registration, *, by: User | None) -> None:
    """A place to an approved guest, or the end of the waiting list. The event is held."""
    event = registration.event
    now, invited = room_queries.places(event), registration.invitation_id is not None
    first_in_line = (
        now.is_kept_for(registration.type_id, invited=invited) or room_queries.next_waiting(event) is None
    )
    if first_in_line and now.room_for(registration.type_id, invited=invited):
        registration.move(CONFIRMED)
        messages.confirmed(registration)
    else:
        registration.move(WAITING)
        registration.waiting_since = clock.now()
        messages.waiting(registration)
    db.session.flush()
    audit.record(by, "registrations.approve", registration, state=registration.state)


def decline(registration: Registration, *, reason: str, by: User) -> None:
    """Somebody says no to a guest and who would come along, and why."""
    lock(registration.event, registration)
    companions = [row for row in queries.companions_of(registration) if row.state == PENDING]
    for row in (registration, *companions):
        row.move(DECLINED)
        row.reason = reason
        messages.declined(row)
        audit.record(by, "registrations.decline", row, reason=reason)


def sort_guests(rows: list[Registration], guest_type: GuestType, *, by: User) -> int:
    """Give guests of one event another guest type, as far as it has places."""
    event = guest_type.event
    lock(event, *rows)
    _check_ahead(event)
    moved = [row for row in rows if row.event_id == event.id and row.type_id != guest_type.id]
    before = room_queries.places(event).in_type(guest_type.id)
    for row in moved:
        row.type_id = guest_type.id
    db.session.flush()
    after = room_queries.places(event).in_type(guest_type.id)
    if (
        guest_type.capacity is not None
        and after.taken > before.taken
        and after.taken + after.kept > guest_type.capacity
    ):
        left = max(0, guest_type.capacity - before.taken - before.kept)
        raise Refused(_("This guest type has only %(num)d places left.", num=left))
    audit.record(by, "registrations.sort_guests", event, count=len(moved), type=guest_type.id)
    fill(event, by=by)
    return len(moved)


def cancel(registration: Registration, *, by: User | None) -> None:
    """Give a place back, and those of companions; the first on the waiting list moves up."""
    lock(registration.event, registration)
    if registration.event.state not in AHEAD:
        raise Refused(_("The event is over; nothing can be cancelled any more."))
    if queries.here([registration, *queries.companions_of(registration)]):
        raise Refused(_("This guest has arrived already."))
    _leave(registration, by=by, tell=messages.cancelled)


def _leave(registration: Registration, *, by: User | None, tell) -> None:
    """A guest and who comes along give their places back; the invitation then says no; the list moves up."""
    leaving = [registration, *queries.companions_of(registration)]
    for row in leaving:
        row.move(CANCELLED)
        row.cancelled_at = clock.now()
        tell(row)
        audit.record(by, "registrations.cancel", row)
    if registration.invitation_id is not None and registration.companion_of_id is None:
        invitation = db.session.get_one(Invitation, registration.invitation_id)
        invitation.answer, invitation.companions = NO, 0
    db.session.flush()
    places_given_back([row.id for row in leaving])
    fill(registration.event, by=by)


def fill(event: Event, *, by: User | None) -> int:
    """Move the waiting list up as far as there are places, or offer them with a deadline; how many moved."""
    lock(event)
    moved = 0
    if event.state not in (PUBLISHED, CLOSED) or clock.now() >= event.starts_at:
        return moved
    while (first := room_queries.next_waiting(event)) is not None:
        _move_up(first)
        audit.record(by, "registrations.fill", first, state=first.state)
        moved += 1
    return moved


def _move_up(first: Registration) -> None:
    """A place for who waits, or the offer of one.

    Who comes along has it when the principal has, and is offered one as long.
    """
    event = first.event
    principal = db.session.get(Registration, first.companion_of_id) if first.companion_of_id else None
    if not event.offer_hours or (principal is not None and principal.state == CONFIRMED):
        first.move(CONFIRMED)
        db.session.flush()
        messages.confirmed(first)
        return
    first.move(OFFERED)
    if principal is not None and principal.state == OFFERED:
        first.offered_until = principal.offered_until
    else:  # the hours run from when it can be read
        mobile = messages.contact(first).mobile
        told = (
            sms.due_at(mobile, clock.now(), "registrations/offered", urgent=True) if mobile else clock.now()
        )
        first.offered_until = min(told + timedelta(hours=event.offer_hours), event.starts_at)
    db.session.flush()
    messages.offered(first)


def _take_along(registration: Registration, *, by: User | None) -> None:
    """The principal has a place now: companions to whom one is offered have theirs, and both are told."""
    for row in queries.companions_of(registration):
        if row.state == OFFERED:
            row.move(CONFIRMED)
            messages.confirmed(row)
            audit.record(by, "registrations.confirm", row)


def accept_offer(registration: Registration) -> None:
    """Who was offered a place takes it, in time."""
    lock(registration.event, registration)
    _check_ahead(registration.event)
    if registration.state != OFFERED or registration.offered_until <= clock.now():
        raise Refused(_("The offer is over; the place went to the next on the list."))
    if queries.follows_an_offer(registration):
        raise Refused(_("The guest whom you accompany takes the places for both of you."))
    registration.move(CONFIRMED)
    messages.confirmed(registration)
    audit.record(None, "registrations.accept_offer", registration)
    _take_along(registration, by=None)


def _untold(_registration: Registration) -> None:
    """An event that is over or called off has told its guests already."""


def lapse_offers() -> int:
    """Places offered and not taken in time go to the next; how many."""
    rows = queries.lapsed_offers(clock.now())
    for row in rows:
        lock(row.event, row)
        if row.state == OFFERED and row.offered_until <= clock.now():  # nobody took it at this very moment
            _leave(row, by=None, tell=messages.lapsed if row.event.state in AHEAD else _untold)
    if rows:  # asked every two minutes: nothing done leaves no trace
        audit.record(None, "registrations.lapse_offers", count=len(rows))
    return len(rows)


def release_reserved() -> int:
    """Places reserved for invited guests, whose day has come, are everybody's; the waiting list moves up.

    How many guest types.
    """
    rows = room_queries.lapsed_reserves(clock.now())
    for row in rows:
        lock(row.event, row)
        if row.reserved and row.released_at <= clock.now():  # nobody prolonged it at this very moment
            audit.record(None, "registrations.release_reserved", row, event=row.event_id, places=row.reserved)
            row.reserved = 0
            db.session.flush()
            fill(row.event, by=None)
    return len(rows)


def add_to_directory(registration: Registration, *, by: User) -> None:
    """A new prospect becomes a card of the event's unit, or joins the card that has come since."""
    lock(registration)
    if registration.erased_at is not None:
        raise Refused(_("This guest has been erased already."))
    if registration.person_id is not None:
        raise Refused(_("This guest is in the directory already."))
    event = registration.event
    known = people.match(event.unit, registration.name, registration.mobile)
    if known is None:
        if was_erased(registration.name, [registration.mobile]):
            raise Refused(
                _(
                    "This person was erased from the register. If they ask to be on it again, "
                    "enter the card by hand."
                )
            )
        source = _("registered for %(event)s", event=event.title)[:120]
        person = directory.add_person(
            event.unit,
            source=source,
            by=by,
            name=registration.name,
            mobiles=[registration.mobile],
            company=registration.company,
            title=registration.post,
            email=registration.email,
        )
        known = person.id
    registration.person_id = known
    audit.record(by, "registrations.add_to_directory", registration)


def replace_ticket(registration: Registration, *, reason: str, by: User) -> None:
    """Another code and another page for the same place: the old code is refused at every gate from its next
    contact on, the old address opens nothing. The letter goes out again.
    """
    lock(registration.event, registration)
    if registration.state not in ACTIVE:
        raise Refused(_("This registration was cancelled."))
    gone = {registration.door_id}.union(*tickets_besides(registration.id)) - queries.replaced_of(
        registration.id
    )
    db.session.add_all(
        [ReplacedTicket(registration_id=registration.id, door_id=door_id) for door_id in sorted(gone)]
    )
    registration.code, registration.page_token = tokens.code(), tokens.code()
    registration.code_opens_page = False
    db.session.flush()
    messages.ticket_again(registration)
    audit.record(by, "registrations.replace_ticket", registration, reason=reason)


def export_guests(event: Event, *, count: int, full: bool, reason: str, by: User) -> None:
    """Leave the trace of a guest list taken out of the house."""
    audit.record(by, "registrations.export_guests", event, reason=reason, count=count, full=full)


def unmask(registration: Registration, *, reason: str, by: User) -> None:
    """Leave the trace of somebody reading a guest's number in full."""
    audit.record(by, "registrations.unmask", registration, reason=reason)

"""Registering: by the guest, by an organiser, at the door."""

import secrets

from outreach.accounts.models import User
from outreach.core import audit, clock, tokens
from outreach.core.db import begin_writing, db, is_sqlite, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.core.swift import insert_now
from outreach.events.models import AHEAD, HELD, YES, Event, GuestType, registration_state
from outreach.registrations import message_queries, messages, queries, room_queries
from outreach.registrations.allocation import state_of_new
from outreach.registrations.models import (
    CANCELLED,
    CONFIRMED,
    NOTICE_VERSION,
    PENDING,
    WAITING,
    WALK_IN,
    Registration,
)
from outreach.registrations.operations.editing import bring
from outreach.registrations.operations.places import (
    agree,
    check_number,
    place,
    write_to,
)

#: more guests than can register at the same moment: every one has a connection, and PostgreSQL grants 100
#: unless told otherwise
AT_ONCE = 200
#: guests whom the public form takes with one number: a secretary enters several, nobody a crowd
MOST_BY_NUMBER = 10


def register(
    slug: str,
    *,
    request_key: str,
    name: str,
    company: str,
    post: str,
    mobile: str,
    email: str,
    locale: str,
    type_id: int | None = None,
    guest_book: bool = False,
    photos: bool = False,
    companions: list[tuple[str, str]] = (),
    asked: bool = True,
) -> str:
    """A guest registers: a place at once, the waiting list when the house or the guest type is full, or a
    word of approval to wait for.

    Gives the ``page_token`` of their own page. The same form sent twice gives the same one. One number may
    serve several people: another name is another guest. Whether a name and a number are registered is told to
    nobody (:func:`_repeat`). ``companions``: (name, company) of who comes along. ``asked``: the form held the
    event's questions.
    """
    guest: dict = {
        "request_key": request_key,
        "name": name,
        "company": company,
        "post": post,
        "mobile": mobile,
        "email": email,
        "locale": locale,
        "source": "web",
        "notice_version": NOTICE_VERSION,
    }
    agreed = {"guest_book": guest_book, "photos": photos}
    # who brings somebody needs several places at once and so the event alone
    beside = None if companions else room_queries.look_beside_others(slug, type_id, mobile, spare=2 * AT_ONCE)
    if beside and (placed := _place_at_once(slug, type_id, beside, guest, agreed, asked=asked)):
        return placed
    # the last places are given out one by one, for many may be on their way whom nobody sees yet. Whoever
    # holds the event together with others on PostgreSQL goes on so: two who then each wanted it alone would
    # wait for each other for ever
    together = beside is not None and not is_sqlite()
    if not together:
        room_queries.hold_alone(slug)
    event = room_queries.opened(slug, type_id)
    if event is None:
        raise Refused(_("Registration is not open."))
    standing = room_queries.standing(
        event.id, event.unit_path, type_id=event.type_id, request_key=request_key, name=name, mobile=mobile
    )
    if earlier := _same_form(standing, event.id, mobile, name):
        return earlier.page_token
    if registration_state(event) != "open":
        raise Refused(_("Registration is not open."))
    shared = bool(standing.same_number)
    if shared:
        _check_crowd(event.id, mobile)
    if event.asks and not asked:
        raise Refused(_("The organisers have added questions. Please answer them and send the form again."))
    if together and standing.taken >= _room(event):  # hundreds came between the two looks
        raise Refused(_("Very many register at this moment. Please send the form once more."))
    guest["request_key"] = _own_key(standing, request_key)
    if shared and (known := queries.by_mobile_and_name(event.id, mobile, name)) is not None:
        return _repeat(known, event, guest, standing)
    row = _enter(event, guest, agreed, standing, to_number=shared)
    if companions:
        bring(row, list(companions), by=None)
    return row.page_token


def _check_crowd(event_id: int, mobile: str) -> None:
    """The same answer for every name."""
    if len(queries.by_mobile(event_id, mobile)) >= MOST_BY_NUMBER:
        raise Refused(
            _("No more guests can be registered with this number. Please call the contact."), at="mobile"
        )


def _repeat(known: Registration, event: room_queries.Opened, guest: dict, standing) -> str:
    """The same name and number once more: the ticket goes where the guest is known to be reached, and the
    answer is a page like every new guest's, with what was typed and the state a new guest would have.

    Its row holds no place and counts nowhere: it is cancelled from the beginning. Its picture is the door's
    code of the first one, which opens the door only, as name and number do there; nothing else of the first
    one can be seen or changed by it.
    """
    moment = clock.now()
    appears = state_of_new(
        event.capacity, event.type_capacity, standing, approval=event.approval, invited=False
    )
    row = Registration(
        event_id=event.id,
        type_id=event.type_id,
        person_id=known.person_id,
        code=tokens.code(),
        state=CANCELLED,
        appears_as=appears,
        repeats_id=known.id,
        registered_at=moment,
        cancelled_at=moment,
        waiting_since=moment if appears == WAITING else None,
        consented_at=moment,
        **guest,
    )
    insert_now(row)
    _send_once_more(known)
    return row.page_token


def _send_once_more(known: Registration) -> None:
    """Who registers again gets the ticket they have, where they are reached."""
    if sent := message_queries.may_send_again(known.id):
        messages.ticket_again(known)
    audit.record(None, "registrations.register_again", known, sent=sent)


def _enter(
    event: room_queries.Opened, guest: dict, agreed: dict, standing, *, to_number: bool
) -> Registration:
    row = Registration(event_id=event.id, type_id=event.type_id, consented_at=clock.now(), **guest)
    agree(row, **agreed)
    return place(
        row,
        event.capacity,
        event.type_capacity,
        standing,
        approval=event.approval,
        by=None,
        to_number=to_number,
    )


def _room(event: room_queries.Opened) -> int:
    """With fewer guests than that the event has a place for certain, whoever else is on the way."""
    room = event.capacity - event.reserved
    if event.type_capacity is not None:
        room = min(room, event.type_capacity - event.reserved_of_type)
    return room - AT_ONCE


def _place_at_once(
    slug: str, type_id: int | None, event: room_queries.Opened, guest: dict, agreed: dict, *, asked: bool
) -> str | None:
    """Nearly every guest: registration is open, there is room, nobody waits, the form and the number are new.
    Looking and writing are then one statement, and no object is made of the row. None: something hinders it,
    or the rules have changed since they were looked at.
    """
    begin_writing()
    if registration_state(event) != "open" or (event.asks and not asked):
        return None
    code, page_token, moment = tokens.code(), tokens.code(), clock.now()
    state = PENDING if event.approval else CONFIRMED
    values = {
        **guest,
        "event_id": event.id,
        "type_id": event.type_id,
        "code": code,
        "door_id": tokens.alias(code),
        "page_token": page_token,
        "state": state,
        "consented_at": moment,
        "registered_at": moment,
        **{f"{purpose}_at": moment if given else None for purpose, given in agreed.items()},
    }
    room = room_queries.unhindered(slug, type_id, event, guest["name"], room=_room(event))
    deed = room_queries.UNHINDERED
    written = audit.record_deed(
        None, "registrations.register", deed, {**values, **room}, state=state, source=guest["source"]
    )
    if written is None:
        return None
    write_to(db.session.get_one(Registration, written.id))
    return page_token


def register_by_hand(
    event: Event,
    *,
    request_key: str,
    name: str,
    company: str,
    post: str,
    mobile: str,
    email: str,
    by: User,
    type: GuestType | None = None,
    guest_book: bool = False,
    photos: bool = False,
    another: bool = False,
) -> Registration:
    """An organiser enters a guest, also when registration is closed; no approval is needed."""
    lock(event)
    type = type or event.types[0]
    standing = room_queries.standing(
        event.id, event.unit.path, type_id=type.id, request_key=request_key, name=name, mobile=mobile
    )
    if earlier := _same_form(standing, event.id, mobile, name):
        return earlier
    if event.state not in AHEAD:
        raise Refused(_("An event that was held or cancelled takes no more guests."))
    if standing.same_number:
        check_number(event.id, mobile, name, another=another, by_staff=True)
    registration = Registration(
        event_id=event.id,
        type_id=type.id,
        request_key=_own_key(standing, request_key),
        name=name,
        company=company,
        post=post,
        mobile=mobile,
        email=email,
        locale="zh_Hans_CN",
        source="desk",
    )
    agree(registration, guest_book=guest_book, photos=photos)
    _answer_invitation(registration, standing.person_id)
    return place(registration, event.capacity, type.capacity, standing, approval=False, by=by)


def _answer_invitation(registration: Registration, person_id: int | None) -> None:
    """Who is invited and tells an organiser that they come has answered: the place is one of the invited."""
    invitation = queries.open_invitation(registration.event_id, person_id) if person_id else None
    if invitation is not None:
        lock(invitation)
        registration.invitation_id = invitation.id
        invitation.answer, invitation.answered_at = YES, clock.now()


def register_walk_in(
    event: Event, *, request_key: str, name: str, mobile: str, company: str, code: str = "", by: User | None
) -> Registration:
    """Somebody stands at the door: they have a place, also when the house is full,
    for whoever let them in has decided so.

    Whoever is registered by this number is that guest, and has a place now. ``code``: the ticket they were
    handed.
    """
    lock(event)
    type = event.types[0]
    standing = room_queries.standing(
        event.id, event.unit.path, type_id=type.id, request_key=request_key, name=name, mobile=mobile
    )
    if earlier := _same_form(standing, event.id, mobile, name):
        return earlier
    if event.state not in (*AHEAD, HELD):
        raise Refused(_("This event has been called off."))
    # one number may serve a family or an office: another name is another guest
    if known := queries.by_mobile_and_name(event.id, mobile, name) if standing.same_number else None:
        if known.state != CONFIRMED:
            known.move(CONFIRMED)
            audit.record(by, "registrations.register_walk_in", known, state=known.state)
        return known
    registration = Registration(
        event_id=event.id,
        type_id=type.id,
        request_key=_own_key(standing, request_key),
        name=name,
        company=company,
        mobile=mobile,
        state=CONFIRMED,
        locale="zh_Hans_CN",
        source=WALK_IN,
    )
    if code:
        registration.code = code
    return place(registration, event.capacity, type.capacity, standing, approval=False, by=by)


def _same_form(standing, event_id: int, mobile: str, name: str) -> Registration | None:
    """What this very form made before."""
    if standing.same_form is None:
        return None
    form = db.session.get_one(Registration, standing.same_form)
    return form if (form.event_id, form.mobile, form.name) == (event_id, mobile, name) else None


def _own_key(standing, request_key: str) -> str:
    """The name of a form that was sent again with another guest in it ("back", then the next name) is taken:
    a fresh one.
    """
    return request_key if standing.same_form is None else secrets.token_hex(16)

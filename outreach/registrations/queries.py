"""Reads of registrations."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Select, and_, bindparam, func, or_, select

from outreach.accounts.queries import reach
from outreach.core import clock, phones, tokens
from outreach.core.db import begin_writing, db
from outreach.core.swift import Swift
from outreach.directory import names, terms
from outreach.events.models import AHEAD, Event, GuestType, Invitation
from outreach.permissions import Permission
from outreach.registrations import tickets
from outreach.registrations.announcements import guests_here
from outreach.registrations.models import (
    ACTIVE,
    CANCELLED,
    CONFIRMED,
    OFFERED,
    TAKEN,
    WAITING,
    Registration,
    RegistrationChange,
    ReplacedTicket,
)


def select_visible(user, permission: Permission = Permission.REGISTRATIONS_VIEW) -> Select:
    """The guests of events hosted within ``user``'s reach."""
    events = select(Event.id).where(Event.unit_id.in_(reach(user, permission)))
    return select(Registration).where(Registration.event_id.in_(events))


def by_number(typed: str):
    """A condition for four last digits or the whole number as people type it;
    None where ``typed`` is neither digits nor a number.

    Any other length would let one guess a masked number.
    """
    if re.fullmatch(r"[0-9]{4}", typed):
        return Registration.mobile.endswith(typed, autoescape=True)
    whole = phones.whole_numbers(typed)
    return Registration.mobile.in_(whole) if whole or phones.fold(typed).isdigit() else None


def searched(chosen: Select, text: str) -> Select:
    """Narrow guests to those whom every word finds: a part of the name, its pinyin or initials, the company,
    or the number as
    :func:`by_number` takes it. Guests have no search terms of their own, so the rows of ``chosen`` are read
    and compared here.
    """
    if not text.strip():
        return chosen
    if (number := by_number(text.strip())) is not None:
        return chosen.where(number)
    typed = terms.words(text)
    columns = (Registration.id, Registration.name, Registration.mobile, Registration.company)
    guests = chosen.order_by(None).with_only_columns(*columns, maintain_column_froms=True)
    found = [
        key
        for key, *values in db.session.execute(guests)
        if typed and all(terms.matches(word, *values) for word in typed)
    ]
    return chosen.where(Registration.id.in_(bindparam(None, found, expanding=True, literal_execute=True)))


#: several states under one name: whoever did not cancel; whoever has a place or is offered one
_IN_STATE = {"standing": Registration.state != CANCELLED, "placed": Registration.state.in_(TAKEN)}


def filtered(
    chosen: Select, *, text: str = "", state: str = "", known: str = "", type: int = 0, photos: str = ""
) -> Select:
    """Narrow guests by name, company or phone tail, by state, guest type, by known person or new prospect,
    and by consent to photographs.
    """
    text = text.strip()
    if code := tickets.code_in(text):  # a ticket was scanned into the field, or a guest's link pasted
        chosen = chosen.where(or_(Registration.code == code, Registration.page_token == code))
    else:
        chosen = searched(chosen, text)
    if state:
        chosen = chosen.where(_IN_STATE.get(state, Registration.state == state))
    if type:
        chosen = chosen.where(Registration.type_id == type)
    if photos:
        chosen = chosen.where(
            Registration.photos_at.is_(None) if photos == "no" else Registration.photos_at.is_not(None)
        )
    if known == "no":
        chosen = chosen.where(Registration.erased_at.is_(None))
    if known:
        chosen = chosen.where(
            Registration.person_id.is_(None) if known == "no" else Registration.person_id.is_not(None)
        )
    return chosen


# statements of every registration are built once: building one costs as much as running it
_AT_EVENT = Registration.event_id == bindparam("event")
_BY_CODE = select(Registration).where(Registration.code == bindparam("code"))
_BY_PAGE_TOKEN = select(Registration).where(Registration.page_token == bindparam("token"))
# no join: behind the lock PostgreSQL reads the registration anew, but what was joined to it as it was before
_MOVING = func.coalesce(
    select(GuestType.moving).where(GuestType.id == Registration.type_id).scalar_subquery(), False
)
#: the columns of an :class:`AtDoor` for whoever has the ``code``, held until the transaction ends
HELD = (
    select(
        Registration.id,
        Registration.event_id,
        Registration.type_id,
        _MOVING.label("moving"),
        Registration.state,
        Registration.person_id,
        Registration.name,
        Registration.company,
        Registration.post,
    )
    .where(Registration.code == bindparam("code"))
    .with_for_update(of=Registration, key_share=True)
)
_HELD = Swift(HELD)


def replaced_of(registration_id: int) -> set[str]:
    """The ``door_id`` of every ticket of a guest that was replaced."""
    return set(
        db.session.scalars(
            select(ReplacedTicket.door_id).where(ReplacedTicket.registration_id == registration_id)
        )
    )


def replaced_tickets(event_id: int) -> dict[str, str]:
    """The ``door_id`` of every ticket of an event that was replaced -> the one its guest has today."""
    chosen = (
        select(ReplacedTicket.door_id, Registration.door_id)
        .join(Registration)
        .where(Registration.event_id == event_id)
    )
    return dict(db.session.execute(chosen).tuples().all())


def is_replaced(code: str) -> ReplacedTicket | None:
    """The note that this code was replaced, if it was."""
    return db.session.scalar(select(ReplacedTicket).where(ReplacedTicket.door_id == tokens.alias(code)))


def by_code(code: str) -> Registration | None:
    """The registration of a ticket, as it is shown at the door."""
    return db.session.scalar(_BY_CODE, {"code": code})


def by_page_key(key: str) -> Registration | None:
    """The registration whose own page ``key`` opens:
    its ``page_token``, or until its event is over the code of an old link.
    """
    row = db.session.scalar(_BY_PAGE_TOKEN, {"token": key})
    if row is not None:
        return row
    row = by_code(key)
    old_link = row is not None and row.code_opens_page and clock.now() < row.event.ends_at
    return row if old_link else None


def is_of_door(code: str) -> bool:
    """Whether a ticket has or had this ``code``."""
    return by_code(code) is not None or is_replaced(code) is not None


class AtDoor(NamedTuple):
    """A registration as plain values, for the queue at the door; ``moving``: its ticket's code moves."""

    id: int
    event_id: int
    type_id: int | None
    moving: bool
    state: str
    person_id: int | None
    name: str
    company: str
    post: str

    @classmethod
    def of(cls, row: Registration) -> "AtDoor":
        """The same of a row that is at hand."""
        moving = row.type is not None and row.type.moving
        return cls(
            row.id,
            row.event_id,
            row.type_id,
            moving,
            row.state,
            row.person_id,
            row.name,
            row.company,
            row.post,
        )


def held(code: str) -> AtDoor | None:
    """The registration of a ticket, held until the transaction ends."""
    begin_writing()
    row = _HELD.first({"code": code})
    return AtDoor(*row) if row else None


def counts(event_id: int) -> dict[str, int]:
    """State -> guests."""
    rows = db.session.execute(
        select(Registration.state, func.count())
        .where(Registration.event_id == event_id)
        .group_by(Registration.state)
    )
    return dict(rows.all())


def prospect_count(event_id: int) -> int:
    """Guests nobody has in the directory yet, without those who cancelled."""
    chosen = filtered(
        select(func.count(Registration.id)).where(Registration.event_id == event_id),
        state="standing",
        known="no",
    )
    return db.session.scalar(chosen) or 0


def counts_by_event() -> dict[int, int]:
    """Event id -> guests with a place."""
    rows = db.session.execute(
        select(Registration.event_id, func.count())
        .where(Registration.state == CONFIRMED)
        .group_by(Registration.event_id)
    )
    return dict(rows.all())


def lapsed_offers(moment) -> list[Registration]:
    """Places offered and not taken in time, by event."""
    chosen = select(Registration).where(Registration.state == OFFERED, Registration.offered_until <= moment)
    return list(db.session.scalars(chosen.order_by(Registration.event_id, Registration.id)))


def open_invitation(event_id: int, person_id: int) -> Invitation | None:
    """The invitation of somebody to an event, if it has brought no guest who still means to come."""
    brought = (
        select(Registration.id)
        .where(Registration.invitation_id == Invitation.id, Registration.state.in_(ACTIVE))
        .exists()
    )
    chosen = select(Invitation).where(
        Invitation.event_id == event_id, Invitation.person_id == person_id, ~brought
    )
    return db.session.scalar(chosen)


def of_invitation(invitation_id: int) -> list[Registration]:
    """The guests an invitation brought who still mean to come:
    the invited person or who stands in, then companions.
    """
    chosen = select(Registration).where(
        Registration.invitation_id == invitation_id, Registration.state.in_(ACTIVE)
    )
    return list(
        db.session.scalars(chosen.order_by(Registration.companion_of_id.is_not(None), Registration.id))
    )


def follows_an_offer(registration: Registration) -> bool:
    """Whether the guest's offered place follows that of whom they accompany."""
    if registration.companion_of_id is None:
        return False
    return db.session.get_one(Registration, registration.companion_of_id).state == OFFERED


def changes_of(registration: Registration) -> list[RegistrationChange]:
    """What was changed of a guest's details, last first."""
    chosen = select(RegistrationChange).where(RegistrationChange.registration_id == registration.id)
    return list(db.session.scalars(chosen.order_by(RegistrationChange.id.desc())))


def companions_of(registration: Registration) -> list[Registration]:
    """Who comes along with a guest."""
    chosen = select(Registration).where(
        Registration.companion_of_id == registration.id, Registration.state.in_(ACTIVE)
    )
    return list(db.session.scalars(chosen.order_by(Registration.id)))


def by_mobile_and_name(event_id: int, mobile: str, name: str) -> Registration | None:
    """The active registration with this number and this name, however it is written."""
    rows = by_mobile(event_id, mobile)
    return next((row for row in rows if names.key(row.name) == names.key(name)), None)


def by_mobile(event_id: int, mobile: str) -> list[Registration]:
    """The guests of this number who still mean to come: one number may serve several."""
    chosen = select(Registration).where(
        Registration.event_id == event_id, Registration.mobile == mobile, Registration.state.in_(ACTIVE)
    )
    return list(db.session.scalars(chosen.order_by(Registration.id)))


def places_of_people(ids: Iterable[int]) -> dict[Event, list[Registration]]:
    """Event -> registrations of these people, of those with a place or on the way to one;
    only events with several.
    """
    chosen = (
        select(Registration)
        .where(
            Registration.person_id.in_(list(ids)),
            Registration.state.in_(ACTIVE),
            Registration.companion_of_id.is_(None),
        )
        .order_by(Registration.event_id, Registration.id)
    )
    found: dict[Event, list[Registration]] = {}
    for row in db.session.scalars(chosen):
        found.setdefault(row.event, []).append(row)
    return {event: rows for event, rows in found.items() if len(rows) > 1}


def worth(row: Registration, here: set[int]) -> tuple[int, int, int]:
    """Sorts the registrations of one person, best first: who has arrived, then by state,
    then who came first.
    """
    return (row.id not in here, ACTIVE.index(row.state), row.id)


@dataclass(frozen=True)
class SharedPlaces:
    """Registrations of two cards at one event; ``here``: the ids of those who have arrived, ``best_id``:
    the one to keep if nobody chooses.
    """

    event: Event
    rows: list[Registration]
    here: set[int]
    best_id: int


def shared_places(kept_id: int, gone_id: int) -> list[SharedPlaces]:
    """The events ahead at which two cards have a place each, or one card several."""
    found = []
    for event, rows in places_of_people([kept_id, gone_id]).items():
        if event.state in AHEAD:
            arrived = here(rows)
            best = min(rows, key=lambda row: worth(row, arrived))
            found.append(SharedPlaces(event, rows, arrived, best.id))
    return found


def here(guests: Iterable[Registration]) -> set[int]:
    """The ids of those of these guests who have arrived."""
    return set().union(*guests_here([row.id for row in guests]))


def stand_in(registration: Registration) -> bool:
    """Whether somebody comes with the place that this guest gave to them."""
    if registration.state != CANCELLED:
        return False
    chosen = select(Registration.id).where(
        Registration.event_id == registration.event_id,
        Registration.state.in_(ACTIVE),
        Registration.stands_in_for == (registration.stands_in_for or registration.name),
        Registration.invitation_id.is_not_distinct_from(registration.invitation_id),
        Registration.registered_at >= registration.cancelled_at,
    )
    return db.session.scalar(chosen.limit(1)) is not None


def types_used(ids) -> set[int]:
    """Those of the guest type ``ids`` that a guest has."""
    return set(
        db.session.scalars(select(Registration.type_id).where(Registration.type_id.in_(ids)).distinct())
    )


def waiting_position(registration: Registration) -> int:
    """1 for the first on the waiting list."""
    ahead = select(func.count()).where(
        Registration.event_id == registration.event_id,
        Registration.state == WAITING,
        Registration.type_id.is_not_distinct_from(
            registration.type_id
        ),  # other types wait for places of their own
        or_(
            Registration.waiting_since < registration.waiting_since,
            (Registration.waiting_since == registration.waiting_since) & (Registration.id < registration.id),
        ),
    )
    return (db.session.scalar(ahead) or 0) + 1


def people_registered(ids) -> set[int]:
    """Those of ``ids`` who registered for anything."""
    return set(db.session.scalars(select(Registration.person_id).where(Registration.person_id.in_(ids))))


def by_surname_and_tail(event_id: int, surname: str, tail: str) -> list[Registration]:
    """Guests of an event by the beginning of the name and the last four digits, for the door.

    The digits of a companion without a number are those of the guest who brings them. Without digits, guests
    of this whole name who have no number.
    """
    start, at_event = names.key(surname), Registration.event_id == event_id
    if not start:
        return []
    ends = select(Registration.id).where(at_event, Registration.mobile.like(f"%{tail}"))
    brought = and_(Registration.mobile == "", Registration.companion_of_id.in_(ends))
    chosen = or_(Registration.id.in_(ends), brought) if tail else Registration.mobile == ""
    rows = db.session.scalars(
        select(Registration).where(at_event, chosen).order_by(Registration.state, Registration.id)
    )
    return [
        row
        for row in rows
        if (names.key(row.name).startswith(start) if tail else names.key(row.name) == start)
    ]

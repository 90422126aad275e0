"""Events and their programme: drafts, changes, states, copies."""

import secrets
from datetime import datetime

from outreach.accounts.models import Unit, User
from outreach.core import audit, clock, sms
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.events import queries
from outreach.events.announcements import (
    Told,
    capacity_raised,
    event_cancelled,
    event_changed,
    event_cloned,
    item_moved,
    items_in_use,
    places_of,
    types_in_use,
)
from outreach.events.models import ARCHIVED, CLOSED, DRAFT, HELD, PUBLISHED, Event, GuestType, ProgrammeItem

TYPE_FIELDS = (
    "name",
    "name_en",
    "colour",
    "place",
    "capacity",
    "reserved",
    "approval",
    "public",
    "moving",
)
ITEM_FIELDS = ("minutes", "title", "title_en", "speaker", "venue", "sign_up", "capacity")
_SLUG_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"


def _check_times(event: Event) -> None:
    if event.ends_at <= event.starts_at:
        raise Refused(_("The end must be after the beginning."), at="ends_at")
    if event.opens_at and event.closes_at and event.closes_at <= event.opens_at:
        raise Refused(_("Registration must close after it opens."), at="closes_at")


def add_event(unit: Unit, *, by: User | None, **values) -> Event:
    """A draft. Its public address is short and says nothing."""
    event = Event(unit=unit, slug="".join(secrets.choice(_SLUG_SIGNS) for _sign in range(8)), **values)
    _check_times(event)
    if not event.types:
        event.types.append(GuestType(name="嘉宾", name_en="Guest"))
    db.session.add(event)
    audit.record(by, "events.add_event", event)
    return event


WATCHED = ("starts_at", "ends_at", "venue", "city", "address")


def _check_lowered(event: Event, capacity: int | None, row: GuestType | None = None) -> None:
    """:class:`Refused` at ``above`` where more guests than ``capacity`` have a place,
    of a guest type or in all.
    """
    now = next(iter(places_of(event)), None)
    if now is None or capacity is None:
        return
    before, taken = (event.capacity, now.taken) if row is None else (row.capacity, now.in_type(row.id).taken)
    if capacity < taken and (before is None or capacity < before):
        told = _(
            "%(taken)d guests have a place, %(above)d more than that. They keep their places; nobody "
            "moves up until as many have "
            "cancelled. If you mean it, tick the box.",
            taken=taken,
            above=taken - capacity,
        )
        raise Refused(told, at="above")


def _check_english_venue(event: Event, values: dict) -> None:
    """:class:`Refused` at ``same_venue_en`` where the venue is another and its English name is still that of
    the one before.
    """
    venue, english = values.get("venue", event.venue), values.get("venue_en", event.venue_en)
    if english and english == event.venue_en and venue != event.venue:
        told = _(
            "The venue is another, but its English name is still “%(name)s”. Guests who read English "
            "would go there. Change it, "
            "empty it, or tick the box.",
            name=english,
        )
        raise Refused(told, at="same_venue_en")


def edit_event(
    event: Event, *, by: User, above: bool = False, same_venue_en: bool = False, **values
) -> Told | None:
    """Change an event.

    Its programme moves with its beginning; guests are told of another time or place, and their calendars
    follow. ``above``: the capacity may be lower than the number of guests who have a place.
    ``same_venue_en``: the English name of the venue holds for another venue too. Gives how many guests were
    told, or None where there was nothing to tell.
    """
    lock(event)
    event.check_ahead()
    if not above:
        _check_lowered(event, values.get("capacity"))
    if not same_venue_en:
        _check_english_venue(event, values)
    before = {name: getattr(event, name) for name in (*WATCHED, "venue_en")}
    capacity = event.capacity
    for name, value in values.items():
        setattr(event, name, value)
    _check_times(event)
    event.updated_at = clock.now()
    changed = [name for name in WATCHED if getattr(event, name) != before[name]]
    for item in event.programme:
        item.starts_at = clock.wall_shifted(item.starts_at, before["starts_at"], event.starts_at, event.zone)
    if changed:
        event.sequence += 1
    audit.record(by, "events.edit_event", event, changed=changed)
    told = None
    if changed and event.state != DRAFT:
        told = Told.sum_of(event_changed(event, before=before, changed=changed, by=by))
    if event.capacity > capacity:
        capacity_raised(event, by=by)
    return told


def publish(event: Event, *, by: User | None) -> None:
    """Put the page before the public."""
    lock(event)
    event.move(PUBLISHED)
    event.updated_at = clock.now()
    audit.record(by, "events.publish", event)
    capacity_raised(event, by=by)


def withdraw(event: Event, *, by: User) -> None:
    """Take the page back to a draft."""
    lock(event)
    event.move(DRAFT)
    audit.record(by, "events.withdraw", event)


def hold(event: Event, *, by: User | None) -> None:
    """The event has taken place."""
    lock(event)
    if event.starts_at > clock.now():
        raise Refused(_("The event has not begun yet."))
    event.move(HELD)
    audit.record(by, "events.hold", event)


def close(event: Event, *, by: User) -> None:
    """No more registrations; the page stays, and staff can still add guests."""
    lock(event)
    event.move(CLOSED)
    audit.record(by, "events.close", event)


def archive(event: Event, *, by: User) -> None:
    """Out of the daily list."""
    lock(event)
    event.move(ARCHIVED)
    audit.record(by, "events.archive", event)


_COPIED = (
    "kind",
    "title_en",
    "summary",
    "summary_en",
    "city",
    "venue",
    "venue_en",
    "address",
    "hosts",
    "zone",
    "capacity",
    "contact",
    "offer_hours",
    "most_companions",
    "letter",
    "asks_travel",
    "asks_room",
    "reminds",
)


def clone_event(event: Event, *, title: str, starts_at: datetime, by: User) -> Event:
    """A draft with the same programme, guest types and texts at another time. Nobody is invited by it."""

    def shifted(moment):
        return clock.wall_shifted(moment, event.starts_at, starts_at, event.zone)

    # a deadline that would have passed is left open
    deadlines = {
        name: moment
        for name in ("opens_at", "closes_at", "reply_by")
        if getattr(event, name) and (moment := shifted(getattr(event, name))) > clock.now()
    }
    copy = add_event(
        event.unit,
        by=by,
        title=title,
        starts_at=starts_at,
        ends_at=shifted(event.ends_at),
        **deadlines,
        cloned_from_id=event.id,
        types=[GuestType(**{name: getattr(row, name) for name in TYPE_FIELDS}) for row in event.types],
        co_hosts=list(event.co_hosts),
        **{name: getattr(event, name) for name in _COPIED},
    )
    for item in event.programme:
        copy.programme.append(
            ProgrammeItem(
                starts_at=shifted(item.starts_at), **{name: getattr(item, name) for name in ITEM_FIELDS}
            )
        )
    for old, new in zip(event.types, copy.types, strict=True):
        until = shifted(old.reserved_until) if old.reserved_until else None
        new.reserved_until = until if until and until > clock.now() else None
    db.session.flush()
    audit.record(by, "events.clone_event", copy, source=event.id)
    event_cloned(event, copy, by=by)
    return copy


def cancel(event: Event, *, reason: str, by: User) -> Told:
    """Call it off; every guest is told by the ways there are. Gives how many were."""
    lock(event)
    event.move("cancelled")
    event.sequence += 1
    event.updated_at = clock.now()
    audit.record(by, "events.cancel", event, reason=reason)
    sms.withdraw(queries.all_waiting_sms(event))
    return Told.sum_of(event_cancelled(event, by=by))


def add_item(event: Event, *, by: User | None, **values) -> ProgrammeItem:
    """One more item of the programme."""
    event.check_ahead()
    item = ProgrammeItem(event=event, **values)
    db.session.add(item)
    audit.record(by, "events.add_item", item, event=event.id)
    return item


def edit_item(item: ProgrammeItem, *, by: User, **values) -> Told | None:
    """Change an item of the programme; how many guests were told of another time or place,
    or None where there was nothing to tell.
    """
    lock(item.event)
    item.event.check_ahead()
    if item.sign_up and not values.get("sign_up", True) and any(items_in_use(item.id)):
        raise Refused(_("Guests have signed up for this item. Tell them and take them off it first."))
    before = (item.starts_at, item.venue)
    for name, value in values.items():
        setattr(item, name, value)
    audit.record(by, "events.edit_item", item)
    if (item.starts_at, item.venue) != before and item.event.state != DRAFT:
        return Told.sum_of(item_moved(item, by=by))
    return None


def remove_item(item: ProgrammeItem, *, by: User) -> None:
    """Take an item out of the programme."""
    lock(item.event)
    item.event.check_ahead()
    if any(items_in_use(item.id)):
        raise Refused(_("Guests have signed up for this item. Tell them and take them off it first."))
    audit.record(by, "events.remove_item", item, event=item.event_id)
    db.session.delete(item)


def save_type(event: Event, row: GuestType | None, *, by: User, above: bool = False, **values) -> GuestType:
    """A new guest type, or a changed one. More places, or no approval any more, lets those who wait move up.

    ``above``: its capacity may be lower than the number of its guests who have a place.
    """
    lock(event)
    event.check_ahead()
    if row is not None and not above:
        _check_lowered(event, values.get("capacity"), row)
    if any(other.name == values["name"] and other is not row for other in event.types):
        raise Refused(_("There is a guest type of this name already."), at="name")
    if row is None:
        row = GuestType(**values)
        event.types.append(row)
    for name, value in values.items():
        setattr(row, name, value)
    _check_reserved(event, row)
    db.session.flush()
    audit.record(by, "events.save_type", row, event=event.id)
    capacity_raised(event, by=by)
    return row


def _check_reserved(event: Event, row: GuestType) -> None:
    if not row.reserved:
        return
    if row.capacity is not None and row.reserved > row.capacity:
        raise Refused(_("This guest type has only %(num)d places.", num=row.capacity), at="reserved")
    if sum(other.reserved or 0 for other in event.types) > event.capacity:
        raise Refused(_("The event has only %(num)d places.", num=event.capacity), at="reserved")
    if row.released_at <= clock.now():
        raise Refused(_("This moment has passed; the places would be released at once."), at="reserved_until")


def remove_type(row: GuestType, *, by: User) -> None:
    """A guest type nobody has; one always stays."""
    lock(row.event)
    used = {key for answer in types_in_use([row.id]) for key in answer}
    if row.id in used or queries.is_invited_as(row):
        raise Refused(_("Guests have this type, or a gate is for it. Give them another one first."))
    if len(row.event.types) == 1:
        raise Refused(_("An event keeps at least one guest type."))
    audit.record(by, "events.remove_type", row, event=row.event_id)
    db.session.delete(row)

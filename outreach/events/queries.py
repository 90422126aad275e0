"""Reads of events and invitations."""

from sqlalchemy import Row, Select, bindparam, func, or_, select

from outreach.accounts.models import Unit
from outreach.accounts.queries import reach
from outreach.core.db import begin_writing, db, fetch
from outreach.events.models import Event, Invitation
from outreach.permissions import Permission


def select_visible(user, permission: Permission = Permission.EVENTS_VIEW) -> Select:
    """The events hosted within ``user``'s reach."""
    return select(Event).where(Event.unit_id.in_(reach(user, permission)))


def filtered(chosen: Select, *, text: str = "", state: str = "") -> Select:
    """Narrow events by part of title, city or venue, and by state."""
    if text:
        chosen = chosen.where(
            or_(
                Event.title.icontains(text.strip(), autoescape=True),
                Event.title_en.icontains(text.strip(), autoescape=True),
                Event.city.icontains(text.strip(), autoescape=True),
                Event.venue.icontains(text.strip(), autoescape=True),
            )
        )
    if state:
        chosen = chosen.where(Event.state == state)
    return chosen


_PUBLIC = select(Event).where(Event.slug == bindparam("slug"), Event.state != "draft")


def public_event(slug: str) -> Event | None:
    """An event whose page guests may see: published, held or cancelled."""
    return db.session.scalar(_PUBLIC, {"slug": slug})


_HELD = (
    select(Event.id, Event.state, Event.capacity, Event.starts_at, Event.opens_at, Event.closes_at, Unit.path.label("unit_path"))
    .join(Unit, Unit.id == Event.unit_id)
    .where(Event.slug == bindparam("slug"), Event.state != "draft")
    .with_for_update(of=Event)
)


def hold_public_event(slug: str) -> Row | None:
    """What registering needs to know of a public event, as plain values; the event is held until the transaction ends."""
    begin_writing()
    return fetch(_HELD, {"slug": slug}).first()


_BY_ID = select(Event).where(Event.id == bindparam("id"))


def within_reach(user, permission: Permission, event_id: int) -> Event | None:
    """The event, if its unit lies within ``user``'s reach: :func:`select_visible` for the queue at the door."""
    event = db.session.scalar(_BY_ID, {"id": event_id})
    return event if event is not None and user.reaches(permission, event.unit) else None


def select_public() -> Select:
    """Events with a public page, next first."""
    return select(Event).where(Event.state == "published").order_by(Event.starts_at)


def invited_ids(event: Event) -> Select:
    """The ids of the people invited."""
    return select(Invitation.person_id).where(Invitation.event_id == event.id)


def invited_counts() -> dict[int, int]:
    """Event id -> how many are invited."""
    return dict(db.session.execute(select(Invitation.event_id, func.count()).group_by(Invitation.event_id)).all())


def people_invited(ids) -> set[int]:
    """Those of ``ids`` who are invited to anything."""
    return set(db.session.scalars(select(Invitation.person_id).where(Invitation.person_id.in_(ids))))

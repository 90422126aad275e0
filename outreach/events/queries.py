"""Reads of events and invitations."""

from sqlalchemy import Select, bindparam, func, or_, select

from outreach.accounts.queries import reach
from outreach.core.db import db
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

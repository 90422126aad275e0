"""Reads of events and invitations."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from sqlalchemy import Select, and_, bindparam, case, false, func, or_, select
from sqlalchemy.orm import joinedload

from outreach.accounts.queries import reach
from outreach.core import clock
from outreach.core.db import db
from outreach.core.i18n import _
from outreach.core.mail import WITHDRAWN, Mail
from outreach.core.sms import WRITTEN, Owner, Sms, kinds_of, subject
from outreach.directory import names
from outreach.directory import queries as directory
from outreach.directory.models import Person
from outreach.directory.restricting import FREE
from outreach.events.models import (
    CLOSED,
    PUBLISHED,
    Event,
    GuestType,
    Invitation,
    InvitationMessage,
    event_hosts,
)
from outreach.permissions import Permission


def select_visible(user, permission: Permission = Permission.EVENTS_VIEW) -> Select:
    """The events hosted within ``user``'s reach."""
    return select(Event).where(Event.unit_id.in_(reach(user, permission)))


def select_shared(user, permission: Permission = Permission.EVENTS_VIEW) -> Select:
    """The same and those that a unit within reach co-hosts:
    its staff look at the event and invite their own people, and no more than that.
    """
    within = reach(user, permission)
    co_hosted = select(event_hosts.c.event_id).where(event_hosts.c.unit_id.in_(within))
    return select(Event).where(or_(Event.unit_id.in_(within), Event.id.in_(co_hosted)))


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
    return chosen.where(Event.state == state if state else Event.state != "archived")


_PUBLIC = select(Event).where(Event.slug == bindparam("slug"), Event.state != "draft")


def public_event(slug: str) -> Event | None:
    """An event whose page guests may see: published, held or cancelled."""
    return db.session.scalar(_PUBLIC, {"slug": slug})


#: the guest type of whoever chooses none on the public form, as part of a statement about its event
FIRST_TYPE = (
    select(GuestType.id)
    .where(GuestType.event_id == Event.id, GuestType.public)
    .order_by(GuestType.place, GuestType.id)
    .limit(1)
    .correlate(Event)
    .scalar_subquery()
)


def first_type(slug: str) -> int | None:
    """The guest type of whoever chooses none on the public form."""
    return db.session.scalar(select(FIRST_TYPE).where(Event.slug == slug))


def select_public() -> Select:
    """Events with a public page, next first."""
    return select(Event).where(Event.state == "published").order_by(Event.starts_at)


#: from this hour of the day before, where the event is, its guests are reminded
REMINDING_FROM = 9


def tomorrow() -> list[Event]:
    """Events that remind their guests and whose day is tomorrow where they are,
    once it is :data:`REMINDING_FROM` there.
    """
    now = clock.now()
    near = select(Event).where(
        Event.state.in_((PUBLISHED, CLOSED)),
        Event.reminds,
        Event.starts_at.between(now, now + timedelta(hours=48)),
    )
    return [event for event in db.session.scalars(near.order_by(Event.id)).unique() if _is_eve(event, now)]


def reminding_at(event: Event) -> datetime:
    """From when on its guests are reminded."""
    eve = datetime.combine(event.first_day - timedelta(days=1), time(REMINDING_FROM))
    return clock.local(eve, event.zone)


def reminding_over(event: Event) -> bool:
    """Whether the day before has passed: no reminder is written any more."""
    return clock.in_zone(clock.now(), event.zone).date() >= event.first_day


def _is_eve(event: Event, now: datetime) -> bool:
    there, begins = clock.in_zone(now, event.zone), clock.in_zone(event.starts_at, event.zone)
    return (begins.date() - there.date()).days == 1 and there.hour >= REMINDING_FROM


def invited_ids(event: Event) -> Select:
    """The ids of the people invited."""
    return select(Invitation.person_id).where(Invitation.event_id == event.id)


def candidates_of(user, lines) -> list[list[tuple[Person, str]]]:
    """For each line of a guest list (``name``, ``mobile``, ``company``) the people of the directory it may
    mean, within ``user``'s reach and not restricted, each with what speaks for it: ``number``; else
    ``company``; else ``name`` alone, or ``other`` when the number is another one.
    """
    keys = sorted({names.key(line.name) for line in lines})
    reachable = directory.select_free(user, Permission.EVENTS_INVITE)
    by_name: dict[str, list[Person]] = {}
    for start in range(0, len(keys), 500):
        chosen = reachable.where(Person.name_key.in_(keys[start : start + 500])).order_by(Person.id)
        for person in db.session.scalars(chosen).unique():
            by_name.setdefault(person.name_key, []).append(person)
    return [_meant(line, by_name.get(names.key(line.name), [])) for line in lines]


def _meant(line, namesakes: list[Person]) -> list[tuple[Person, str]]:
    found = [(person, _speaks_for(line, person)) for person in namesakes]
    for sure in ("number", "company"):
        if best := [pair for pair in found if pair[1] == sure]:
            return best
    return found


def _speaks_for(line, person: Person) -> str:
    numbers = {phone.number for phone in person.phones}
    if line.mobile and line.mobile in numbers:
        return "number"
    if line.mobile and numbers:
        return "other"
    company = person.company.organisation.name if person.company else ""
    return (
        "company"
        if line.company and names.organisation_key(line.company) == names.organisation_key(company)
        else "name"
    )


def type_choices(types: Iterable[GuestType]) -> list[tuple[int, str]]:
    """(id, name) of guest types to narrow a list by; 0 for all."""
    return [(0, _("All guest types")), *((row.id, row.shown) for row in types)]


def invited_counts() -> dict[int, int]:
    """Event id -> how many are invited."""
    return dict(
        db.session.execute(select(Invitation.event_id, func.count()).group_by(Invitation.event_id)).all()
    )


def is_invited_as(row: GuestType) -> bool:
    """Whether an invitation names this guest type."""
    return db.session.scalar(select(Invitation.id).where(Invitation.type_id == row.id).limit(1)) is not None


def invitation(code: str) -> Invitation | None:
    """The invitation of a personal link, unless its event is a draft."""
    row = db.session.scalar(
        select(Invitation).where(Invitation.code == code).options(joinedload(Invitation.event))
    )
    return row if row is not None and row.event.state != "draft" else None


def _sent():
    """Something written to the invited person of the outer query left the house."""
    left = or_(
        and_(Mail.sent_at.is_not(None), Mail.refused_at.is_(None)),  # one that came back did not arrive
        Sms.state.in_(("handed_over", "delivered")),
        and_(InvitationMessage.mail_id.is_(None), InvitationMessage.sms_id.is_(None)),
    )
    return _of_invitation().where(left).exists()


def _of_invitation() -> Select:
    return (
        select(InvitationMessage.id)
        .outerjoin(Mail, Mail.id == InvitationMessage.mail_id)
        .outerjoin(Sms, Sms.id == InvitationMessage.sms_id)
        .where(InvitationMessage.invitation_id == Invitation.id)
        .correlate(Invitation)
    )


def _failed():
    return (
        _of_invitation()
        .where(
            or_(
                and_(Mail.refused_at.is_not(None), Mail.fault != WITHDRAWN),
                Sms.state.in_(("failed", "unwanted")),
            )
        )
        .exists()
    )


def _conditions() -> dict:
    return {
        "unwritten": ~_of_invitation().exists(),
        "written": _of_invitation().exists(),
        "sent": _sent(),
        "failed": and_(_failed(), ~_sent()),
        "opened": Invitation.opened_at.is_not(None),
        "silent": and_(_of_invitation().exists(), Invitation.answer == ""),
        "yes": Invitation.answer == "yes",
        "no": Invitation.answer == "no",
        "proxy": Invitation.answer == "proxy",
    }


#: the states an invitation list can be narrowed to
INVITED_STATES = ("unwritten", "written", "sent", "failed", "opened", "silent", "yes", "no", "proxy")


def select_invitations(
    event: Event, user, *, state: str = "", type: int = 0, wave: str = "", text: str = "", free: bool = False
) -> Select:
    """The invitations of an event to people within ``user``'s reach, those of the highest tier first;
    ``free``: who may be written to.
    """
    within = reach(user, Permission.EVENTS_INVITE)
    chosen = (
        select(Invitation)
        .join(Person, Person.id == Invitation.person_id)
        .where(Invitation.event_id == event.id, Person.unit_id.in_(within))
    )
    if state:
        chosen = chosen.where(_conditions().get(state, false()))
    if free:
        chosen = chosen.where(FREE)
    if type:
        chosen = chosen.where(Invitation.type_id == type)
    if wave:
        chosen = chosen.where(Invitation.wave == wave)
    chosen = directory.searched(chosen, text).options(
        joinedload(Invitation.person), joinedload(Invitation.type), joinedload(Invitation.post)
    )
    return chosen.order_by(Person.tier.desc(), Person.pinyin, Invitation.id)


def _of_theirs(event: Event, user):
    """The invitation is to somebody within ``user``'s reach: whom another host invites is that host's."""
    within = reach(user, Permission.EVENTS_INVITE)
    return Invitation.event_id == event.id, Invitation.person_id.in_(
        select(Person.id).where(Person.unit_id.in_(within))
    )


def invitation_figures(event: Event, user) -> dict[str, int]:
    """State -> invitations to people within ``user``'s reach; ``invited`` is all of them."""
    conditions = _conditions()
    sums = [func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in conditions.values()]
    row = db.session.execute(select(func.count(), *sums).where(*_of_theirs(event, user))).one()
    return dict(zip(("invited", *conditions), map(int, row), strict=True))


def waves(event: Event, user) -> list[str]:
    """The waves in which people within ``user``'s reach are invited, by name."""
    chosen = select(Invitation.wave).where(*_of_theirs(event, user), Invitation.wave != "").distinct()
    return list(db.session.scalars(chosen.order_by(Invitation.wave)))


def all_waiting_sms(event: Event) -> list[Sms]:
    """Messages that speak of this event and have not left."""
    return list(
        db.session.scalars(
            select(Sms).where(Sms.about == subject(event), Sms.state == WRITTEN).order_by(Sms.id)
        )
    )


def waiting_sms(event: Event, user) -> list[Sms]:
    """The same as far as ``user`` may take them out: invitations of people within its reach, and of a host
    what is told to guests. Every kind of message names its owner (``sms.owned_by``); one that names none is
    nobody's.
    """
    mine = (
        select_invitations(event, user)
        .with_only_columns(Invitation.id, maintain_column_froms=True)
        .order_by(None)
    )
    written = select(InvitationMessage.sms_id).where(InvitationMessage.invitation_id.in_(mine))
    allowed = and_(Sms.kind.in_(kinds_of(Owner.INVITER)), Sms.id.in_(written))
    if is_host(event, user):
        allowed = or_(allowed, Sms.kind.in_(kinds_of(Owner.HOST)))
    chosen = select(Sms).where(Sms.about == subject(event), Sms.state == WRITTEN, allowed).order_by(Sms.id)
    return list(db.session.scalars(chosen, execution_options={"populate_existing": True}))


def is_host(event: Event, user) -> bool:
    """Whether the event is hosted, not only co-hosted, within ``user``'s reach."""
    chosen = select_visible(user, Permission.EVENTS_INVITE).where(Event.id == event.id)
    return db.session.scalar(select(chosen.exists())) or False


def people_invited(ids) -> set[int]:
    """Those of ``ids`` who are invited to anything."""
    return set(db.session.scalars(select(Invitation.person_id).where(Invitation.person_id.in_(ids))))

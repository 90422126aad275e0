"""Corrections of a guest's details and of who comes along, each with what stood there before."""

import secrets

from outreach.accounts.models import User
from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.directory import names
from outreach.directory import queries as people
from outreach.events.models import GuestType, Invitation
from outreach.registrations import queries, room_queries
from outreach.registrations.models import (
    ACTIVE,
    COMPANIONS,
    NOTICE_VERSION,
    PENDING,
    Registration,
    RegistrationChange,
)
from outreach.registrations.operations.places import agree, cancel, check_number, place

_DETAILS = ("name", "company", "post", "mobile", "email")


def note_change(
    registration: Registration,
    detail: str,
    before: str,
    after: str,
    *,
    by: User | None,
    question_id: int | None = None,
) -> None:
    """Keep what stood there before; nothing where nothing changed. ``by`` None: the guest."""
    if before == after:
        return
    db.session.add(
        RegistrationChange(
            registration_id=registration.id,
            by_id=getattr(by, "id", None),
            detail=detail,
            question_id=question_id,
            before=before,
            after=after,
        )
    )
    audit.record(by, "registrations.note_change", registration, detail=detail)


def change(
    registration: Registration,
    *,
    name: str,
    company: str,
    post: str,
    email: str,
    mobile: str | None = None,
    another: bool = False,
    guest_book: bool | None = None,
    photos: bool = False,
    by: User | None,
) -> None:
    """Correct a registration; the ticket stays the same.

    ``mobile`` and ``guest_book`` None: they stay as they are. :class:`Refused` at ``another`` or ``mobile``
    where the number is another guest's, as on registering.
    """
    lock(registration.event, registration)
    if registration.state not in ACTIVE:
        raise Refused(_("This registration was cancelled."))
    registration.event.check_ahead()
    after = {"name": name, "company": company, "post": post, "email": email}
    if mobile is not None:
        after["mobile"] = mobile
        if mobile and (mobile, names.key(name)) != (registration.mobile, names.key(registration.name)):
            check_number(
                registration.event_id,
                mobile,
                name,
                another=another,
                apart=registration,
                by_staff=by is not None,
            )
    for detail, value in after.items():
        note_change(registration, detail, getattr(registration, detail), value, by=by)
        setattr(registration, detail, value)
    registration.person_id = (
        people.match(registration.event.unit, name, registration.mobile) or registration.person_id
    )
    if guest_book is not None:
        agree(registration, guest_book=guest_book, photos=photos, by=by)
    audit.record(by, "registrations.change", registration)


def bring(main: Registration, companions: list[tuple[str, str]], *, by: User | None) -> None:
    """Who comes along become exactly these: (name, company) of each,
    who is a guest with a ticket of their own.

    :class:`Refused` beyond what the event allows, unless there were as many before.
    """
    event = main.event
    lock(event, main)
    wanted = [(name, company or main.company) for name, company in companions]
    present = queries.companions_of(main)
    if len(wanted) > max(event.most_companions, len(present)):
        raise Refused(_("At most %(num)d people can come along.", num=event.most_companions))
    left, others = list(wanted), []
    for row in present:
        if (row.name, row.company) in left:
            left.remove((row.name, row.company))
        else:
            others.append(row)
    before = _shown([(row.name, row.company) for row in present])
    for row, (name, company) in zip(others, left, strict=False):  # another name keeps the place
        change(row, name=name, company=company, post=row.post, email=row.email, guest_book=False, by=by)
    for row in others[len(left) :]:
        cancel(row, by=by)
    for name, company in left[len(others) :]:
        _come_along(main, name, company, by=by)
    if main.invitation_id is not None and main.companion_of_id is None:
        db.session.get_one(Invitation, main.invitation_id).companions = len(wanted)
    note_change(main, COMPANIONS, before, _shown(wanted), by=by)
    db.session.expire(main, ["companions"])


def _shown(companions: list[tuple[str, str]]) -> str:
    return "；".join(f"{name}（{company}）" for name, company in companions)


def _come_along(main: Registration, name: str, company: str, *, by: User | None) -> Registration:
    """One more companion: awaits approval with the principal, else takes what place there is."""
    event = main.event
    kind = db.session.get(GuestType, main.type_id) if main.type_id else None
    row = Registration(
        event_id=event.id,
        invitation_id=main.invitation_id,
        type_id=main.type_id,
        companion_of_id=main.id,
        request_key=secrets.token_hex(16),
        name=name,
        company=company,
        post="",
        mobile="",
        email="",
        locale=main.locale,
        source=main.source,
        notice_version=NOTICE_VERSION,
        consented_at=clock.now(),
    )
    standing = room_queries.standing(
        event.id, event.unit.path, type_id=row.type_id, request_key="", name=name, mobile=""
    )
    approval = main.state == PENDING
    return place(row, event.capacity, kind.capacity if kind else None, standing, approval=approval, by=by)

"""Answers to an invitation, somebody who comes instead, companions, and the ticket once more."""

import secrets

from outreach.core import audit, clock
from outreach.core.db import db, lock
from outreach.core.i18n import _
from outreach.core.refusals import Refused
from outreach.events.models import AHEAD, NO, PROXY, YES, Event, GuestType, Invitation
from outreach.registrations import message_queries, messages, queries, room_queries
from outreach.registrations.announcements import place_taken_over
from outreach.registrations.models import ACTIVE, CANCELLED, NOTICE_VERSION, PENDING, Registration
from outreach.registrations.operations.editing import bring, change
from outreach.registrations.operations.places import agree, approve, cancel, check_number, fill, place
from outreach.registrations.operations.signing_up import take_over_sign_ups


def answer(
    invitation: Invitation,
    *,
    answer: str,
    name: str = "",
    company: str = "",
    post: str = "",
    mobile: str = "",
    email: str = "",
    excuse: str = "",
    companions: list[tuple[str, str]] = (),
    guest_book: bool = False,
    photos: bool = False,
    another: bool = False,
    locale: str = "zh_Hans_CN",
) -> Registration | None:
    """``yes``, ``no``, or ``proxy`` (the details are then those of who comes instead);
    may be changed until the deadline.

    ``companions``: (name, company) of each. Gives the registration, or None after a no. An invited guest
    needs no approval.
    """
    event = invitation.event
    lock(event, invitation)
    _check_time(event)
    present = queries.of_invitation(invitation.id)
    main = next((row for row in present if row.companion_of_id is None), None)
    invitation.answer, invitation.answered_at, invitation.excuse = (
        answer,
        clock.now(),
        excuse if answer == NO else "",
    )
    invitation.opened_at = invitation.opened_at or clock.now()
    invitation.companions = 0 if answer == NO else len(companions)
    audit.record(None, "registrations.answer", invitation, answer=answer, companions=len(companions))
    if answer == NO:
        for row in sorted(present, key=lambda row: row.companion_of_id is not None):
            if row.state in ACTIVE:  # the first takes its companions along
                cancel(row, by=None)
        return None
    values = {"name": name, "company": company, "post": post, "email": email}
    stands_in_for = invitation.person.name if answer == PROXY else ""
    if main is not None and queries.here([main]):
        raise Refused(_("This guest has arrived already."))
    if main is not None and (main.stands_in_for, main.mobile) == (stands_in_for, mobile):
        change(main, by=None, **values)
    else:
        main = _replace(
            main,
            invitation,
            mobile=mobile,
            stands_in_for=stands_in_for,
            locale=locale,
            another=another,
            **values,
        )
    if answer == YES:  # nobody agrees for another: who stands in does it on their own ticket
        agree(main, guest_book=guest_book, photos=photos)
    bring(main, list(companions), by=None)
    return main


def _check_time(event: Event) -> None:
    if event.state not in AHEAD or clock.now() >= (event.reply_by or event.starts_at):
        raise Refused(_("The time to answer is over. Please call the contact of the event."))


def _replace(
    old: Registration | None,
    invitation: Invitation,
    *,
    mobile: str,
    stands_in_for: str,
    another: bool,
    **values,
) -> Registration:
    """Another guest for the same invitation.

    The place stays: the old guest gives it to the new one, not to the list.
    """
    event = invitation.event
    own = queries.by_mobile_and_name(event.id, mobile, values["name"])
    if (
        own is not None
        and old is None
        and not stands_in_for
        and own.invitation_id is None
        and own.person_id == invitation.person_id
    ):
        return _adopt(own, invitation)
    check_number(event.id, mobile, values["name"], another=another, apart=old)
    row = Registration(
        event_id=event.id,
        invitation_id=invitation.id,
        type_id=old.type_id if old is not None else invitation.type_id,
        request_key=secrets.token_hex(16),
        mobile=mobile,
        source="invited",
        stands_in_for=stands_in_for,
        notice_version=NOTICE_VERSION,
        consented_at=clock.now(),
        person_id=None if stands_in_for else invitation.person_id,
        **values,
    )
    return _follow(old, row, event)


def _adopt(other: Registration, invitation: Invitation) -> Registration:
    """They registered on the public page before they answered: by name and number it is the invited person.

    An invited guest needs no approval.
    """
    other.invitation_id = invitation.id
    db.session.flush()
    if other.state == PENDING:
        approve(other, by=None)
    fill(invitation.event, by=None)  # a reserved place may be theirs now, or theirs be free for others
    return other


def _follow(old: Registration | None, row: Registration, event: Event) -> Registration:
    """``row`` takes exactly the place that ``old`` leaves, also on the waiting list;
    without ``old`` it takes what there is.
    """
    if old is not None:
        row.state, row.waiting_since, row.offered_until = old.state, old.waiting_since, old.offered_until
        old.move(CANCELLED)
        old.cancelled_at = clock.now()
        db.session.flush()
    guest_type = db.session.get(GuestType, row.type_id) if row.type_id else None
    standing = room_queries.standing(
        event.id, event.unit.path, type_id=row.type_id, request_key="", name=row.name, mobile=row.mobile
    )
    placed = place(
        row, event.capacity, guest_type.capacity if guest_type else None, standing, approval=False, by=None
    )
    if old is not None:
        for companion in queries.companions_of(old):
            companion.companion_of_id = placed.id
        take_over_sign_ups(old.id, placed.id)
        messages.cancelled(old)
        place_taken_over(old.id, placed.id)
    return placed


def send_proxy(
    registration: Registration,
    *,
    name: str,
    company: str,
    post: str,
    mobile: str,
    email: str,
    another: bool = False,
) -> Registration:
    """Somebody else comes with this guest's place.

    The old ticket stops working, the place stays with the new guest.
    """
    event = registration.event
    lock(event, registration)
    _check_time(event)
    if registration.state not in ACTIVE:
        raise Refused(_("This registration was cancelled."))
    if queries.here([registration]):
        raise Refused(_("This guest has arrived already."))
    check_number(event.id, mobile, name, another=another, apart=registration)
    row = _follow(
        registration,
        Registration(
            event_id=event.id,
            invitation_id=registration.invitation_id,
            type_id=registration.type_id,
            companion_of_id=registration.companion_of_id,
            request_key=secrets.token_hex(16),
            name=name,
            company=company,
            post=post,
            mobile=mobile,
            email=email,
            locale=registration.locale,
            source="web",
            stands_in_for=registration.stands_in_for or registration.name,
            notice_version=NOTICE_VERSION,
            consented_at=clock.now(),
        ),
        event,
    )
    if registration.invitation_id is not None and registration.companion_of_id is None:
        invitation = db.session.get_one(Invitation, registration.invitation_id)
        invitation.answer, invitation.answered_at = PROXY, clock.now()
    audit.record(None, "registrations.send_proxy", row, instead_of=registration.id)
    return row


def send_ticket_again(event: Event, mobile: str) -> None:
    """The address of every ticket of this number goes once more to the number and the mail address of its
    guest, at most
    :data:`message_queries.MOST_AGAIN` times a day. Who asks learns nothing.
    """
    lock(event)
    rows = queries.by_mobile(event.id, mobile)
    due = [row for row in rows if message_queries.may_send_again(row.id)]
    for row in due:
        messages.ticket_again(row)
    audit.record(None, "registrations.send_ticket_again", event, found=len(rows), sent=len(due))

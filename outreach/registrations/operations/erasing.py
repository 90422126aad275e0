"""Guests erased: the place, the answer by a tick and the arrival stay as facts; who it was is gone."""

import secrets
from collections import Counter
from datetime import datetime

from sqlalchemy import delete, select, update

from outreach.accounts.models import Unit, User
from outreach.core import audit, clock, erasing, tokens
from outreach.core.db import db, lock
from outreach.core.erasing import Traces
from outreach.core.i18n import _
from outreach.core.masking import ERASED
from outreach.core.refusals import Refused
from outreach.directory import erasure_queries as people
from outreach.directory.models import Person
from outreach.events.models import AHEAD
from outreach.registrations import erasure_queries, queries
from outreach.registrations.announcements import guests_elsewhere, guests_erased
from outreach.registrations.message_models import GuestMessage
from outreach.registrations.models import ACTIVE, Registration, RegistrationChange
from outreach.registrations.operations.places import cancel
from outreach.registrations.question_models import CHOICE, MANY, YES_NO, Answer, Question

_PORTION = 500


def forget_guest(person_id: int, traces: Traces, *, by: User) -> Counter:
    """All registrations of an erased person, also those within reach that were never linked to the card;
    who looks after others like them is told.
    """
    rows = erasure_queries.going(person_id, traces, by)
    _tell_elsewhere(traces, db.session.get_one(Person, person_id).unit, by=by)
    done = erasing.forget_tied(traces, registrations={row.id for row in rows})
    proxies = erasure_queries.proxies(person_id)
    named = update(Registration).where(Registration.id.in_(proxies))
    db.session.execute(named.values(stands_in_for=ERASED))
    return done + _give_back_and_empty(rows, by=by)


def erase_guest(registration: Registration, *, why: str, note: str = "", by: User) -> Counter:
    """A guest who is on no card: this registration and every other within reach by the same name and number.

    Cannot be undone.
    """
    lock(registration)
    if registration.person_id is not None:
        raise Refused(
            _("This guest is on the register: erase the card, and every registration goes with it.")
        )
    if registration.erased_at is not None:
        raise Refused(_("This guest has been erased already."))
    rows = erasure_queries.same_guest(registration, by)
    ids = [row.id for row in rows]
    traces = people.with_shared(erasure_queries.traces_of(rows), registrations=ids, by=by)
    _tell_elsewhere(traces, registration.event.unit, by=by)
    done = erasing.forget_tied(traces, registrations={row.id for row in rows})
    done.update(_give_back_and_empty(rows, by=by))
    units = people.units_of(registration.event.unit)
    return erasing.finish(
        "registrations.erase_guest", registration, traces, done, units=units, why=why, note=note, by=by
    )


def _tell_elsewhere(traces: Traces, unit: Unit, *, by: User) -> None:
    if rows := erasure_queries.elsewhere(traces, by):
        guests_elsewhere(rows, unit=db.session.get_one(Unit, unit.county_id), by=by)


def _give_back_and_empty(rows: list[Registration], *, by: User | None) -> Counter:
    for row in rows:
        if row.state in ACTIVE and row.event.state in AHEAD:
            if row.event.is_over or queries.here([row]):
                continue
            cancel(row, by=by)
    return empty_guests([row.id for row in rows], by=by)


def empty_guests(ids: list[int], *, by: User | None) -> Counter:
    """Take away all that tells who these guests were; table -> rows.

    Their letters, changes and answers in words are gone.
    """
    done: Counter = Counter()
    for start in range(0, len(ids), _PORTION):
        some = ids[start : start + _PORTION]
        done.update(_forget_messages(some))
        changes = RegistrationChange.registration_id.in_(some)
        done["registration_changes"] += db.session.execute(delete(RegistrationChange).where(changes)).rowcount
        ticked = select(Question.id).where(Question.kind.in_((CHOICE, MANY, YES_NO)))
        worded = Answer.registration_id.in_(some) & Answer.question_id.not_in(ticked)
        done["answers"] += db.session.execute(delete(Answer).where(worded)).rowcount
        for answer in guests_erased(some):
            done.update(answer)
        _empty(some)
        done["registrations"] += len(some)
    db.session.expire_all()
    audit.record(by, "registrations.empty_guests", count=len(ids))
    return done


def _forget_messages(ids: list[int]) -> Counter:
    own = GuestMessage.registration_id.in_(ids)
    written = db.session.execute(select(GuestMessage.mail_id, GuestMessage.sms_id).where(own)).all()
    gone = db.session.execute(delete(GuestMessage).where(own))
    done = erasing.forget_messages(
        [mail for mail, _sms in written if mail], [sms for _mail, sms in written if sms]
    )
    done["guest_messages"] += gone.rowcount
    return done


def _empty(ids: list[int]) -> None:
    """Another code and another page, so that what was handed out opens nothing."""
    moment = clock.now()
    for key in ids:
        code = tokens.code()
        values = {
            **dict.fromkeys(("company", "post", "mobile", "email", "stands_in_for", "reason"), ""),
            "name": ERASED,
            "code": code,
            "door_id": tokens.alias(code),
            "page_token": tokens.code(),
            "code_opens_page": False,
            "request_key": f"erased-{secrets.token_hex(16)}",
            "guest_book_at": None,
            "photos_at": None,
            "erased_at": moment,
        }
        db.session.execute(update(Registration).where(Registration.id == key).values(**values))


def forget_old_guests(before: datetime, most: int) -> int:
    """At most so many guests of events that ended before this moment lose what tells who they were;
    how many.
    """
    ids = list(db.session.scalars(erasure_queries.outlived(before, most)))
    if ids:
        empty_guests(ids, by=None)
    return len(ids)

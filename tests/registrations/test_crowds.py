"""Many at once, with real threads and connections: nobody gets a place that is not there."""

import threading
from collections import Counter
from contextvars import Context

import pytest
from sqlalchemy import select

from outreach.checkin.models import Gate, Scan
from outreach.core.db import db, writing
from outreach.core.refusals import Refused
from outreach.events import operations as events
from outreach.events.models import Event, ProgrammeItem
from outreach.registrations import operations, queries
from outreach.registrations.models import Registration, SignUp
from outreach.registrations.operations import registering


def _at_once(app, count: int, deed) -> list:
    """Run ``deed(number)`` in ``count`` threads, each in a transaction of its own."""
    answers: list = [None] * count
    gate = threading.Barrier(count)

    def one(number: int):
        with app.app_context():
            writing.set(True)
            gate.wait()
            try:
                answers[number] = deed(number)
                db.session.commit()
            except Refused as refusal:
                db.session.rollback()
                answers[number] = refusal
            finally:
                db.session.remove()

    threads = [threading.Thread(target=Context().run, args=(one, number)) for number in range(count)]
    db.session.commit()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    return answers


def _guest(event_id: int, number: int, key: str = "", mobile: str = "", **values):
    event = db.session.get(Event, event_id)
    code = operations.register(
        event.slug,
        request_key=key or f"crowd-request-{number:04d}",
        name="李丽",
        company="甲",
        post="",
        mobile=mobile or f"154{number:08d}",
        email="",
        locale="en",
        **values,
    )
    return queries.by_page_key(code).state if code else "sent to the number"


def test_forty_for_ten_places_are_exactly_ten(app, make):
    event_id = make.event(capacity=10).id
    answers = _at_once(app, 40, lambda number: _guest(event_id, number))
    assert Counter(answers) == {"confirmed": 10, "waiting": 30}


def test_guests_who_register_beside_each_other_never_overfill(app, make, monkeypatch):
    """Far from full they do not wait for each other, at the end they do;
    in between nobody is one too many.
    """
    monkeypatch.setattr(registering, "AT_ONCE", 30)
    event_id = make.event(capacity=80).id
    answers = [
        answer
        for wave in range(4)
        for answer in _at_once(app, 30, lambda number, wave=wave: _guest(event_id, 100 * wave + number))
    ]
    assert Counter(answers) == {"confirmed": 80, "waiting": 40}


ROOMY = pytest.mark.parametrize("capacity", [50, 5000])  # one after the other, and beside each other


@ROOMY
def test_the_same_form_from_ten_taps_is_one_guest(app, make, capacity):
    event_id = make.event(capacity=capacity).id
    answers = _at_once(app, 10, lambda number: _guest(event_id, 0, key="one-form-many-taps"))
    assert answers == ["confirmed"] * 10
    assert len(db.session.scalars(select(Registration)).all()) == 1


@ROOMY
def test_the_same_number_from_two_phones_is_one_guest(app, make, capacity):
    event_id = make.event(capacity=capacity).id
    answers = _at_once(app, 8, lambda number: _guest(event_id, number, mobile="15412345678"))
    assert len(answers) == 8
    first, *others = db.session.scalars(select(Registration).order_by(Registration.id))
    assert (first.state, first.repeats_id) == ("confirmed", None)
    assert {(row.state, row.repeats_id) for row in others} == {("cancelled", first.id)}


def test_cancelling_and_registering_at_once_never_overfills(app, make):
    event = make.event(capacity=5)
    rows = [make.registration(event) for _guest in range(8)]
    ids, event_id = [row.id for row in rows[:5]], event.id

    def deed(number: int):
        if number < 5:
            return operations.cancel(db.session.get(Registration, ids[number]), by=None)
        return _guest(event_id, number)

    _at_once(app, 12, deed)
    states = Counter(db.session.scalars(select(Registration.state)))
    assert states["confirmed"] == 5
    assert states["cancelled"] == 5


def test_one_ticket_at_many_gates_is_admitted_once(app, make):
    event = make.event(days=0)
    registration, user, gate = make.registration(event), make.user(), make.gate(event)
    code, event_id, user_id, gate_id = registration.code, event.id, user.id, gate.id

    def deed(number: int):
        from outreach.accounts.models import User

        return make.scan(
            db.session.get(Event, event_id),
            code,
            key=f"scan-of-device-{number:04d}",
            gate=db.session.get(Gate, gate_id),
            device_at=None,
            by=db.session.get(User, user_id),
        ).verdict

    assert Counter(_at_once(app, 12, deed)) == {"admitted": 1, "already": 11}
    assert len(db.session.scalars(select(Scan)).all()) == 12


def test_twenty_for_five_places_of_an_item_are_exactly_five(app, make):
    event = make.event(capacity=50)
    item = events.add_item(
        event,
        starts_at=event.starts_at,
        minutes=60,
        title="分论坛",
        title_en="",
        speaker="",
        sign_up=True,
        capacity=5,
        by=None,
    )
    ids, item_id = [make.registration(event).id for _guest in range(20)], item.id

    def deed(number: int):
        operations.sign_up(db.session.get(Registration, ids[number]), db.session.get(ProgrammeItem, item_id))
        return "in"

    answers = _at_once(app, 20, deed)
    assert sum(answer == "in" for answer in answers) == 5
    assert len(db.session.scalars(select(SignUp)).all()) == 5

"""Whose the waiting text messages of an event are: asked for every kind of message there is."""

import pytest
from sqlalchemy import select

from outreach.core import sms
from outreach.core.db import db
from outreach.events import operations, queries
from outreach.events.models import Invitation
from outreach.permissions import Role
from outreach.registrations.message_models import MessageKind


@pytest.fixture
def shared(make):
    """An event of the city with 清丰县 as co-host, and a message of every kind, but invitations, about it."""
    event = make.event(unit=make.city, co_hosts=[make.county])
    for place, kind in enumerate(sms.OWNERS):
        sms.write(kind, f"1540000{place:04d}", "家乡盼您归", about=event)
    sms.write("made/up", "15411110000", "家乡盼您归", about=event)
    return event


@pytest.fixture
def invited(make, shared):
    """Kind of owner -> the message of an invitation to one of its people."""
    people = {"host": make.person("张一", unit=make.other_county), "co-host": make.person("张二")}
    city = make.user(unit=make.city)
    operations.invite(shared, list(people.values()), by=city)
    chosen = select(Invitation).where(Invitation.event_id == shared.id)
    rows = {row.person_id: row for row in db.session.scalars(chosen).unique()}
    operations.send_invitations(shared, list(rows.values()), channel="sms", remind=False, by=city)
    return {name: rows[person.id].messages[0].sms for name, person in people.items()}


def _kinds(event, user) -> set[str]:
    return {row.kind for row in queries.waiting_sms(event, user)}


def test_every_kind_of_what_guests_are_told_is_known(app):
    assert {f"registrations/{kind}" for kind in MessageKind} <= set(sms.kinds_of(sms.Owner.HOST))


def test_a_host_takes_out_what_guests_are_told_and_nothing_that_is_nobodys(make, shared):
    assert _kinds(shared, make.user(unit=make.city)) == set(sms.kinds_of(sms.Owner.HOST))


def test_a_co_host_gets_no_message_but_its_own_invitations(make, shared, invited):
    co_host = make.user(Role.ORGANISER, unit=make.county)
    assert queries.waiting_sms(shared, co_host) == [invited["co-host"]]
    taken = operations.take_out_sms(shared, reason="群发", by=co_host)
    assert [row.mobile for row in taken] == [invited["co-host"].mobile]
    assert invited["host"].state == sms.WRITTEN


def test_who_has_no_part_in_the_event_does_not_find_it(make, shared, invited, visit):
    stranger = visit(make.user(Role.ADMINISTRATOR, unit=make.other_county))
    assert stranger.post(f"/events/{shared.id}/invited/sms", {"reason": "群发"}).status_code == 404

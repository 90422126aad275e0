"""A guest who is sorted into another type in the very moment of the scan."""

import threading
import time

import pytest
from flask import current_app
from sqlalchemy import text

from outreach.core.db import db, is_sqlite
from outreach.events import operations as events
from outreach.registrations import queries


def test_who_waited_for_the_lock_sees_the_type_that_was_given_meanwhile(make):
    if is_sqlite():
        pytest.skip("the one who writes holds the whole database")
    event = make.event()
    row = make.registration(event)
    moving = events.save_type(
        event,
        None,
        by=make.user(),
        name="签约客商",
        name_en="",
        colour="red",
        place=5,
        capacity=None,
        approval=False,
        public=False,
        moving=True,
    )
    db.session.commit()
    key, code, kind, app, seen = row.id, row.code, moving.id, current_app._get_current_object(), []

    def scanned():
        with app.app_context():
            seen.append(queries.held(code))
            db.session.remove()

    with db.engine.connect() as connection, connection.begin() as sorting:
        connection.execute(text("UPDATE registrations SET type_id = :kind WHERE id = :key"), {"kind": kind, "key": key})
        other = threading.Thread(target=scanned)
        other.start()
        time.sleep(0.5)
        assert not seen  # it waits
        sorting.commit()
        other.join(10)
    assert (seen[0].type_id, seen[0].moving) == (kind, True)

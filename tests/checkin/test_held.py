"""A guest who is sorted into another type in the very moment of the scan."""

import threading
import time

from flask import current_app
from sqlalchemy import text

from outreach.core.db import db, writing
from outreach.registrations import queries


def test_who_waited_for_the_lock_sees_the_type_that_was_given_meanwhile(make):
    event = make.event()
    row = make.registration(event)
    moving = make.guest_type(event, "签约客商", colour="red", place=5, public=False, moving=True)
    key, code, kind, app, seen = row.id, row.code, moving.id, current_app._get_current_object(), []
    db.session.commit()

    def scanned():
        writing.set(False)  # as in a route that reads first
        with app.app_context():
            seen.append(queries.held(code))
            db.session.remove()

    with db.engine.begin() as connection:
        connection.execute(text("UPDATE registrations SET type_id = :kind WHERE id = :key"), {"kind": kind, "key": key})
        other = threading.Thread(target=scanned)
        other.start()
        time.sleep(0.5)
        assert not seen  # it waits
    other.join(10)
    assert (seen[0].type_id, seen[0].moving) == (kind, True)

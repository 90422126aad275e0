"""A guest who is sorted into another type in the very moment of the scan."""

import threading
import time

import pytest
from flask import current_app
from sqlalchemy import text

from outreach.checkin import queries as checkin
from outreach.core.db import db, writing
from outreach.registrations import queries as registrations


@pytest.mark.parametrize(
    "held",
    [
        lambda event_id, code: registrations.held(code),
        lambda event_id, code: checkin.site(event_id, None, code)[2],
    ],
    ids=["by the ticket", "with the event"],
)
def test_who_waited_for_the_lock_sees_the_type_that_was_given_meanwhile(make, held):
    event = make.event()
    row = make.registration(event)
    moving = make.guest_type(event, "签约客商", colour="red", place=5, public=False, moving=True)
    key, event_id, code, kind, app, seen = (
        row.id,
        event.id,
        row.code,
        moving.id,
        current_app._get_current_object(),
        [],
    )
    db.session.commit()

    def scanned():
        writing.set(False)  # as in a route that reads first
        with app.app_context():
            seen.append(held(event_id, code))
            db.session.remove()

    with db.engine.begin() as connection:
        connection.execute(
            text("UPDATE registrations SET type_id = :kind WHERE id = :key"), {"kind": kind, "key": key}
        )
        other = threading.Thread(target=scanned)
        other.start()
        time.sleep(0.5)
        assert not seen  # it waits
    other.join(10)
    assert (seen[0].type_id, seen[0].moving) == (kind, True)

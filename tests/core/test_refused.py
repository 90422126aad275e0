"""What the database refuses is written down without the row:
a person's name and number stand in no log and in no failed job.
"""

import traceback

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from outreach.core.db import db, pour
from outreach.core.swift import insert_now
from outreach.registrations.models import Registration

NAME, NUMBER = "李丽丽", "13812340000"


def _row(event, **values) -> dict:
    return {
        "event_id": event.id,
        "code": "A" * 26,
        "door_id": "d",
        "request_key": f"{NAME}{NUMBER}",
        "state": "confirmed",
        "name": NAME,
        "company": "甲",
        "mobile": NUMBER,
        **values,
    }


def _flushed(event):
    db.session.add(Registration(**_row(event, code="B" * 26)))
    db.session.flush()


def _poured(event):
    row = _row(event, id=999_999_999, state=None)
    pour(Registration, tuple(row), [tuple(row.values())])


WAYS = {
    "twice the same, by a flush": _flushed,
    "twice the same, at once": lambda event: insert_now(Registration(**_row(event, code="B" * 26))),
    "a column left empty": lambda event: db.session.execute(
        insert(Registration).values(_row(event, state=None, request_key="k" * 20))
    ),
    "many at once": _poured,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_refused_row_is_told_without_its_values(make, way):
    event = make.event()
    insert_now(Registration(**_row(event)))
    db.session.commit()
    with pytest.raises((DBAPIError, db.engine.dialect.loaded_dbapi.Error)) as refused:
        WAYS[way](event)
    told = "".join(traceback.format_exception(refused.value))
    db.session.rollback()
    assert "onstraint" in told  # it does say which rule was broken
    assert NAME not in told
    assert NUMBER not in told

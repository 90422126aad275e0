"""JSON columns on both databases."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

import pytest
from sqlalchemy import Text, cast, select
from sqlalchemy.exc import StatementError

from outreach.core import audit, clock, kept_json
from outreach.core.db import db


class _Pair(NamedTuple):
    name: str
    known: bool


def test_what_is_kept_as_json(app):
    """Chinese as itself; numbers as keys become texts, named tuples lists, what is no number nothing;
    exact amounts are refused, never rounded.
    """
    detail = {"名": "清丰", 3: (1, 2.5), "row": _Pair("甲", True), "x": float("nan")}
    entry = audit.AuditEntry(at=clock.now(), verb="core.test", object_kind="", detail=detail)
    db.session.add(entry)
    db.session.flush()
    assert db.session.scalar(
        select(cast(audit.AuditEntry.detail, Text)).where(audit.AuditEntry.id == entry.id)
    ) == ('{"名":"清丰","3":[1,2.5],"row":["甲",true],"x":null}')
    db.session.expire(entry)
    assert entry.detail == {"名": "清丰", "3": [1, 2.5], "row": ["甲", True], "x": None}
    for unknown in (Decimal(1), date(2024, 5, 1)):
        with pytest.raises((StatementError, TypeError)):
            audit.record(None, "core.test", value=unknown)
        db.session.rollback()


def test_what_the_standard_library_wrote_is_read():
    [nothing, one] = kept_json.read("[NaN, 1]")
    assert (nothing != nothing, one) == (True, 1)

"""Behind PgBouncer, which lends a connection for one transaction at a time,
everything works as in front of PostgreSQL itself.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context

import pytest
from sqlalchemy import select, text

from outreach import create_app
from outreach.core import web
from outreach.core.db import db, is_sqlite
from outreach.registrations.models import Registration
from tests import pooler


@pytest.fixture
def pooled(app):
    """The application over the test's database behind a pool of two connections."""
    if is_sqlite():
        pytest.skip("PgBouncer stands before PostgreSQL")
    if pooler.PROGRAM is None:
        pytest.skip("pgbouncer is not installed")
    with pooler.in_front_of(app.config["SQLALCHEMY_DATABASE_URI"], connections=2) as address:
        other = create_app({"TESTING": True, "WTF_CSRF_ENABLED": False, "SQLALCHEMY_DATABASE_URI": address})
        web.limiter.enabled = False
        yield other
        with other.app_context():
            db.engine.dispose()


def _register(app, slug: str, number: int) -> int:
    guest = {
        "name": f"王{chr(0x4E00 + number)}",
        "company": "某公司",
        "mobile": f"1540008{number:04d}",
        "consent": "y",
        "request_key": f"pooled-{number:016d}",
    }
    browser = app.test_client()
    answer = browser.post(f"/e/{slug}/register", data=guest)
    shown = browser.get(answer.location) if answer.status_code == 303 else answer
    return shown.status_code


def test_guests_register_beside_each_other_and_none_too_many_gets_a_place(pooled, make):
    event = make.event(capacity=10)
    db.session.commit()
    slug, event_id = event.slug, event.id
    with ThreadPoolExecutor(6) as crowd:
        answers = list(crowd.map(lambda number: Context().run(_register, pooled, slug, number), range(24)))
    assert answers == [200] * 24
    db.session.expire_all()
    states = list(db.session.scalars(select(Registration.state).where(Registration.event_id == event_id)))
    assert (states.count("confirmed"), states.count("waiting")) == (10, 14)


def test_every_transaction_is_planned_as_ours_and_leaves_nothing_behind(pooled):
    with pooled.app_context():
        for _turn in range(3):
            shown = [db.session.scalar(text(f"SHOW {name}")) for name in ("jit", "random_page_cost")]
            assert shown == ["off", "1.1"]
            db.session.commit()
        with db.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver.prepare_threshold is None
            driver.rollback()
            left = driver.execute("SHOW random_page_cost").fetchone()[0]
            driver.rollback()
    assert re.fullmatch(r"4(\.0)?", left)


def test_without_a_pool_a_connection_is_set_up_once(app):
    if is_sqlite():
        pytest.skip("PostgreSQL only")
    with db.engine.connect() as connection:
        assert not connection.info.get("pooled")
        driver = connection.connection.driver_connection
        driver.rollback()
        assert driver.execute("SHOW jit").fetchone()[0] == "off"
        assert driver.prepare_threshold is not None
        driver.rollback()

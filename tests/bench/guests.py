"""The guest list of 13,000: server time of one searched, filtered, paged answer; and 237 badges on paper."""

import statistics
import time

from tests.bench.house import build

GUESTS, BAR, BADGES, BADGE_BAR = 13_000, 100.0, 237, 2.0
ASKED = (
    {},
    {"text": "王"},
    {"text": "某12"},
    {"text": "0042"},
    {"state": "waiting"},
    {"known": "no", "sort": "name"},
    {"page": "200"},
)
TURNS = 7


def _fill(app) -> tuple[int, int, int]:
    """(event, user, epoch) of an event with 13,000 guests."""
    from sqlalchemy import insert

    from outreach.core import clock, tokens
    from outreach.core.db import db
    from outreach.permissions import Role
    from outreach.registrations.models import Registration
    from tests.make import Maker

    make = Maker()
    user, event = make.user(Role.ORGANISER), make.event(capacity=20_000)
    codes = [tokens.code() for _guest in range(GUESTS)]
    rows = [
        {
            "event_id": event.id,
            "type_id": event.types[0].id,
            "code": code,
            "door_id": tokens.alias(code),
            "request_key": f"bench-{number:020d}",
            "name": f"王{chr(0x4E00 + number % 5000)}",
            "state": "waiting" if number % 13 == 0 else "confirmed",
            "company": f"某{number}有限公司",
            "mobile": f"144{number:08d}",
            "registered_at": clock.now(),
        }
        for number, code in enumerate(codes)
    ]
    db.session.execute(insert(Registration), rows)
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        db.session.execute(db.text("ANALYZE"))
        db.session.commit()
    return event.id, user.id, user.epoch


def _list(app, event_id: int, user_id: int, epoch: int) -> list[float]:
    client = app.test_client()
    with client.session_transaction() as session:
        now = int(time.time())
        session.permanent = True
        session.update(_user_id=str(user_id), _fresh=True, epoch=epoch, began=now, seen=now)
    times = []
    for query in ASKED:
        for _turn in range(TURNS):
            began = time.perf_counter()
            answer = client.get(
                f"/events/{event_id}/guests", query_string=query, headers={"HX-Request": "true"}
            )
            times.append(1000 * (time.perf_counter() - began))
            assert answer.status_code == 200
    return sorted(times)


def _badges(app, event_id: int) -> float:
    from outreach.accounts.queries import user_by_login
    from outreach.core.db import db
    from outreach.events.models import Event
    from outreach.reception import operations, papers, queries

    with app.test_request_context():
        event = db.session.get_one(Event, event_id)
        rows = queries.guests(event)[:BADGES]
        began = time.perf_counter()
        papers.badges(event, operations.number_badges(event, rows, by=user_by_login("")), {})
        took = time.perf_counter() - began
        db.session.rollback()
    return took


def run() -> list[str]:
    """Both databases."""
    missed = []
    for database in ("sqlite", "postgresql"):
        app = build(database)
        with app.app_context():
            event_id, user_id, epoch = _fill(app)
        times = _list(app, event_id, user_id, epoch)
        p95 = times[int(len(times) * 0.95)]
        took = _badges(app, event_id)
        print(
            f"  {database}: guest list of {GUESTS:,}, p50 {statistics.median(times):.1f} ms, "
            f"p95 {p95:.1f} ms (bar {BAR:.0f}); {BADGES} badges {took:.2f} s (bar {BADGE_BAR:.0f})"
        )
        missed += [f"guest list on {database}"] if p95 > BAR else []
        missed += [f"badges on {database}"] if took > BADGE_BAR else []
    return missed

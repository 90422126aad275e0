"""How a search grows: server time of one htmx search (count, page of 50, rendered) at 10^4,
10^5 and 10^6 people.

``YANGUI_BENCH_PEOPLE`` ends it earlier (default 100000; the last step fills a database for minutes).
"""

import os
import statistics
import time

from outreach.core import garbage
from tests.bench.house import build
from tests.bench.search import WORDS

STEPS = (13_000, 100_000, 1_000_000)
#: people -> p95 in milliseconds
BARS = {13_000: 25, 1_000_000: 100}
TURNS = 5


def _fill(app, wanted: int) -> None:
    from types import SimpleNamespace

    from sqlalchemy import func, select

    from outreach.accounts.models import Unit
    from outreach.accounts.queries import unit_by_place, user_by_login
    from outreach.core.db import db, is_sqlite
    from outreach.directory.models import Person
    from outreach.directory.operations.entering import Entry, Gate
    from outreach.ops.invented import Invented

    have = db.session.scalar(select(func.count()).select_from(Person))
    towns = [
        unit.place_code
        for unit in db.session.scalars(select(Unit).where(Unit.parent_id == unit_by_place("410928").id))
    ]
    invented = Invented(have)
    while have < wanted:
        county, by = unit_by_place("410928"), user_by_login("puyang")
        gate = Gate(
            SimpleNamespace(
                id=0,
                unit=county,
                unit_id=county.id,
                file=SimpleNamespace(name="x"),
                applied_by=by,
                applied_by_id=by.id,
            )
        )
        size = min(5000, wanted - have)
        gate.enter(
            [
                Entry(None, "x", number, "new", invented.values(towns[number % len(towns)], 1))
                for number in range(size)
            ]
        )
        db.session.commit()
        db.session.expunge_all()
        have += size
    if not is_sqlite():
        db.session.execute(db.text("ANALYZE"))
        db.session.commit()


def _times(client) -> list[tuple[float, str]]:
    found = []
    for word in WORDS:
        for _turn in range(TURNS):
            began = time.perf_counter()
            answer = client.get("/people", query_string={"text": word}, headers={"HX-Request": "true"})
            found.append((1000 * (time.perf_counter() - began), word))
            assert answer.status_code == 200
    return sorted(found)


def run() -> list[str]:
    """Both databases."""
    missed = []
    most = int(os.environ.get("YANGUI_BENCH_PEOPLE", "100000"))
    for database in os.environ.get("YANGUI_BENCH_DATABASES", "sqlite postgresql").split():
        app = build(database)
        with app.app_context():
            from outreach.accounts.queries import user_by_login
            from outreach.ops import demo

            demo.make(1000)
            user_id, epoch = user_by_login("admin").id, user_by_login("admin").epoch
        client = app.test_client()
        with client.session_transaction() as session:
            now = int(time.time())
            session.permanent = True
            session.update(_user_id=str(user_id), _fresh=True, epoch=epoch, began=now, seen=now)
        print(f"{database}: server time of a search, ms (bars: p95 {BARS})")
        for people in STEPS:
            if people > most:
                break
            with app.app_context():
                _fill(app, people)
            garbage.settle()  # as app.py does when the server starts
            times = _times(client)
            p95 = times[int(len(times) * 0.95)][0]
            print(
                f"  {people:9,} people  p50 {statistics.median(time for time, _word in times):7.1f}  "
                f"p95 {p95:7.1f}  slowest {times[-1][0]:7.1f} ({times[-1][1]})",
                flush=True,
            )
            missed += [f"search at {people:,} on {database}"] if p95 > BARS.get(people, p95) else []
    return missed

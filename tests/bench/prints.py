"""The printed directory of 360 people: the whole request, as PDF, by each order."""

import time

from tests.bench.house import build

BAR = 5.0


def run() -> list[str]:
    """SQLite; the seconds of one copy for each order, drawing included."""
    app = build("sqlite")
    with app.app_context():
        from outreach.core.db import db
        from outreach.directory import card_queries, operations, printing
        from tests.make import Maker

        make = Maker()
        user = make.user()
        for number in range(360):
            person = make.person(f"王{chr(0x4E00 + number)}", company=f"某{number}有限公司", city="深圳市")
            operations.choose(
                person, choices={"printed": ["mobile", "company", "city", "home"]}, via="纸质", by=user
            )
        db.session.commit()
        slowest = 0.0
        for order in card_queries.ORDERS:
            began = time.perf_counter()
            people = printing.in_order(
                list(db.session.scalars(card_queries.printable(user, make.county, order)).unique()), order
            )
            run_of = operations.print_directory(
                make.county, people=people, recipient="县委办公室", order=order, by=user
            )
            with app.test_request_context():
                size = len(printing.directory(make.county, run_of, people))
            took = time.perf_counter() - began
            slowest = max(slowest, took)
            print(f"  {len(people)} people, {order:8} {took:5.2f} s, {size // 1024} kB (bar {BAR:.0f} s)")
    return ["printing 360 people"] if slowest > BAR else []

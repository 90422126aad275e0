"""Search at 13,000 people against the bare SQL of the same statements, sent to the driver and fetched."""

import statistics

from sqlalchemy import event

from outreach.core import garbage
from tests.bench.house import build, median_ms

BAR = 3.0
WORDS = (
    "王建国",
    "建国",
    "李丽",
    "丽",
    "王",
    "wangjianguo",
    "jianguo",
    "wjg",
    "lx",
    "shan",
    "ouyang",
    "5678",
    "154",
    "物流",
    "深圳",
    "王 深圳",
    "没有这个人",
)
TURNS = 15


def run() -> list[str]:
    """Both databases; per word the median of 15 turns of each side."""
    missed = []
    for database in ("sqlite", "postgresql"):
        app = build(database)
        with app.test_request_context():
            from outreach.accounts.queries import user_by_login
            from outreach.core.db import db
            from outreach.core.lists import page_of_lines
            from outreach.directory import queries
            from outreach.directory.line_queries import lines
            from outreach.ops import demo

            demo.make(13_000)
            if database == "postgresql":
                db.session.execute(db.text("ANALYZE"))
                db.session.commit()
            user = user_by_login("admin")
            print(f"{database}: milliseconds for one page of 50 found people (bar {BAR})")
            ratios, ours = [], []
            garbage.settle()  # as app.py does when the server starts
            for word in WORDS:
                statements: list = []

                def keep(_connection, _cursor, statement, parameters, _context, many, kept=statements):
                    kept.append((statement, parameters))

                def search(text=word, user=user):
                    chosen, words = queries.closest(queries.filtered(queries.select_visible(user)), text)
                    return page_of_lines(chosen, lines, counted=True, values=words).rows

                list(user.grants)
                event.listen(db.engine, "before_cursor_execute", keep)
                found = len(search())
                event.remove(db.engine, "before_cursor_execute", keep)
                wanted = [
                    pair
                    for pair in statements
                    if "people" in pair[0] or "person" in pair[0] or "posts" in pair[0]
                ]
                cursor = db.session.connection().connection.cursor()

                def bare(pairs=wanted, cursor=cursor):
                    for statement, parameters in pairs:
                        cursor.execute(statement, parameters)
                        cursor.fetchall()

                floor, whole = median_ms(bare, TURNS), median_ms(search, TURNS)
                ratios.append(whole / floor)
                ours.append(whole)
                print(
                    f"  {word:12} {found:3} found  bare {floor:7.2f}  ours {whole:7.2f}  "
                    f"ratio {whole / floor:.2f}"
                )
            print(f"  median ratio {statistics.median(ratios):.2f}, slowest page {max(ours):.1f} ms")
            missed += [f"search on {database}"] if statistics.median(ratios) > BAR else []
            db.session.remove()
    return missed

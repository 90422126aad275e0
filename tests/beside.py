"""Two transactions on connections of their own: the second begins while what the first wrote is not committed
yet.
"""

import threading
from collections.abc import Callable
from contextvars import Context

from sqlalchemy import text

from outreach.core.db import db, is_sqlite, writing


def _commit(app, deed: Callable, then: Callable[[], object], answers: list) -> None:
    with app.app_context():
        writing.set(True)
        try:
            answers.append(deed())
            db.session.flush()
            then()
            db.session.commit()
        except Exception as error:
            db.session.rollback()
            answers.append(error)
        finally:
            db.session.remove()


def _waits(app) -> bool:
    """Whether a connection of this database waits for another one. SQLite cannot be asked."""
    with app.app_context():
        if is_sqlite():
            return False
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
            "wait_event_type = 'Lock'"
        )
        try:
            return bool(db.session.scalar(waiting))
        finally:
            db.session.remove()


def beside(app, first: Callable, second: Callable) -> tuple:
    """(what ``first`` gave, what ``second`` gave, or the error of each);
    ``first`` commits when ``second`` waits for it or is over.
    """
    db.session.commit()
    wrote, go_on = threading.Event(), threading.Event()

    def until_told() -> None:
        wrote.set()
        go_on.wait(30)

    answers: tuple[list, list] = ([], [])
    one = threading.Thread(target=Context().run, args=(_commit, app, first, until_told, answers[0]))
    two = threading.Thread(target=Context().run, args=(_commit, app, second, lambda: None, answers[1]))
    one.start()
    assert wrote.wait(30), answers[0]
    two.start()
    for _tenth in range(5):
        two.join(0.1)
        if not two.is_alive() or _waits(app):
            break
    go_on.set()
    one.join(60)
    two.join(60)
    db.session.expire_all()
    return answers[0][-1], answers[1][-1]

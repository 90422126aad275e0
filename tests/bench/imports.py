"""The 13,000-row roster: dry run and apply against reading the cells and inserting 13,000 plain rows.

Beside them, without a bar: the search for double cards that the worker begins once the rows are in, and the
same roster sent again.
"""

import os
import time
from pathlib import Path

from tests.bench.house import build

ROSTER = Path(os.environ.get("ROSTER", "../shared/rosters/濮阳县在外乡贤登记表.xlsx"))
BAR = 4.0


def _floor(path: Path) -> float:
    """Read every cell into Python, insert 13,000 plain rows of ten columns; seconds."""
    import python_calamine
    from sqlalchemy import Column, Integer, MetaData, String, Table, insert

    from outreach.core.db import db

    began = time.perf_counter()
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    read = time.perf_counter() - began
    plain = Table(
        "bench_plain",
        MetaData(),
        Column("id", Integer, primary_key=True),
        *(Column(f"c{number}", String) for number in range(10)),
    )
    plain.create(db.session.connection(), checkfirst=True)
    db.session.commit()
    began = time.perf_counter()
    values = [{f"c{number}": str(row[number]) for number in range(10)} for row in rows[:13_000]]
    db.session.execute(insert(plain), values)
    db.session.commit()
    wrote = time.perf_counter() - began
    plain.drop(db.session.connection())
    db.session.commit()
    return read + wrote


def _job() -> float:
    """Run the one job that is due; seconds."""
    from outreach.core import worker
    from outreach.core.db import db

    db.session.commit()
    began = time.perf_counter()
    assert worker.drain(1) == 1
    return time.perf_counter() - began


def _enter(unit, user) -> tuple:
    """(batch, seconds of the dry run, of entering, of the search for double cards)."""
    from outreach.core.db import db
    from outreach.directory import operations
    from outreach.directory.roster_models import Batch

    batch = operations.upload_roster(unit, name=ROSTER.name, content=ROSTER.read_bytes(), by=user)
    read = _job()
    batch = db.session.get(Batch, batch.id)
    operations.apply_batch(batch, by=user)
    entered = _job()
    batch = db.session.get(Batch, batch.id)
    assert batch.state == "applied", batch.fault
    return batch, read, entered, _job()


def _revert(batch, user) -> float:
    from outreach.core.db import db
    from outreach.directory import operations
    from outreach.directory.roster_models import Batch

    operations.revert_batch(db.session.get(Batch, batch.id), reason="bench", by=user)
    return _job()


def run() -> list[str]:
    """Both databases; the best of three runs of each side."""
    if not ROSTER.exists():
        print(f"no roster at {ROSTER}; set ROSTER")
        return []
    missed = []
    for database in ("sqlite", "postgresql"):
        app = build(database)
        with app.app_context():
            from outreach.accounts.queries import unit_by_place
            from outreach.core.db import db
            from tests.make import Maker

            user, unit = Maker().user(unit=unit_by_place("410928")), unit_by_place("410928")
            floors, dry, applied, pairs = [], [], [], []
            for turn in range(3):
                floors.append(_floor(ROSTER))
                batch, *seconds = _enter(unit, user)
                for times, taken in zip((dry, applied, pairs), seconds, strict=True):
                    times.append(taken)
                rows = batch.counts["rows"]
                if turn < 2:
                    _revert(batch, user)
            again, *seconds = _enter(unit, user)
            back = _revert(again, user)
            ratio = (min(dry) + min(applied)) / min(floors)
            print(
                f"{database:11} {rows} rows: floor {min(floors):.2f} s, dry run {min(dry):.2f} s, "
                f"apply {min(applied):.2f} s, ratio {ratio:.2f} (bar {BAR})"
            )
            print(
                f"{'':11} search for double cards {min(pairs):.2f} s; sent again: "
                f"dry run {seconds[0]:.2f} s, apply {seconds[1]:.2f} s, taken back {back:.2f} s"
            )
            db.session.remove()
        if ratio > BAR:
            missed.append(f"import on {database}")
    return missed

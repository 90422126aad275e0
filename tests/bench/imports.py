"""The 13,000-row roster: dry run and apply against reading the cells and inserting 13,000 plain rows."""

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
        "bench_plain", MetaData(), Column("id", Integer, primary_key=True), *(Column(f"c{number}", String) for number in range(10))
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
            from outreach.core import worker
            from outreach.core.db import db
            from outreach.directory import operations
            from outreach.directory.roster_models import Batch
            from tests.make import Maker

            user, unit = Maker().user(unit=unit_by_place("410928")), unit_by_place("410928")
            content = ROSTER.read_bytes()
            floors, dry, applied = [], [], []
            for _round in range(3):
                floors.append(_floor(ROSTER))
                batch = operations.upload_roster(unit, name=ROSTER.name, content=content, by=user)
                db.session.commit()
                began = time.perf_counter()
                worker.drain()
                dry.append(time.perf_counter() - began)
                batch = db.session.get(Batch, batch.id)
                operations.apply_batch(batch, by=user)
                db.session.commit()
                began = time.perf_counter()
                worker.drain()
                applied.append(time.perf_counter() - began)
                batch = db.session.get(Batch, batch.id)
                assert batch.state == "applied", batch.fault
                rows = batch.counts["rows"]
                operations.revert_batch(batch, reason="bench", by=user)
                db.session.commit()
                worker.drain()
            ratio = (min(dry) + min(applied)) / min(floors)
            print(
                f"{database:11} {rows} rows: floor {min(floors):.2f} s, dry run {min(dry):.2f} s, apply {min(applied):.2f} s, ratio {ratio:.2f} (bar {BAR})"
            )
            db.session.remove()
        if ratio > BAR:
            missed.append(f"import on {database}")
    return missed

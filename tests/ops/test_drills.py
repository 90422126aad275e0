"""A drill restores beside the house, looks, tells, and leaves nothing;
the page of the system knows when the last one was.
"""

from datetime import timedelta

import pytest
from sqlalchemy import event, inspect, select

from outreach.core import audit_chain, clock, files, web
from outreach.core.audit import AuditEntry
from outreach.core.db import db, is_sqlite
from outreach.directory.models import Person
from outreach.ops import operations
from outreach.ops.recovery import drills, taking
from outreach.permissions import Role


@pytest.fixture(autouse=True)
def folder(app, tmp_path, monkeypatch):
    """Backups of this test alone."""
    monkeypatch.setitem(app.config, "BACKUP_FOLDER", str(tmp_path / "backups"))
    yield tmp_path / "backups"
    web.limiter.enabled = False


def _run(app, *arguments):
    db.session.commit()
    db.session.remove()
    db.engine.dispose()
    return app.test_cli_runner().invoke(args=arguments)


def _nothing_left() -> bool:
    return not (files.folder().parent / drills.PLACE).exists() and (
        is_sqlite() or drills.SCHEMA not in inspect(db.engine).get_schema_names()
    )


def _told(verb: str) -> dict:
    return db.session.scalar(
        select(AuditEntry.detail).where(AuditEntry.verb == verb).order_by(AuditEntry.id.desc())
    )


def test_the_newest_backup_is_tried_out_and_the_house_stays_as_it_is(app, make, folder):
    make.user(Role.ADMINISTRATOR, unit=make.city)
    make.person("王建国")
    files.keep("slip.pdf", b"%PDF-1.4", "application/pdf", by=None)
    with clock.at(clock.now() - timedelta(hours=1)):
        operations.note_backup("older", rows=1, files=1, encrypted=False)
    links = audit_chain.link()
    assert _run(app, "backup").exit_code == 0
    make.person("李丽")
    answer = _run(app, "restore-drill")
    assert answer.exit_code == 0, answer.output
    (archive,) = taking.archives_in(folder)
    for words in (
        str(archive),
        "counted as at the backup",
        "compared with their digests",
        f"audit: {links} links hold",
        "/sign-in",
        "/home /people",
        "takes a write",
        "went well",
    ):
        assert words in answer.output
    assert set(db.session.scalars(select(Person.name))) == {"王建国", "李丽"}
    assert _told("ops.restore_drill")["fault"] == ""
    assert _nothing_left()


def test_an_archive_that_would_not_come_back_is_told(app, make, folder, visit):
    assert _run(app, "backup").exit_code == 0
    (archive,) = taking.archives_in(folder)
    content = archive.read_bytes()
    archive.write_bytes(content[: len(content) // 2])
    answer = _run(app, "restore-drill")
    assert answer.exit_code == 1
    assert "cut off" in answer.output
    assert "cut off" in _told("ops.restore_drill")["fault"]
    page = visit(make.user(Role.ADMINISTRATOR, unit=make.city)).get("/system").text
    assert "备份无法恢复" in page
    assert _nothing_left()


def test_an_audit_that_was_changed_and_a_page_that_fails_are_told(app, make, folder):
    make.user(Role.ADMINISTRATOR, unit=make.city)
    with clock.at(clock.now() - timedelta(hours=1)):
        operations.note_backup("older", rows=1, files=1, encrypted=False)
    audit_chain.link()
    db.session.execute(db.update(AuditEntry).values(detail={"archive": "another"}))
    assert _run(app, "backup").exit_code == 0
    assert "chain of the audit is broken" in _run(app, "restore-drill").output
    assert _nothing_left()


def test_a_page_that_fails_is_named(app, make, folder, monkeypatch):
    make.user(Role.ADMINISTRATOR, unit=make.city)
    assert _run(app, "backup").exit_code == 0
    monkeypatch.setattr(drills, "_STAFF", ("/home", "/nowhere"))
    assert "the page /nowhere answers 404" in _run(app, "restore-drill").output
    assert _nothing_left()


def test_without_a_backup_there_is_no_drill(app):
    answer = _run(app, "restore-drill")
    assert answer.exit_code == 1
    assert "there is no backup" in answer.output


def test_old_backups_go_and_the_newest_never(app, folder, monkeypatch):
    monkeypatch.setitem(app.config, "KEEP_BACKUPS_DAYS", "30")
    moment = clock.now()
    for days in (100, 31, 29):
        with clock.at(moment - timedelta(days=days)):
            (taking.room(folder) / taking.name(encrypted=days == 31)).write_bytes(b"x")
    (folder / "yangui-by-hand.tar.gz").write_bytes(b"x")
    assert taking.forget_old(folder, 20) == 2
    assert len(taking.archives_in(folder)) == 1
    answer = _run(app, "backup")
    assert answer.exit_code == 0
    assert "deleted" not in answer.output
    assert len(list(folder.iterdir())) == 3


def test_the_page_says_when_backup_and_drill_are_overdue(app, make, visit):
    browser = visit(make.user(Role.ADMINISTRATOR, unit=make.city))
    assert browser.get("/system").text.count("已逾期") == 2
    operations.note_backup("yangui-a", rows=1, files=1, encrypted=True)
    operations.note_drill("yangui-b", seconds=24)
    db.session.commit()
    page = browser.get("/system").text
    assert "已逾期" not in page
    assert "用时24秒" in page
    for days, late in ((1, 0), (3, 1), (89, 1), (91, 2)):
        db.session.execute(db.update(AuditEntry).values(at=clock.now() - timedelta(days=days)))
        db.session.commit()
        assert browser.get("/system").text.count("已逾期") == late


def test_statements_of_a_drill_stay_beside(app, make, folder):
    """Nothing reaches the house's own database but the note at the end."""
    make.person("王建国")
    assert _run(app, "backup").exit_code == 0
    written = []

    @event.listens_for(db.engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, *_more):
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            written.append(statement)

    try:
        assert _run(app, "restore-drill").exit_code == 0
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(written) == 1
    assert "audit_entries" in written[0]

"""An archive comes back whole or not at all: killed anywhere, on a full disk, with rows or files missing."""

import json
import os
import signal
import subprocess
import sys
import tarfile
from io import BytesIO

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select

from outreach.core import files
from outreach.core.audit import AuditEntry
from outreach.core.db import db, is_sqlite
from outreach.core.settings import ROOT
from outreach.directory.models import Person
from outreach.ops.recovery import Failed, archives, restoring

#: runs a restore and kills itself: (what is called, at which call, before or after it)
DRIVER = """
import os, resource, shutil, signal, sys
from pathlib import Path
from outreach import create_app
from outreach.ops.recovery import restoring, staging
archive, target, turn, when, most = sys.argv[1:]
staged = staging._File if os.environ["DATABASE_URL"].startswith("sqlite") else staging._Schema
module, name = {"sign": (restoring, "_sign"), "move": (shutil, "move"), "files": (restoring, "_add_files"),
    "step": (staged, "take_over"),
    "fill": (staged, "fill"),
    "none": (os, "sync")}[target]
plain, calls = getattr(module, name), []
def patched(*given, **more):
    calls.append(1)
    if len(calls) == int(turn) and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    answer = plain(*given, **more)
    if len(calls) == int(turn) and when == "after":
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
app = create_app()
setattr(module, name, patched)
if int(most):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), int(most)))
with app.app_context():
    try:
        restoring.restore(Path(archive), str)
    except Exception as failed:
        sys.exit(f"{type(failed).__name__}: {failed}")
"""


def _let_go() -> None:
    db.session.commit()
    db.session.remove()
    db.engine.dispose()


def _driven(app, archive, target="none", turn=1, when="", most=0):
    _let_go()
    answer = subprocess.run(
        [sys.executable, "-c", DRIVER, str(archive), target, str(turn), when, str(most)],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"]},
        capture_output=True,
        text=True,
        check=False,
    )
    db.session.remove()
    return answer


def _names() -> set[str]:
    return set(db.session.scalars(select(Person.name)))


def _on_disk() -> set[str]:
    return {path.name for path in archives.stored(files.folder())}


def _keep(*words: str) -> list:
    rows = [files.keep(f"{word}.pdf", f"%PDF-{word}".encode(), "application/pdf", by=None) for word in words]
    db.session.commit()
    return [row.sha256 for row in rows]


@pytest.fixture
def archive(app, make, tmp_path):
    """Of a house with 王建国 and two papers; since then it has 李丽 and another paper instead."""
    for path in archives.stored(files.folder()):  # of tests before
        path.unlink()
    old = make.person("王建国")
    papers = _keep("1", "2")
    path = tmp_path / "archive.tar.gz"
    assert app.test_cli_runner().invoke(args=["backup", str(path)]).exit_code == 0
    for row in db.session.scalars(select(files.StoredFile)).all():
        files.forget(row)
        db.session.delete(row)
    db.session.delete(db.session.merge(old))
    db.session.commit()
    make.person("李丽")
    (new,) = _keep("3")
    assert (_names(), _on_disk()) == ({"李丽"}, {new})
    return path, set(papers), {new}


def _tidy() -> bool:
    folder = files.folder().parent
    left = (folder / restoring.PLACE).exists() or list(files.folder().rglob("*.restored"))
    return not left and (is_sqlite() or restoring.SCHEMA not in inspect(db.engine).get_schema_names())


@pytest.mark.parametrize(
    ("target", "turn", "when"),
    [("fill", 1, "after"), ("sign", 1, "after"), ("move", 2, "before"), ("files", 1, "after")],
)
def test_killed_before_the_step_nothing_has_changed(app, archive, target, turn, when):
    path, _papers, new = archive
    assert _driven(app, path, target, turn, when).returncode == -signal.SIGKILL
    assert _names() == {"李丽"}
    assert new <= _on_disk()
    _let_go()
    assert "cleared away" in app.test_cli_runner().invoke(args=["set-up"]).output
    assert (_names(), _on_disk()) == ({"李丽"}, new)
    assert _tidy()
    _let_go()
    assert app.test_cli_runner().invoke(args=["restore", "--yes", str(path)]).exit_code == 0
    assert _names() == {"王建国"}


def test_killed_after_the_step_all_has_changed(app, archive):
    path, papers, _new = archive
    assert _driven(app, path, "step", 1, "after").returncode == -signal.SIGKILL
    assert _names() == {"王建国"}
    _let_go()
    assert app.test_cli_runner().invoke(args=["set-up"]).exit_code == 0
    assert _names() == {"王建国"}
    assert papers <= _on_disk()
    assert _tidy()


def test_a_restore_replaces_files_and_leaves_its_trace(app, archive):
    path, papers, _new = archive
    _let_go()
    answer = app.test_cli_runner().invoke(args=["restore", "--yes", str(path)])
    assert answer.exit_code == 0
    assert "counted as at the backup" in answer.output
    assert "2 put back, 1 removed" in answer.output
    assert (_names(), _on_disk()) == ({"王建国"}, papers)
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.verb == restoring.VERB))
    assert entry.detail["archive"] == path.name
    assert _tidy()


def test_a_full_disk_while_unpacking_changes_nothing(app, archive):
    path, _papers, new = archive
    answer = _driven(app, path, most=4096)
    assert answer.returncode == 1
    assert "Failed" in answer.stderr
    assert (_names(), _on_disk()) == ({"李丽"}, new)
    assert _tidy()


def test_a_full_disk_at_the_step_changes_nothing(app, archive):
    if not is_sqlite():
        pytest.skip("PostgreSQL renames a schema and needs no room")
    path, _papers, new = archive
    with tarfile.open(path) as packed:
        size = packed.getmember(archives.DATABASE).size
    # enough for the database, not for the journal of writing it all
    answer = _driven(app, path, most=size + 8192)
    assert answer.returncode == 1
    assert "cannot be written to" in answer.stderr
    assert (_names(), _on_disk()) == ({"李丽"}, new)
    assert _tidy()


def _rewritten(path, change):
    """The archive with entries changed: ``change(name, bytes)`` gives the bytes,
    or None to leave the entry out.
    """
    other = path.with_name("changed.tar.gz")
    with tarfile.open(path) as packed, tarfile.open(other, "w:gz") as target:
        for member in packed:
            content = change(member.name, packed.extractfile(member).read())
            if content is not None:
                member.size = len(content)
                target.addfile(member, BytesIO(content))
    return other


def _with_manifest(**changes):
    def change(name, content):
        return (
            json.dumps({**json.loads(content), **changes}).encode() if name == archives.MANIFEST else content
        )

    return change


def test_rows_or_files_that_are_missing_are_named_and_nothing_changes(app, archive):
    path, _papers, new = archive
    with tarfile.open(path) as packed:
        counts = json.load(packed.extractfile(archives.MANIFEST))["counts"]
    changed = {
        "people: 2 in the archive's list, 1 read": _with_manifest(counts={**counts, "people": 2}),
        "should hold 2 files and holds 1": lambda name, content: None if "files/" in name else content,
        "is damaged in the archive": lambda name, content: b"%PDF-x" if "files/" in name else content,
        "list of contents is not understood": _with_manifest(later="x"),
        "holds no database": lambda name, content: None if name == archives.DATABASE else content,
        "no database that is known": lambda name, content: b"x" if name == archives.DATABASE else content,
    }
    dropped = []
    for words, change in changed.items():
        if "holds 1" in words:

            def change(name, content):
                if name.startswith("files/") and not dropped:
                    dropped.append(name)
                    return None
                return content

        _let_go()
        answer = app.test_cli_runner().invoke(args=["restore", "--yes", str(_rewritten(path, change))])
        assert answer.exit_code == 1
        assert words in answer.output
        assert "Nothing was restored" in answer.output
    assert (_names(), _on_disk()) == ({"李丽"}, new)
    assert _tidy()


def test_an_archive_that_was_cut_off(app, archive):
    path, _papers, new = archive
    content = path.read_bytes()
    for size in (len(content) // 2, len(content) - 4):
        path.write_bytes(content[:size])
        _let_go()
        with pytest.raises(Failed, match=r"damaged or cut off|holds no"):
            restoring.restore(path, str)
    assert (_names(), _on_disk()) == ({"李丽"}, new)


def test_an_old_archive_without_a_list_of_contents(app, make, tmp_path):
    make.person("王建国")
    _let_go()
    downgrade(directory=str(ROOT / "migrations"), revision="0046")
    path = tmp_path / "old.tar.gz"
    assert app.test_cli_runner().invoke(args=["backup", str(path)]).exit_code == 0
    _let_go()
    upgrade(directory=str(ROOT / "migrations"))
    db.session.execute(db.update(Person).values(name="李丽"))
    _let_go()
    old = _rewritten(path, lambda name, content: None if name == archives.MANIFEST else content)
    answer = app.test_cli_runner().invoke(args=["restore", "--yes", str(old)])
    assert answer.exit_code == 0
    assert "not compared" in answer.output
    assert "version: 0046" in answer.output
    assert _names() == {"王建国"}


def test_an_archive_of_a_newer_version(app, archive):
    path, _papers, _new = archive
    db.session.execute(db.text("UPDATE alembic_version SET version_num = '9999'"))
    db.session.commit()
    newer = path.with_name("newer.tar.gz")
    assert app.test_cli_runner().invoke(args=["backup", str(newer)]).exit_code == 0
    _let_go()
    with pytest.raises(Failed, match="newer version"):
        restoring.restore(newer, str)
    assert _tidy()


def test_a_backup_that_cannot_be_written_leaves_the_one_before(app, archive, tmp_path):
    path, _papers, _new = archive
    before = path.read_bytes()
    path.with_name(f"{path.name}.part").mkdir()  # in the way of the draft
    answer = app.test_cli_runner().invoke(args=["backup", str(path)])
    assert answer.exit_code == 1
    assert path.read_bytes() == before


def test_a_damaged_file_of_the_house_is_said_and_hinders_no_restore(app, archive):
    path, _papers, (new,) = archive
    (files.folder() / new[:2] / new).write_bytes(b"rotten")
    answer = app.test_cli_runner().invoke(args=["backup", str(path)])
    assert f"{new} is damaged" in answer.output
    _let_go()
    assert app.test_cli_runner().invoke(args=["restore", "--yes", str(path)]).exit_code == 0


def test_two_restores_at_once(app, archive):
    path, _papers, _new = archive
    with restoring.Workplace(restoring.PLACE), pytest.raises(Failed, match="runs already"):
        restoring.restore(path, str)
    assert db.session.scalar(select(func.count()).select_from(Person)) == 1

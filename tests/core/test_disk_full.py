"""A disk that is really full: what guest, administrator and machine are told. Nothing is lost, and with room
all goes on.
"""

import errno
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from outreach.core import files
from outreach.core.db import db, is_sqlite
from outreach.ops import health
from outreach.permissions import Role
from outreach.registrations.models import Registration
from tests.visitor import Visitor


@pytest.fixture
def small_disk(tmp_path):
    """A folder with a disk of its own of 8 MB; where nobody may mount one, the test is passed over."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("mounting a file system is not allowed here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def _filled(folder: Path):
    """Not a byte goes in any more."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for piece in (2**16, 1):
            with suppress(OSError):
                while True:
                    file.write(b"x" * piece)
    yield
    ballast.unlink()


def _form(event) -> dict:
    return {
        "type": str(event.types[0].id),
        "name": "李丽",
        "company": "某公司",
        "mobile": "15411112222",
        "consent": "y",
        "request_key": "k" * 32,
    }


@pytest.fixture
def house_on_it(app, make, small_disk, monkeypatch):
    """(event, the administrator): the house's files, and on SQLite its database, lie on the small disk."""
    event, boss = make.event(), make.user(Role.ADMINISTRATOR, unit=make.city)
    db.session.commit()
    monkeypatch.setitem(app.config, "INSTANCE", str(small_disk))
    if is_sqlite():
        place = Path(db.engine.url.database)
        db.session.remove()
        db.engine.dispose()
        moved = small_disk / "yangui.db"
        moved.write_bytes(place.resolve().read_bytes())
        place.unlink()
        place.symlink_to(moved)
    event, boss = db.session.merge(event), db.session.merge(boss)
    db.session.execute(text("SELECT 1 FROM liveness"))
    db.session.rollback()
    return event, boss


def test_guest_administrator_and_machine_are_told(app, house_on_it, small_disk):
    if not is_sqlite():
        pytest.skip("PostgreSQL has a disk of its own")
    event, boss = house_on_it
    guest, administrator = Visitor(app), Visitor(app)
    administrator.sign_in(boss)
    slug, form = event.slug, _form(event)
    db.session.rollback()
    with _filled(small_disk):
        answer = guest.post(f"/e/{slug}/register", form)
        assert answer.status_code == 503
        assert "存储空间已满" in answer.text
        assert "没有保存" in answer.text
        assert 'value="李丽"' in answer.text
        machine = guest.get("/healthz")
        assert machine.status_code == 503
        assert machine.json["checks"]["disk"] == machine.json["checks"]["database"] == "failing"
        assert machine.json["reason"] == "the database takes no write; the disk is full"
        page = administrator.get("/system")
        assert page.status_code == 200
        assert "存储空间已满" in page.text
        assert str(small_disk) in page.text
        answer = guest.post(
            "/sign-in?lang=en", {"login": "x", "password": "y"}
        )  # whoever comes to look is told too
        assert "the disk of the system is full" in answer.text
    assert guest.post(f"/e/{slug}/register", form).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 1


def test_a_file_that_finds_no_room_is_said(app, house_on_it, small_disk):
    _event, boss = house_on_it
    db.session.rollback()
    with _filled(small_disk), pytest.raises(OSError, match="No space left"):
        files.keep("slip.pdf", b"%PDF-1.4" + b"x" * 100_000, "application/pdf", by=boss)
    db.session.rollback()
    assert [path.name for path in (small_disk / "files").rglob("*") if path.is_file()] == [".lock"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_page_that_writes_a_file(app, make, visit, monkeypatch, number):
    def full(*_given, **_more):
        raise OSError(number, "No space left on device")

    browser = visit(make.user(Role.ADMINISTRATOR, unit=make.city))
    monkeypatch.setattr(health, "checks", full)
    monkeypatch.setattr("outreach.ops.views.system.health.checks", full)
    answer = browser.get("/system")
    assert answer.status_code == 503
    assert "存储空间已满" in answer.text


def test_nearly_full_is_told_before(make, visit, monkeypatch):
    monkeypatch.setattr(health, "LEAST_FREE_MEGABYTES", 10**9)
    browser = visit(make.user(Role.ADMINISTRATOR, unit=make.city))
    page = browser.get("/system").text
    assert "存储空间即将用尽" in page
    assert "存储空间已满" not in page
    assert "MB left" in browser.get("/healthz").json["reason"]

"""Papers are looked at in a child process with limits, at most two at once, and each is drawn once."""

import time
from pathlib import Path

import pytest

from outreach.core import drawing, files, kept_bytes, previews
from outreach.core.db import db, writing
from outreach.permissions import Role
from tests.pipeline.test_confirming import _pdf, officer, project  # noqa: F401 - fixtures


def _bomb(levels: int = 9) -> bytes:
    """Forms that draw the next one ten times each: a small file, a billion marks."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>",
        b"<</Length 5>>stream\n/F Do\nendstream",
    ]
    for level in range(levels):
        last = level == levels - 1
        drawn = b"0 0 500 500 re f " if last else b"/F Do " * 10
        inner = b"" if last else b"/Resources<</XObject<</F %d 0 R>>>>" % (6 + level)
        objects.append(
            b"<</Type/XObject/Subtype/Form/BBox[0 0 600 800]%s/Length %d>>stream\n%s\nendstream"
            % (inner, len(drawn), drawn)
        )
    whole, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % count
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (count, len(whole))
    return whole + head + table + end


def _kept(content: bytes) -> Path:
    return files.keep("a.pdf", content, "application/pdf", by=None).path


def _never(*_asked, **_options):
    pytest.fail("drawn once more")


@pytest.mark.parametrize(("content", "shown"), [(_bomb(2), 1), (_bomb(), 0)])
def test_a_paper_is_drawn_once_within_its_time(app, monkeypatch, content, shown):
    path = _kept(content)
    monkeypatch.setattr(previews, "CPU", 1)
    began = time.monotonic()
    assert len(previews.pictures(path, "application/pdf")) == shown
    assert time.monotonic() - began < previews.WALL
    monkeypatch.setattr(drawing, "run", _never)
    assert len(previews.pictures(path, "application/pdf")) == shown


def test_a_third_at_once_is_not_drawn_now_but_the_next_time(app, monkeypatch):
    path = _kept(_pdf())
    monkeypatch.setattr(previews, "WAIT", 0.1)
    with drawing._place("show", 0), drawing._place("show", 0):
        with pytest.raises(drawing.TooSlow), drawing._place("show", 0):
            pass
        assert previews.pictures(path, "application/pdf") == []
        with drawing._place("keep", 0):  # uploads have places of their own
            pass
    assert len(previews.pictures(path, "application/pdf")) == 1


def test_what_was_drawn_goes_with_its_file(app, monkeypatch):
    row = files.keep("a.pdf", _pdf(), "application/pdf", by=None)
    path = row.path
    assert previews.pictures(path, "application/pdf")
    shown = kept_bytes.shown(path)
    assert shown.exists()
    files.forget(row)
    db.session.commit()
    assert not shown.exists()
    assert previews.pictures(path, "application/pdf") == []
    kept_bytes.write(shown, b"[]", beside=path)  # drawn while it was forgotten
    assert not shown.exists()


def test_evidence_is_drawn_while_others_write(make, visit, monkeypatch, officer, project):  # noqa: F811
    fact = project.standing["registered"]
    seen = []
    monkeypatch.setattr(previews, "pictures", lambda *_: seen.append(writing.get()) or [])
    address = f"/unconfirmed/milestones/{project.id}/{fact.id}"
    checker = visit(make.user(Role.INVESTMENT_OFFICER))
    assert checker.post(address, {}).status_code == 200
    assert checker.post(f"{address}/return", {"reason": ""}).status_code == 422
    # refused by a rule behind the lock, the page is made once more
    assert visit(officer).post(f"{address}/return", {"reason": "自己的"}).status_code == 409
    assert seen == [False, False, False]

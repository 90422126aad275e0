"""Pictures are kept upright, small and without what the camera wrote;
bytes are there as long as a row needs them.
"""

import io
import resource
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from outreach.core import downloads, files, pictures
from outreach.core.db import db
from outreach.core.files import StoredFile
from outreach.core.refusals import Refused
from outreach.permissions import Role
from outreach.pipeline.note_models import NoteFile
from tests.beside import beside

JPEG, PNG = "image/jpeg", "image/png"


def _photograph(size=(40, 20)) -> bytes:
    """Lying on its side, with the place where it was taken."""
    notes = Image.Exif()
    notes[0x0112] = 6
    notes[0x010F] = "Camera of 王毅"
    notes.get_ifd(0x8825)[2] = (35.0, 46.0, 1.0)
    target = io.BytesIO()
    Image.new("RGB", size, "red").save(target, "JPEG", exif=notes, comment=b"secret")
    return target.getvalue()


def _screenshot() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "wangyi")
    target = io.BytesIO()
    Image.new("RGBA", (30, 30), (255, 0, 0, 90)).save(target, "PNG", pnginfo=notes)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "kind", "size"), [(_photograph(), JPEG, (20, 40)), (_screenshot(), PNG, (30, 30))]
)
def test_a_picture_is_kept_without_its_metadata(app, content, kind, size):
    assert not pictures.is_plain(content, kind)
    row = files.keep("照片.jpg", content, kind, by=None)
    kept = row.path.read_bytes()
    with Image.open(io.BytesIO(kept)) as picture:
        assert (picture.size, dict(picture.getexif())) == (size, {})
        assert picture.mode == ("RGB" if kind == JPEG else "RGBA")
    assert all(word not in kept for word in (b"Camera", b"secret", b"wangyi", b"Exif"))
    assert pictures.is_plain(kept, kind)
    assert row.size == len(kept)


def test_a_large_picture_fits_a_screen(app):
    row = files.keep("大.jpg", _photograph((6000, 3000)), JPEG, by=None)
    with Image.open(row.path) as picture:
        assert picture.size == (1280, 2560)


def test_a_photograph_of_48_megapixels_is_taken(app):
    target = io.BytesIO()
    Image.new("RGB", (8000, 6000), "green").save(target, "JPEG")
    with Image.open(files.keep("大.jpg", target.getvalue(), JPEG, by=None).path) as picture:
        assert picture.size == (2560, 1920)


@pytest.mark.parametrize("mode", ["1", "P", "L", "LA", "RGBA", "I;16"])
def test_a_large_png_of_every_mode_is_taken(app, mode):
    target = io.BytesIO()
    Image.new(mode, (2600, 1300)).save(target, "PNG")
    with Image.open(io.BytesIO(pictures.drawn_anew(target.getvalue(), PNG))) as picture:
        assert picture.size == (2560, 1280)
        assert picture.mode == ("RGBA" if "A" in mode else "RGB")


def _one_colour(side: int) -> bytes:
    """A PNG that is small on the line and 4 bytes a pixel in memory."""

    def part(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    rows = zlib.compress(bytes((1 + 4 * side) * side), 1)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", rows) + part(b"IEND", b"")


def test_a_png_that_fills_the_memory_is_refused(app):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    content = _one_colour(5100)
    made = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Refused, match="2500 万") as refused:
        files.keep("x.png", content, PNG, by=None)
    assert refused.value.at == "file"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - max(before, made) < 20_000  # kB


def test_a_picture_that_takes_too_long_is_ended_and_said(app, monkeypatch):
    monkeypatch.setattr(pictures, "WALL", 0.01)
    with pytest.raises(Refused, match="超时"):
        files.keep("x.jpg", _photograph(), JPEG, by=None)
    assert pictures.draw(_photograph(), JPEG, until=0) is pictures.Undrawn.TOO_SLOW


_ATTACHED = db.select(StoredFile).join(NoteFile).order_by(StoredFile.id)


@pytest.fixture
def note_sent(make, visit):
    project, viewer = make.project(), make.user(Role.VIEWER)
    db.session.commit()

    def send(*contents: bytes):
        attached = [(io.BytesIO(content), f"{number}.png") for number, content in enumerate(contents)]
        sent = {"key": "k" * 20, "text": "看过现场", "seen_by": "all", "attached": attached}
        return visit(viewer).post(f"/projects/{project.id}/notes", sent)

    return send


def test_pictures_are_drawn_before_the_request_touches_the_database(note_sent, monkeypatch):
    seen, draw = [], pictures.draw

    def watched(*arguments, **options):
        seen.append(db.session().in_transaction())
        return draw(*arguments, **options)

    monkeypatch.setattr(pictures, "draw", watched)
    assert note_sent(_screenshot(), _photograph(), _screenshot()).status_code == 303
    assert seen == [False, False]  # the same twice is drawn once
    assert [row.media_type for row in db.session.scalars(_ATTACHED)] == [PNG, JPEG, PNG]


def test_a_picture_too_large_is_said_beside_its_field(note_sent):
    answer = note_sent(_bomb())
    assert answer.status_code == 422
    assert "2500 万" in answer.text
    assert "看过现场" in answer.text
    assert db.session.scalar(_ATTACHED) is None


@pytest.mark.parametrize(
    ("name", "kind", "kept"),
    [
        ("发票.pdf.hta", "application/pdf", "发票.pdf.hta.pdf"),
        ("a\u202efdp.exe", "application/pdf", "afdp.exe.pdf"),
        ("回单.PDF", "application/pdf", "回单.PDF"),
        ("照片.jpg", PNG, "照片.png"),
        ("照片.jpeg", JPEG, "照片.jpeg"),
        ("C:\\票\\回单", "application/pdf", "回单.pdf"),
        ("x.pdf. . ", "application/pdf", "x.pdf"),
        (".pdf", "application/pdf", ".pdf.pdf"),
        ("", PNG, "file.png"),
        ("名单.hta", "application/octet-stream", "名单.hta.csv"),
        ("名单.csv", "application/octet-stream", "名单.csv"),
        ("长" * 300 + ".hta", "application/pdf", "长" * 192 + ".hta.pdf"),
    ],
)
def test_a_name_ends_as_the_file_is(app, name, kind, kept):
    content = {PNG: _screenshot(), JPEG: _photograph()}.get(kind, b"%PDF-1.4")
    assert files.keep(name, content, kind, by=None).name == kept


@pytest.mark.parametrize(("head", "kept"), [(files.ZIP, "名单.xlsx"), (files.OLE, "名单.xls")])
def test_a_workbook_ends_as_it_is(head, kept):
    assert files.fitting("名单.csv", "application/octet-stream", head) == kept


def test_a_name_of_before_is_served_with_the_right_ending(app):
    row = files.keep("a.pdf", b"%PDF-1.4", "application/pdf", by=None)
    row.name = "发票.pdf.hta"
    with app.test_request_context():
        told = downloads.stored(row).headers["Content-Disposition"]
    assert told.endswith(".hta.pdf")


def _bomb() -> bytes:
    target = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(target, "PNG")
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [(_bomb(), PNG), (_photograph((900, 900))[:-400], JPEG), (b"\xff\xd8\xff" + b"0" * 50, JPEG)],
)
def test_bombs_and_broken_pictures_are_refused_in_words(app, content, kind):
    with pytest.raises(Refused, match="图片"):
        files.keep("x", content, kind, by=None)
    assert db.session.scalar(db.select(StoredFile)) is None


def test_pictures_of_before_are_drawn_anew_once(app):
    row = files.keep("照片.jpg", b"%PDF-", JPEG.replace("image/jpeg", "application/pdf"), by=None)
    content = _photograph()
    row.media_type, old = JPEG, row.path
    old.write_bytes(content)
    db.session.commit()
    assert files.draw_anew() == (1, 0)
    assert not old.exists()
    assert pictures.is_plain(row.path.read_bytes(), JPEG)
    assert files.draw_anew() == (0, 0)


def _keep(content: bytes) -> int:
    return files.keep("a.pdf", content, "application/pdf", by=None).id


def test_bytes_kept_again_while_they_are_forgotten_are_there(app):
    first = _keep(b"%PDF-same")
    beside(app, lambda: files.forget(db.session.get(StoredFile, first)), lambda: _keep(b"%PDF-same"))
    rows = db.session.scalars(db.select(StoredFile)).all()
    assert [row.path.exists() for row in rows] == [True, True]


def test_bytes_stay_when_the_forgetting_is_taken_back(app):
    row = db.session.get(StoredFile, _keep(b"%PDF-other"))
    db.session.commit()
    path = row.path
    files.forget(row)
    db.session.rollback()
    assert path.exists()
    files.forget(row)
    db.session.commit()
    assert not path.exists()

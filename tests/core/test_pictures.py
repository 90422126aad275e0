"""Pictures are kept upright, small and without what the camera wrote;
bytes are there as long as a row needs them.
"""

import io

import pytest
from PIL import Image, PngImagePlugin

from outreach.core import files, pictures
from outreach.core.db import db
from outreach.core.files import StoredFile
from outreach.core.refusals import Refused
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

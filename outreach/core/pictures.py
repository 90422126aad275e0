"""Uploaded pictures as they are kept: drawn anew, upright, no larger than a screen needs,
without what the camera wrote (place, time, names).

A child process with limits draws them (``core.drawing``).
"""

import io
import time
from enum import StrEnum

from PIL import Image, UnidentifiedImageError

from outreach.core import drawing
from outreach.core.i18n import _
from outreach.core.refusals import Refused

#: pixels of the longer side: a page of A4 stays legible
LONGEST = 2560
#: the most pixels that are decoded; a JPEG is decoded at a fraction of its size
MOST_PIXELS = {"image/jpeg": 60_000_000, "image/png": 25_000_000}
KINDS = {"image/jpeg": "JPEG", "image/png": "PNG"}
#: for one picture, seconds of the processor and on the clock; on the clock for all of a request
CPU, WALL, REQUEST = 8, 10.0, 30.0
#: what Pillow keeps of a file that says nothing of its making
_PLAIN = {
    "jfif",
    "jfif_version",
    "jfif_unit",
    "jfif_density",
    "dpi",
    "transparency",
    "gamma",
    "progressive",
    "progression",
    "interlace",
}


class Undrawn(StrEnum):
    """Why there is no picture to keep."""

    UNREADABLE = "unreadable"
    TOO_MANY_PIXELS = "too many pixels"
    TOO_MUCH = "too much"  # memory, or work for the processor
    TOO_SLOW = "too slow"


def is_picture(media_type: str) -> bool:
    """Whether files of this kind are drawn anew."""
    return media_type in KINDS


def draw(content: bytes, media_type: str, *, until: float | None = None) -> bytes | Undrawn:
    """The bytes to keep, or why there are none; ``until``: a moment of ``time.monotonic``."""
    left = (time.monotonic() + REQUEST if until is None else until) - time.monotonic()
    if left <= 0:
        return Undrawn.TOO_SLOW
    asked = (media_type, LONGEST, MOST_PIXELS[media_type], CPU)
    try:
        done = drawing.run("keep", *asked, content=content, wait=left, seconds=WALL)
    except drawing.TooSlow:
        return Undrawn.TOO_SLOW
    if done.returncode == 0:
        return done.stdout
    reasons = {
        drawing.UNREADABLE: Undrawn.UNREADABLE,
        drawing.TOO_MANY_PIXELS: Undrawn.TOO_MANY_PIXELS,
    }
    return reasons.get(done.returncode, Undrawn.TOO_MUCH)


def taken(drawn: bytes | Undrawn, media_type: str) -> bytes:
    """What :func:`draw` gave, when it may be kept; else :class:`Refused` in words."""
    if isinstance(drawn, bytes):
        return drawn
    if drawn is Undrawn.TOO_MANY_PIXELS:
        most = MOST_PIXELS[media_type] // 1_000_000
        words = _("This picture has more than %(most)d million pixels. Make it smaller first.", most=most)
    elif drawn is Undrawn.TOO_MUCH:
        words = _(
            "This picture takes too much work to read. Make it smaller, save it as JPEG, and upload that."
        )
    elif drawn is Undrawn.TOO_SLOW:
        words = _("These pictures took too long to read. Try again in a minute, with fewer at once.")
    else:
        words = _("This picture cannot be read. Open it, save it anew as JPEG or PNG, and upload that.")
    raise Refused(words, at="file")


def drawn_anew(content: bytes, media_type: str) -> bytes:
    """The bytes to keep; :class:`Refused` for what is no whole picture, or one that takes too much."""
    return taken(draw(content, media_type), media_type)


def is_plain(content: bytes, media_type: str) -> bool:
    """Whether these bytes need not be drawn anew: small enough, and nothing in them but the picture.

    What cannot be read is not plain. For what is kept already; uploads are opened by the child only.
    """
    try:
        with Image.open(io.BytesIO(content), formats=[KINDS[media_type]]) as opened:
            opened.load() if media_type == "image/png" else None  # text may stand behind the picture
            return max(opened.size) <= LONGEST and not opened.getexif() and not set(opened.info) - _PLAIN
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError):
        return False

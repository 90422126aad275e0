"""Uploaded pictures as they are kept: drawn anew, upright, no larger than a screen needs,
without what the camera wrote (place, time, names).
"""

import io
from contextlib import suppress

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from outreach.core.i18n import _
from outreach.core.refusals import Refused

#: pixels of the longer side (a page of A4 stays legible), and the most pixels that are decoded
LONGEST, MOST_PIXELS = 2560, 60_000_000
KINDS = {"image/jpeg": "JPEG", "image/png": "PNG"}
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


def is_picture(media_type: str) -> bool:
    """Whether files of this kind are drawn anew."""
    return media_type in KINDS


def drawn_anew(content: bytes, media_type: str) -> bytes:
    """The bytes to keep; :class:`Refused` for what is no whole picture,
    or one of more pixels than are decoded.
    """
    try:
        with Image.open(io.BytesIO(content), formats=[KINDS[media_type]]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Refused(
                    _(
                        "This picture has more than %(most)d million pixels. Make it smaller first.",
                        most=MOST_PIXELS // 1_000_000,
                    ),
                    at="file",
                )
            opened.draft("RGB", (LONGEST, LONGEST))
            picture = _in_plain_colours(ImageOps.exif_transpose(opened))
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise Refused(
            _("This picture cannot be read. Open it, save it anew as JPEG or PNG, and upload that."),
            at="file",
        ) from error
    picture.thumbnail((LONGEST, LONGEST))
    kept = io.BytesIO()
    if media_type == "image/jpeg":
        picture.convert("RGB").save(kept, "JPEG", quality=88, optimize=True)
    else:
        picture.save(kept, "PNG")
    return kept.getvalue()


def is_plain(content: bytes, media_type: str) -> bool:
    """Whether these bytes need not be drawn anew: small enough, and nothing in them but the picture.

    What cannot be read is not plain.
    """
    try:
        with Image.open(io.BytesIO(content), formats=[KINDS[media_type]]) as opened:
            opened.load() if media_type == "image/png" else None  # text may stand behind the picture
            return max(opened.size) <= LONGEST and not opened.getexif() and not set(opened.info) - _PLAIN
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError):
        return False


def _in_plain_colours(picture: Image.Image) -> Image.Image:
    """The picture in the colours of a screen and nothing else."""
    clear = "A" in picture.mode or "transparency" in picture.info
    profile = picture.info.get("icc_profile")
    if profile and not clear:
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            picture = ImageCms.profileToProfile(
                picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
    picture = picture.convert("RGBA" if clear else "RGB")
    plain = Image.new(picture.mode, picture.size)  # a fresh one carries no notes
    plain.paste(picture)
    return plain

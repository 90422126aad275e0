"""The child process that opens a picture or a PDF nobody has vouched for.

Run as a script, never imported by the server. ``python picture_reader.py keep KIND LONGEST MOST
SECONDS`` reads a picture from standard input and writes it drawn anew; ``python picture_reader.py
show KIND LONGEST PAGES SECONDS FILE`` writes the JSON list of ``data:`` addresses of JPEG pictures.
KIND is a media type, LONGEST and MOST count pixels of the longer side and of the whole, SECONDS are
of the processor. Exit status 3: it cannot be read, 5: too many pixels; any other: too much memory
or time.
"""

import base64
import io
import json
import resource
import sys
from contextlib import suppress

import pypdfium2
from PIL import Image, ImageCms, ImageOps

MEMORY = 640 << 20
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}
#: pixels of a stored picture that is shown, which was drawn anew before
MOST_SHOWN = 60_000_000
#: kinds of picture that are made smaller without a copy in other colours
_SMOOTH = ("L", "LA", "RGB", "RGBA", "CMYK")


def opened(source, kind, longest, most):
    """The picture upright and at most ``longest`` pixels long; its full size is held once."""
    picture = Image.open(source, formats=[FORMATS[kind]])
    if picture.width * picture.height > most:
        sys.exit(5)
    picture.draft("RGB", (longest, longest))  # a JPEG is decoded at a fraction of its size
    if picture.mode not in _SMOOTH or "transparency" in picture.info:
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    picture.thumbnail((longest, longest))
    return ImageOps.exif_transpose(picture)


def in_plain_colours(picture):
    """The picture in the colours of a screen and nothing else."""
    clear = "A" in picture.mode
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


def keep(kind, longest, most):
    """Standard input drawn anew."""
    content = io.BytesIO(sys.stdin.buffer.read())
    picture = in_plain_colours(opened(content, kind, longest, most))
    kept = io.BytesIO()
    if kind == "image/jpeg":
        picture.convert("RGB").save(kept, "JPEG", quality=88, optimize=True)
    else:
        picture.save(kept, "PNG")
    sys.stdout.buffer.write(kept.getvalue())


def pages(path, longest, most):
    """The first pages of a PDF."""
    document = pypdfium2.PdfDocument(path)
    for place in range(min(len(document), most)):
        page = document[place]
        scale = min(longest / max(page.get_width(), page.get_height(), 1), 3.0)
        yield page.render(scale=scale).to_pil()


def address(picture):
    """A picture as a browser takes it from within a page."""
    kept = io.BytesIO()
    picture.convert("RGB").save(kept, "JPEG", quality=80, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(kept.getvalue()).decode()


def show(kind, longest, most, path):
    """What a page shows of a stored file."""
    if kind == "application/pdf":
        made = pages(path, longest, most)
    else:
        made = [opened(path, kind, longest, MOST_SHOWN)]
    sys.stdout.write(json.dumps([address(picture) for picture in made]))


def main(deed, kind, longest, most, seconds, *path):
    """What was asked for, within the limits."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    try:
        {"keep": keep, "show": show}[deed](kind, int(longest), int(most), *path)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, pypdfium2.PdfiumError):
        sys.exit(3)


if __name__ == "__main__":
    Image.MAX_IMAGE_PIXELS = None  # ours are counted above
    main(*sys.argv[1:])

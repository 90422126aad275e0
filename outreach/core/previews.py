"""Pictures of uploaded evidence: an image made smaller, the first pages of a PDF.

Nothing of the file itself reaches the browser.
"""

import base64
import io
from pathlib import Path
from threading import Lock

import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

#: pages shown of a PDF, pixels of the longer side, and the most pixels that are decoded
PAGES, LONGEST, MOST_PIXELS = 3, 1400, 60_000_000
# PDFium may be used by one thread at a time
_pdfium = Lock()


def pictures(path: Path, media_type: str) -> list[str]:
    """``data:`` addresses of JPEG pictures; none where the file is missing or cannot be read."""
    try:
        made = _pages(path) if media_type == "application/pdf" else [_image(path)]
    except (OSError, ValueError, UnidentifiedImageError, Image.DecompressionBombError, pypdfium2.PdfiumError):
        return []
    return [_address(picture) for picture in made]


def _image(path: Path) -> Image.Image:
    with Image.open(path) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        opened.draft("RGB", (LONGEST, LONGEST))
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    picture.thumbnail((LONGEST, LONGEST))
    return picture


def _pages(path: Path) -> list[Image.Image]:
    with _pdfium:
        document = pypdfium2.PdfDocument(path)
        try:
            return [_page(document[place]) for place in range(min(len(document), PAGES))]
        finally:
            document.close()


def _page(page: pypdfium2.PdfPage) -> Image.Image:
    scale = min(LONGEST / max(page.get_width(), page.get_height(), 1), 3.0)
    return page.render(scale=scale).to_pil().convert("RGB")


def _address(picture: Image.Image) -> str:
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=80, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(kept.getvalue()).decode()

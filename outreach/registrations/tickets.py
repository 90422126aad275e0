"""The ticket: a short opaque code in an address that any scanner opens, drawn as QR."""

import io
import re

import qrcode
from qrcode.constants import ERROR_CORRECT_M

#: as ``core.tokens.code`` makes them
CODE = re.compile(r"[A-Z2-7]{26}")


def address(public_url: str, code: str) -> str:
    """What the QR says: ``HTTPS://HOST/T/CODE``, upper case for the small QR mode where the host allows it."""
    return f"{public_url}/t/{code}".upper()


def code_in(scanned: str) -> str | None:
    """The code in whatever a scanner, a gun or a keyboard brings: the address or the bare code, in any case."""
    tail = scanned.strip().rsplit("/", 1)[-1].split("?", 1)[0].upper()
    return tail if CODE.fullmatch(tail) else None


def _drawn(text: str) -> qrcode.QRCode:
    drawing = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=10, border=4)
    drawing.add_data(text)
    drawing.make(fit=True)
    return drawing


def png(text: str) -> bytes:
    """The QR as a picture that a long press saves."""
    target = io.BytesIO()
    _drawn(text).make_image(fill_color="black", back_color="white").save(target)
    return target.getvalue()

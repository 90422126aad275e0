"""The ticket: an opaque code in an address that any scanner opens,
signed so that a gate without network knows it is ours.

The QR says ``HTTPS://HOST/T/`` and base 32 of a body and its Ed25519 signature. The body is the 16 bytes of
the code, for guest types with a moving code followed by the second it was made (4 bytes, big endian). No
name, no address: correcting a name kills no ticket. It opens the door and nothing else: the guest's own page
has a key of its own (``links.page_link``). ``static/src/door/ticket.js`` reads the same;
``tests/vectors/tickets.json`` is run by both.
"""

import base64
import binascii
import hashlib
import io
import re
import secrets
import unicodedata
from dataclasses import dataclass

import qrcode
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from qrcode.constants import ERROR_CORRECT_M

#: as ``core.tokens.code`` makes them
CODE = re.compile(r"[A-Z2-7]{26}")
#: a bare code, a signed one, a signed one that moves
_WHOLE = re.compile(r"[A-Z2-7]{26}|[A-Z2-7]{128}|[A-Z2-7]{135}")
#: longer text is no ticket
_LONGEST = 1000
#: blanks, line breaks, controls, and marks without width
_UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}
#: what a key for ``/`` types
_SLASH = "/\\、"
_SLASHES = re.compile(r"[/\\、]")
#: where the query or the fragment begins
_BEHIND = re.compile(r"[?#]")
_SAID_BEFORE = b"yangui-ticket-1"  # a signature of ours means nothing anywhere else
_CODE_BYTES, _SIGNATURE_BYTES = 16, 64


@dataclass(frozen=True)
class Scanned:
    """What a scan brought: the code; when a moving one was made (seconds since 1970);
    body and signature, empty for a bare code.
    """

    code: str
    made_at: int | None = None
    body: bytes = b""
    signature: bytes = b""


def new_seed() -> bytes:
    """The secret half of an event's key pair (32 bytes)."""
    return secrets.token_bytes(32)


def public_key(seed: bytes) -> bytes:
    """The half that gates carry (32 bytes)."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b32decode(text + "=" * (-len(text) % 8))


def signed(code: str, seed: bytes, *, made_at: int | None = None) -> str:
    """The code with its signature: 128 signs of base 32, or 135 with the second it was ``made_at``."""
    body = _bytes(code) + (b"" if made_at is None else made_at.to_bytes(4))
    return _base32(body + Ed25519PrivateKey.from_private_bytes(seed).sign(_SAID_BEFORE + body))


def address(public_url: str, code: str, seed: bytes, *, made_at: int | None = None) -> str:
    """What the QR says, upper case for the small QR mode where the host allows it;
    at most 180 signs for hosts of up to 33.
    """
    return f"{public_url}/t/{signed(code, seed, made_at=made_at)}".upper()


def _tail(scanned: str) -> str:
    """The last part of an address as a scan gun types it, also under a Chinese input method: full width or
    ``、`` for ``/``, blanks, line breaks and invisible marks within, a query, a fragment or ``/`` behind it.
    """
    if len(scanned) > _LONGEST:
        return ""
    text = unicodedata.normalize("NFKC", scanned)
    text = "".join(sign for sign in text if unicodedata.category(sign) not in _UNSEEN)
    address = _BEHIND.split(text, maxsplit=1)[0]
    return _SLASHES.split(address.rstrip(_SLASH))[-1].upper()


def read(scanned: str) -> Scanned | None:
    """Whatever a scanner, a gun or a keyboard brings: an address or what stands at its end, in any case.

    None: not a ticket.
    """
    tail = _tail(scanned)
    if not _WHOLE.fullmatch(tail):
        return None
    try:
        raw = _bytes(tail)
    except binascii.Error:
        return None
    if len(raw) == _CODE_BYTES:
        return Scanned(_base32(raw))
    body, signature = raw[:-_SIGNATURE_BYTES], raw[-_SIGNATURE_BYTES:]
    moving = body[_CODE_BYTES:]
    return Scanned(_base32(body[:_CODE_BYTES]), int.from_bytes(moving) if moving else None, body, signature)


def genuine(ticket: Scanned, key: bytes) -> bool:
    """Whether the event with this public ``key`` signed it; a bare code is signed by nobody."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(ticket.signature, _SAID_BEFORE + ticket.body)
    except InvalidSignature:
        return False
    return True


def code_in(scanned: str) -> str | None:
    """The code alone, signed or not."""
    ticket = read(scanned)
    return ticket.code if ticket else None


def row_key(code: str) -> bytes:
    """The AES key (16 bytes) of the guest's row on a gate:
    only who holds the ticket, or the house, can make it.
    """
    return hashlib.sha256(b"yangui-door-row" + _bytes(code)).digest()[:16]


#: a ticket is a random text: any mask breaks it up, and trying all eight takes three quarters of the drawing
MASK = 3


def _drawn(text: str) -> qrcode.QRCode:
    drawing = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=10, border=4, mask_pattern=MASK)
    drawing.add_data(text)
    drawing.make(fit=True)
    return drawing


def png(text: str) -> bytes:
    """The QR as a picture that a long press saves."""
    target = io.BytesIO()
    _drawn(text).make_image(fill_color="black", back_color="white").save(target)
    return target.getvalue()

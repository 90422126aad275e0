"""Keys that open something without an account. ``fresh`` ones are handed out once and kept only as a hash; a ``code`` is printed again."""

import base64
import hashlib
import secrets


def fresh() -> str:
    """A new key, safe in an address."""
    return secrets.token_urlsafe(24)


def code() -> str:
    """128 random bits in 26 signs of base 32, upper case and digits: scan guns and Chinese input methods keep them whole."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=")


def digest(token: str) -> str:
    """What is kept of a key (SHA-256, 64 hexadecimal digits)."""
    return hashlib.sha256(token.encode()).hexdigest()

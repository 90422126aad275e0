"""Keys that open something without an account.

``fresh`` ones are handed out once and kept only as a hash; a ``code`` is printed again.
"""

import base64
import hashlib
import secrets


def fresh() -> str:
    """A new key, safe in an address."""
    return secrets.token_urlsafe(24)


def code() -> str:
    """128 random bits in 26 signs of base 32, upper case and digits:
    scan guns and Chinese input methods keep them whole.
    """
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=")


def alias(code: str) -> str:
    """How somebody knows a ``code`` again without keeping it:
    16 signs, the same each time, from which nobody finds the code.
    """
    raw = base64.b32decode(code + "=" * (-len(code) % 8))
    return base64.b32encode(hashlib.sha256(b"yangui-alias" + raw).digest()[:10]).decode()


def digest(token: str) -> str:
    """What is kept of a key (SHA-256, 64 hexadecimal digits)."""
    return hashlib.sha256(token.encode()).hexdigest()

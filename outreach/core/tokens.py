"""Keys that open something without an account: random, handed out once, kept only as a hash."""

import hashlib
import secrets


def fresh() -> str:
    """A new key, safe in an address."""
    return secrets.token_urlsafe(24)


def digest(token: str) -> str:
    """What is kept of a key (SHA-256, 64 hexadecimal digits)."""
    return hashlib.sha256(token.encode()).hexdigest()

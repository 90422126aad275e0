"""Passwords: argon2 hashes, and what a new one must be (GB/T 22239: 8 characters, 3 of 4 kinds, no well-known one)."""

import re
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from outreach.core.i18n import _

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's second recommendation
_NOBODY = _hasher.hash(secrets.token_hex(8))
_KNOWN = (
    "password",
    "12345678",
    "qwerty",
    "admin123",
    "yangui",
    "puyang",
    "abc12345",
    "iloveyou",
    "88888888",
    "letmein",
)


def hashed(password: str) -> str:
    """The argon2id hash."""
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether ``password`` is the one. With no stored hash it takes as long and is False."""
    try:
        return _hasher.verify(stored or _NOBODY, password) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def weakness(password: str, login: str) -> str | None:
    """Why ``password`` is refused, or None."""
    if len(password) < 8:
        return _("At least 8 characters.")
    kinds = sum(bool(re.search(kind, password)) for kind in (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z0-9]"))
    if kinds < 3:
        return _("Use at least three of: small letters, capitals, digits, other signs.")
    lowered = password.lower()
    if login.lower() in lowered or any(known in lowered for known in _KNOWN):
        return _("This password is too easy to guess.")
    return None


def suggested() -> str:
    """A first password to hand over: 12 letters and digits, none easily confused, of all kinds."""
    alphabet = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    while True:
        word = "".join(secrets.choice(alphabet) for _place in range(12)) + "-"
        if weakness(word, "?") is None:
            return word

"""Passwords: argon2 hashes, and what a new one must be (GB/T 22239:
8 characters, 3 of 4 kinds, no easily guessed one).
"""

import re
import secrets
from importlib import import_module

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from outreach.core.i18n import _

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's second recommendation
_NOBODY = _hasher.hash(secrets.token_hex(8))
#: words that everybody here tries first, beside those that ``zxcvbn`` knows
_LOCAL = (
    "yangui",
    "puyang",
    "henan",
    "qingfeng",
    "nanle",
    "fanxian",
    "taiqian",
    "hualong",
    "zhongguo",
    "laoxiang",
    "jiaxiang",
    "huixiang",
    "shangwu",
    "zhaoshang",
    "woaini",
    "admin",
    "wang",
    "zhang",
    "zhao",
    "chen",
    "yang",
    "huang",
)
#: of 0 to 4; three is out of reach of whoever may try a thousand times a second
_GOOD_SCORE = 3
#: of a longer one the beginning is judged; the time it takes grows with the length
_JUDGED = 72


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
    if _is_guessed(password, login):
        return _("This password is too easy to guess. Several words that do not belong together are good.")
    return None


def _is_guessed(password: str, login: str) -> bool:
    """Whether it holds the sign-in name, or is made of known words, names, dates, rows of keys."""
    judge = import_module(
        "zxcvbn"
    ).zxcvbn  # its lists of words take 15 MB, which only who chooses a password needs
    found = judge(password[:_JUDGED], user_inputs=[login, *_LOCAL])
    return login.lower() in password.lower() or found["score"] < _GOOD_SCORE


def suggested() -> str:
    """A first password to hand over: 12 letters and digits, none easily confused, of all kinds."""
    alphabet = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    while True:
        word = "".join(secrets.choice(alphabet) for _place in range(12)) + "-"
        if weakness(word, "?") is None:
            return word

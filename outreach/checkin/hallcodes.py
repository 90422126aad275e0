"""The code shown in the hall: four digits that change each minute, so that nobody checks in from home."""

import hashlib
import hmac

#: a code is good for the minute it stands on the screen and two more
MINUTES = 3


def _code(seed: bytes, minute: int) -> str:
    number = int.from_bytes(hmac.digest(seed, b"hall" + minute.to_bytes(8), hashlib.sha256)[:8])
    return f"{number % 10_000:04d}"


def current(seed: bytes, seconds: float) -> str:
    """What stands on the screen at ``seconds`` since 1970."""
    return _code(seed, int(seconds // 60))


def is_good(seed: bytes, seconds: float, typed: str) -> bool:
    """Whether ``typed`` stands there now or stood there in the last minutes."""
    minute = int(seconds // 60)
    return any(
        hmac.compare_digest(_code(seed, minute - back).encode(), typed.encode()) for back in range(MINUTES)
    )

"""Chinese phone numbers: read, never repaired (domain cases M2)."""

import re
import unicodedata

MOBILE = re.compile(r"1[3-9][0-9]{9}")
LANDLINE = re.compile(r"0[0-9]{2,3}-?[0-9]{7,8}")
_LOST = re.compile(r"^\d(\.\d+)?[eE]\+?\d+$")


def fold(text: str) -> str:
    """Full-width letters and digits as their ordinary forms (NFKC), outer blanks gone."""
    return unicodedata.normalize("NFKC", text).strip()


def mobile(text: str) -> str | None:
    """The 11 digits of one mobile number as people type it, or None.

    Takes blanks, hyphens, full-width digits, a leading ``+86``, ``86``, ``0086`` or ``0``. ``1.54E+10`` is None:
    Excel dropped its digits, and what would come back is somebody else's number.
    """
    folded = fold(text)
    if _LOST.match(folded):
        return None
    digits = re.sub(r"[\s\-–—.·()]", "", folded).lstrip("+")
    for prefix in ("0086", "86", "0"):
        if digits.startswith(prefix) and len(digits) == 11 + len(prefix):
            digits = digits[len(prefix) :]
            break
    return digits if MOBILE.fullmatch(digits) else None


def lost_digits(text: str) -> bool:
    """True when a spreadsheet wrote the number in scientific notation and so lost its digits."""
    return bool(_LOST.match(fold(text)))

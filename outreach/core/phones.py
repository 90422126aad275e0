"""Telephone numbers: what people type becomes one typed value. Numbers are read, never repaired.

Stored is E.164 (``+8615400085010``); an extension stands behind it as in RFC 3966
(``+8637162345678;ext=801``). Shown are mainland numbers as the country writes them (``15400085010``,
``0393-4412345``, ``0371-62345678转801``) and all others with their prefix in groups (``+852 9123 4567``). The
shown form is the value in Python; ``core.db.Phone`` turns it into the stored one.

Mainland mobiles are taken by their pattern, for the metadata of ``phonenumbers`` know only ranges that are in
use. Other countries' numbers are taken when their length is possible, because new ranges come faster than
metadata.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import chain

import phonenumbers

MOBILE = re.compile(r"1[3-9][0-9]{9}")
#: a mainland landline without its trunk 0: area codes 10, 2x (two figures) or 3xx to 9xx, then seven or eight
#: figures
_LANDLINE = re.compile(r"(10|2[0-9]|[3-9][0-9]{2})([0-9]{7,8})")
_LOST = re.compile(r"^\d(\.\d+)?[eE]\+?\d+$")
#: control characters, marks of direction and of no width
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]"
)
_EXTENSION = re.compile(r"(?:转|轉|分机号?|分機號?|;?ext[.=]?|x|#)[:\s]*([0-9]{1,8})$", re.IGNORECASE)
_HYPHEN_EXTENSION = re.compile(r"(0[0-9]{2,3}[\s-]?[0-9]{7,8})-([0-9]{1,6})")
_SEPARATORS = re.compile(r"[\s\-–—‐‑.·()\[\]]")
#: 1-415-555-2671 is written as in North America: without its + it is nobody's number here
_NORTH_AMERICAN = re.compile(r"1[\s.-]*\(?[2-9][0-9]{2}[\s).-]+[0-9]{3}[\s.-]+[0-9]{4}")
_NORTH_AMERICA = re.compile(r"[2-9][0-9]{2}[2-9][0-9]{6}")


class Kind(StrEnum):
    """What a number is."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    ABROAD = "abroad"
    ABROAD_LANDLINE = "abroad_landline"


@dataclass(frozen=True, slots=True)
class Number:
    """One number.

    ``prefix`` and ``national`` are what people write before and after the calling or area code.
    """

    e164: str
    kind: Kind
    prefix: str
    national: str
    extension: str = ""

    @property
    def stored(self) -> str:
        """E.164, with ``;ext=`` where there is an extension."""
        return f"{self.e164};ext={self.extension}" if self.extension else self.e164

    @property
    def shown(self) -> str:
        """As people write it."""
        if self.kind is Kind.MOBILE:
            return self.national
        if self.kind is Kind.LANDLINE:
            return f"{self.prefix}-{self.national}" + (f"转{self.extension}" if self.extension else "")
        return f"{self.prefix} {self.national}" + (f" ext. {self.extension}" if self.extension else "")

    @property
    def masked(self) -> str:
        """138****1234, 0393-***5602, +852 ****4567: the last four figures and where the number belongs;
        never the extension.
        """
        if self.kind is Kind.MOBILE:
            return f"{self.national[:3]}****{self.national[-4:]}"
        digits = figures(self.national)
        between = "-" if self.kind is Kind.LANDLINE else " "
        return f"{self.prefix}{between}{'*' * max(len(digits) - 4, 0)}{digits[-4:]}"


def fold(text: str) -> str:
    """Full-width letters and digits as their ordinary forms (NFKC),
    outer blanks and characters that nobody sees gone.
    """
    return UNSEEN.sub("", unicodedata.normalize("NFKC", text)).strip()


def figures(text: str) -> str:
    """The ASCII digits of a text."""
    return re.sub(r"[^0-9]", "", text)


def lost_digits(text: str) -> bool:
    """True when a spreadsheet wrote the number in scientific notation and so lost its digits."""
    return len(text) <= _LONGEST_TYPED and bool(_LOST.match(fold(text)))


def read(text: str) -> Number | None:
    """The number of a text, or None.

    Mainland numbers come with ``+86``, ``0086``, ``86`` or no prefix, mobiles also with a ``0``; every other
    country's number comes with ``+`` or ``00``. ``1.54E+10`` is None: what would come back is somebody else's
    number.
    """
    if MOBILE.fullmatch(text):  # nine in ten
        return _mobile(text)
    if len(text) > _LONGEST_TYPED:
        return None
    folded = fold(text)
    if len(folded) > _LONGEST or _LOST.match(folded) or _NORTH_AMERICAN.fullmatch(folded):
        return None
    plain, extension = _without_extension(folded.lower().removeprefix("tel:").strip())
    digits = _SEPARATORS.sub("", plain.replace("(0)", ""))
    if digits.startswith(("+", "00")) and (digits.lstrip("+")).isdigit():
        return _international(digits.removeprefix("+") if digits[0] == "+" else digits[2:], extension)
    return _mainland(digits, extension) if digits.isdigit() else None


_LONGEST = 40
#: the same with signs that nobody sees; longer text is not even folded, which would take long
_LONGEST_TYPED = 200


def mobile(text: str) -> str | None:
    """A number that takes messages, as it is shown: a mainland mobile, or any number of another country.

    Else None.
    """
    number = read(text)
    return None if number is None or number.kind is Kind.LANDLINE or number.extension else number.shown


def _without_extension(text: str) -> tuple[str, str]:
    match = _HYPHEN_EXTENSION.fullmatch(text)
    if match:
        return match[1], match[2]
    match = _EXTENSION.search(text)
    return (text[: match.start()].strip(" ,;("), match[1]) if match else (text, "")


def _mobile(national: str) -> Number:
    return Number(f"+86{national}", Kind.MOBILE, "", national)


def _mainland(digits: str, extension: str) -> Number | None:
    """``digits`` without + or 00."""
    if MOBILE.fullmatch(digits):
        return None if extension else _mobile(digits)
    if digits.startswith("0"):
        return _national(digits[1:], extension)
    return _national(digits[2:].removeprefix("0"), extension) if digits.startswith("86") else None


def _national(digits: str, extension: str) -> Number | None:
    """``digits`` without country code and without the trunk 0."""
    if MOBILE.fullmatch(digits):
        return None if extension else _mobile(digits)
    match = _LANDLINE.fullmatch(digits)
    return match and Number(f"+86{digits}", Kind.LANDLINE, f"0{match[1]}", match[2], extension)


def _international(digits: str, extension: str) -> Number | None:
    """``digits`` with their country code."""
    if digits.startswith("86"):
        return _national(digits[2:].removeprefix("0"), extension)
    found = _abroad(digits)
    return found and Number(found.e164, found.kind, found.prefix, found.national, extension)


@lru_cache
def lengths() -> dict[int, list[int]]:
    """Calling code of every country but China -> lengths that its landlines and mobiles have,
    without the code.

    ``static/src/door/calling-codes.json`` holds the same for gates without network.
    """
    found = {}
    for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
        region = phonenumbers.region_code_for_country_code(code)
        data = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, region)
        kinds = (
            kind.possible_length or data.general_desc.possible_length
            for kind in (data.fixed_line, data.mobile)
            if kind
        )
        if code != 86 and (sizes := {size for size in chain.from_iterable(kinds) if size > 0}):
            found[code] = sorted(sizes)
    return found


@lru_cache(maxsize=4096)
def _abroad(digits: str) -> Number | None:
    try:
        parsed = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return None
    if len(phonenumbers.national_significant_number(parsed)) not in lengths().get(parsed.country_code, ()):
        return None
    if parsed.country_code == 1 and not _NORTH_AMERICA.fullmatch(str(parsed.national_number)):
        return None
    fixed = phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.FIXED_LINE
    grouped = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    prefix, _blank, national = grouped.partition(" ")
    return Number(
        phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164),
        Kind.ABROAD_LANDLINE if fixed else Kind.ABROAD,
        prefix,
        re.sub(r"[^0-9]+", " ", national).strip(),
    )


def stored(text: str) -> str:
    """The stored form of a number; what is none stays as it is (rows from before this rule)."""
    number = read(text)
    return text if number is None else number.stored


def shown(text: str) -> str:
    """The form that people read of a stored number; what is none stays as it is."""
    if len(text) == 14 and text.startswith("+861") and MOBILE.fullmatch(text[3:]):
        return text[3:]
    number = read(text)
    return text if number is None else number.shown


def tail(text: str) -> str:
    """The last four figures, without an extension; what a list shows and a door asks for."""
    number = read(text)
    return figures(text if number is None else number.e164)[-4:]


def masked(text: str) -> str:
    """As :attr:`Number.masked`; of what is no number only the last four characters stay."""
    number = read(text)
    return "*" * max(len(text) - 4, 0) + text[-4:] if number is None else number.masked


def is_mainland(text: str) -> bool:
    """Whether a carrier of mainland China serves the number."""
    number = read(text)
    return number is not None and number.kind in (Kind.MOBILE, Kind.LANDLINE)


def whole_numbers(typed: str) -> list[str]:
    """The stored forms that a search for a whole number means; digits without a prefix may be any country's.

    Empty: no number.
    """
    number = read(typed)
    if number:
        return [number.stored]
    if len(typed) > _LONGEST_TYPED:
        return []
    digits = figures(fold(typed))
    if len(digits) < 7 or _SEPARATORS.sub("", fold(typed)) != digits:
        return []
    found = {_international(digits, "")} | {
        _international(f"{code}{digits}", "") for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    }
    return sorted(number.stored for number in found if number)

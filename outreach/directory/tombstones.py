"""Marks by which an erased person is recognised when a sheet or a clerk brings them back.

A mark is a name together with one thing more: a number, a village, a company. A name alone is nobody's mark.
Kept is only its digest (``core.erasing.digest``).
"""

from collections.abc import Iterable

from outreach.core import phones
from outreach.directory import names


def marks(
    name: str,
    numbers: Iterable[str],
    *,
    home_code: str = "",
    village: str = "",
    companies: Iterable[str] = (),
) -> set[str]:
    """What a card or a row of a sheet is recognised by."""
    key = names.key(name)
    found = {f"{key}|number|{phones.stored(number)}" for number in numbers if number}
    if village:
        found.add(f"{key}|village|{home_code or ''}|{village}")
    found |= {f"{key}|company|{names.organisation_key(body)}" for body in companies if body}
    return found if key else set()


def of_row(card: dict) -> set[str]:
    """The marks of what a row of a roster means (``BatchRow.card``)."""
    return marks(
        card.get("name", ""),
        (*card.get("mobiles", ()), *card.get("landlines", ())),
        home_code=card.get("home_code") or "",
        village=card.get("home_village") or "",
        companies=[body for body, _title in card.get("posts", ())],
    )

"""一项目一身份: is this signature one we have already?

Explainable points, proposed to a person, never decided here.
"""

from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher

from outreach.directory import names

#: from so many points on the person who signs is asked
ASKED_FROM = 3
_NOISE = ("项目", "建设", "投资", "协议", "合同", "意向书", "框架", "（", "）", "(", ")")


@dataclass(frozen=True)
class Signing:
    """What is compared. ``code``: unified social credit code of the investor, empty when unknown."""

    company: str
    title: str
    code: str = ""
    amount_wan: Decimal | None = None
    person_id: int | None = None


def _plain(title: str) -> str:
    for word in _NOISE:
        title = title.replace(word, "")
    return names.organisation_key(title)


def reasons(one: Signing, two: Signing) -> list[tuple[str, int]]:
    """(reason, points) of everything the two have in common: code, company, title, amount, person."""
    found = []
    if one.code and one.code == two.code:
        found.append(("code", 4))
    if names.organisation_key(one.company) == names.organisation_key(two.company):
        found.append(("company", 2))
    first, second = _plain(one.title), _plain(two.title)
    if first and second:
        likeness = SequenceMatcher(None, first, second).ratio()
        if likeness >= 0.55:
            found.append(("title", 2 if likeness >= 0.8 else 1))
    if (
        one.amount_wan
        and two.amount_wan
        and abs(one.amount_wan - two.amount_wan) <= max(one.amount_wan, two.amount_wan) * Decimal("0.05")
    ):
        found.append(("amount", 1))
    if one.person_id and one.person_id == two.person_id:
        found.append(("person", 1))
    return found

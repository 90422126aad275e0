"""Are two cards the same person?

Weighed reasons that a clerk can read, over pairs that share something (blocks). The weights add up and order
the review. A pair is *certain* only when number and name agree. It is *probable* from ``PROBABLE`` points on,
and always when a number, or name and township, or name and company agree: what speaks against it (another
year of birth) is shown, but a clerk decides.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

#: reason -> points. Two true facts make a pair probable, one alone only when it is a number.
WEIGHTS = {
    "phone": 50,
    "wechat": 40,
    "name": 40,
    "pinyin": 25,
    "company": 25,
    "birth": 20,
    "town": 15,
    "village": 10,
    "birth_differs": -30,
    "gender_differs": -20,
}
PROBABLE = 50
#: a block larger than this says nothing (a switchboard's number, a placeholder): not paired through it
LARGEST_BLOCK = 60


class Face(NamedTuple):
    """What of a card is compared. ``companies`` are keys of organisations, not chambers."""

    id: int
    name: str  # names.key
    pinyin: str
    numbers: frozenset[str]
    companies: frozenset
    town: str = ""
    village: str = ""
    birth: str = ""
    gender: str = ""
    wechat: str = ""


class Judged(NamedTuple):
    """A pair (``low`` < ``high``), its points and the reasons for them."""

    low: int
    high: int
    points: int
    reasons: tuple[str, ...]

    @property
    def certain(self) -> bool:
        """Whether it may be joined without a person's word."""
        return "phone" in self.reasons and "name" in self.reasons and "gender_differs" not in self.reasons

    @property
    def probable(self) -> bool:
        """Whether a clerk should look."""
        held = set(self.reasons)
        return (
            self.points >= PROBABLE
            or "phone" in held
            or {"name", "town"} <= held
            or {"name", "company"} <= held
        )


def judge(one: Face, other: Face) -> Judged:
    """Weigh two cards."""
    reasons = [name for name, holds in _facts(one, other) if holds]
    points = sum(WEIGHTS[name] for name in reasons)
    return Judged(min(one.id, other.id), max(one.id, other.id), points, tuple(reasons))


def _facts(one: Face, other: Face) -> Iterator[tuple[str, bool]]:
    yield "phone", bool(one.numbers & other.numbers)
    yield "wechat", bool(one.wechat) and one.wechat == other.wechat
    yield "name", one.name == other.name
    yield "pinyin", one.name != other.name and one.pinyin == other.pinyin
    yield "company", bool(one.companies & other.companies)
    yield "town", bool(one.town) and one.town == other.town
    yield "village", bool(one.village) and one.village == other.village and one.town == other.town
    same, differs = _births(one.birth, other.birth)
    yield "birth", same
    yield "birth_differs", differs
    yield "gender_differs", bool(one.gender and other.gender) and one.gender != other.gender


def _births(one: str, other: str) -> tuple[bool, bool]:
    """(same, differs).

    A year against a month of that year is neither; one year apart may be a nominal age (虚岁).
    """
    if not one or not other:
        return False, False
    if len(one) == len(other) == 7:
        return one == other, abs(int(one[:4]) - int(other[:4])) > 1
    return False, abs(int(one[:4]) - int(other[:4])) > 1


def _blocks(face: Face) -> Iterator[tuple]:
    for number in face.numbers:
        yield "phone", number
    if face.wechat:
        yield "wechat", face.wechat
    for company in face.companies:
        yield "company", company, face.pinyin
    if face.town:
        yield "town", face.town, face.name
    if face.birth:
        yield "birth", face.birth, face.name


def pairs(faces: Iterable[Face], fresh: set[int] | None = None) -> list[Judged]:
    """Every certain or probable pair, strongest first;
    with ``fresh`` only those one of whose cards is in it.
    """
    blocks: dict[tuple, list[Face]] = defaultdict(list)
    for face in faces:
        for block in _blocks(face):
            blocks[block].append(face)
    found: dict[tuple[int, int], Judged] = {}
    for members in blocks.values():
        if not 1 < len(members) <= LARGEST_BLOCK:
            continue
        for place, one in enumerate(members):
            for other in members[place + 1 :]:
                key = (min(one.id, other.id), max(one.id, other.id))
                if (
                    key in found
                    or one.id == other.id
                    or (fresh is not None and one.id not in fresh and other.id not in fresh)
                ):
                    continue
                found[key] = judge(one, other)
    return sorted(
        (pair for pair in found.values() if pair.probable), key=lambda pair: (-pair.points, pair[:2])
    )

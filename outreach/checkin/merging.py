"""What all scans together say: who is inside, and which entries happened twice.

The result is the same whatever the order, the repetition or the portions in which scans arrive (proved by
properties in ``tests/checkin/test_merging.py``). ``static/src/door/merge.js`` says the same;
``tests/vectors/door.json`` is run by both.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fact:
    """One scan that let somebody in (``admitted``), out (``left``), or took an admission back (``undone``,
    of the scan ``undoes``).

    ``scope`` is what counts together: a gate's purpose, with the day where it counts daily. ``at``:
    milliseconds since 1970.
    """

    key: str
    guest: str
    scope: str
    kind: str
    at: int
    undoes: str = ""


@dataclass
class Merged:
    """``entries``: (guest, scope) -> key of the first admission that stands; ``inside``: the same of who has
    not left again; ``doubles``: (standing entry, second entry) of admissions with no way out between them, in
    the order they happened.
    """

    entries: dict[tuple[str, str], str] = field(default_factory=dict)
    inside: dict[tuple[str, str], str] = field(default_factory=dict)
    doubles: list[tuple[str, str]] = field(default_factory=list)


def merge(facts) -> Merged:
    """The state that ``facts`` make."""
    known = {fact.key: fact for fact in facts}
    undone = {fact.undoes for fact in known.values() if fact.kind == "undone"}
    merged = Merged()
    for fact in sorted(known.values(), key=lambda fact: (fact.at, fact.key)):
        place = fact.guest, fact.scope
        if fact.kind == "left":
            merged.inside.pop(place, None)
        elif fact.kind == "admitted" and fact.key not in undone:
            if place in merged.inside:
                merged.doubles.append((merged.inside[place], fact.key))
            else:
                merged.inside[place] = fact.key
                merged.entries.setdefault(place, fact.key)
    return merged

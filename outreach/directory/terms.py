"""What somebody is found by, and how a typed word becomes ranges over it.

A term is an ending; a search is a range scan ``term >= q AND term < q+1``. That finds any part of a name on
SQLite and PostgreSQL with the same query and no extension (trigram indexes find nothing for one or two
Chinese characters).
"""

import re
from functools import lru_cache

from outreach.core import phones
from outreach.core.phones import Kind, fold
from outreach.directory import names

LONGEST = 64
_ABROAD = (Kind.ABROAD, Kind.ABROAD_LANDLINE)
TAIL = 4  # as the list shows; a longer tail would let one guess a masked number digit by digit


def of_name(name: str) -> set[str]:
    """Endings of the name, of its pinyin by syllable, of its initials."""
    plain = names.key(name)
    found = {plain[start:][:LONGEST] for start in range(len(plain))}
    for syllables in names.readings(name):
        initials = "".join(syllable[:1] for syllable in syllables)
        for start in range(len(syllables)):
            found.add("".join(syllables[start:])[:LONGEST])
            if len(initials) - start > 1:
                found.add(initials[start:][:LONGEST])
    return found


def of_number(number: str) -> set[str]:
    """A phone number forwards and, after ``~``, backwards: any tail is then a range. Without its extension;
    of another country's also without the prefix.
    """
    read = phones.read(number)
    if read is None:
        digits = phones.figures(number)
        return {digits, "~" + digits[::-1]}
    digits = phones.figures(read.prefix + read.national)
    return {digits, "~" + digits[::-1]} | ({phones.figures(read.national)} if read.kind in _ABROAD else set())


def of_person(name: str, numbers) -> set[str]:
    """All terms of one person.

    A WeChat id is none: lists mask it, and who finds its beginning finds the next letter.
    """
    found = of_name(name)
    for number in numbers:
        found |= of_number(number)
    found.discard("")
    return found


def of_organisation(name: str) -> set[str]:
    """Every ending of the name with at least two characters."""
    plain = names.organisation_key(name)
    return {plain[start : start + LONGEST] for start in range(max(1, len(plain) - 1))}


def _typed(word: str) -> str:
    """What of a typed word is looked for; never the sign under which numbers stand backwards,
    digit by digit a way to a masked one.
    """
    return names.key(fold(word)).replace("~", "")[:LONGEST]


def ranges(word: str) -> list[tuple[str, str]]:
    """``[from, to)`` for one typed word: its beginning.

    Digits mean the last four of a number, or a number in full.
    """
    plain = _typed(word)
    if not plain:
        return []
    if plain.isdigit() and len(plain) == TAIL:
        plain = "~" + plain[::-1]
    elif plain.isdigit():
        return [(plain, plain + "\x01")]
    after = min(ord(plain[-1]) + 1, 0x10FFFF)
    return [(plain, plain[:-1] + chr(0xE000 if 0xD800 <= after <= 0xDFFF else after))]


def words(text: str) -> list[str]:
    """The words of a search box, five at most. Digits with blanks or hyphens in between are one number."""
    whole = phones.read(text)
    if whole:
        return [phones.figures(whole.prefix + whole.national)]
    text = re.sub(r"(?<=\d)[\s-]+(?=\d)", "", fold(text))
    return [word for word in re.split(r"[\s,，、;；]+", text) if _typed(word)][:5]


def matches(word: str, name: str, number: str, organisation: str) -> bool:
    """Whether one typed word finds a guest who has no terms in the database: by any part of the name, of its
    pinyin or its initials, by the last four digits of the number, or by a part of the organisation's name, in
    traditional or simplified characters.
    """
    plain = _typed(word)
    if plain.isdigit() and len(plain) == TAIL and phones.figures(number).endswith(plain):
        return True
    return names.organisation_key(word) in names.organisation_key(organisation) or any(
        term.startswith(plain) for term in _of_one_name(name)
    )


@lru_cache(maxsize=20_000)
def _of_one_name(name: str) -> frozenset[str]:
    return frozenset(of_name(name) - {""})

"""Who sits where: the order of the platform, blocks of the audience, tables.

Pure calculation over :class:`Guest`. Conventions: 主席台 centre before sides, left before right as the
platform itself sees it (domain notes 4.6).
"""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple


class Guest(NamedTuple):
    """What seating looks at.

    ``order``: place of the guest type; ``block``: what the audience is divided by; ``stroke``: 姓氏笔画.
    """

    id: int
    order: int
    block: str
    stroke: str
    companion_of: int | None = None


def platform_order(seats: int, even_rule: str = "A") -> list[int]:
    """The ranks from the audience's left to its right: 7 5 3 1 2 4 6;
    of six by rule A 5 3 1 2 4 6, by rule B its mirror.
    """
    odd = [rank for rank in range(seats, 0, -1) if rank % 2]
    ranks = odd + list(range(2, seats + 1, 2))
    return ranks[::-1] if seats % 2 == 0 and even_rule == "B" else ranks


def in_order(guests: Iterable[Guest]) -> list[Guest]:
    """By guest type, block and strokes; companions right behind whom they come with."""
    guests = list(guests)
    mine: dict[int, list[Guest]] = {}
    ids = {guest.id for guest in guests}
    for guest in guests:
        if guest.companion_of in ids:
            mine.setdefault(guest.companion_of, []).append(guest)
    heads = sorted(
        (guest for guest in guests if guest.companion_of not in ids),
        key=lambda guest: (guest.order, guest.block, guest.stroke, guest.id),
    )
    return [
        one for head in heads for one in (head, *sorted(mine.get(head.id, []), key=lambda guest: guest.id))
    ]


def on_platform(guests: list[Guest], seats: list[int], even_rule: str) -> dict[int, int]:
    """Seat number -> guest id for the ``seats`` of the platform (from the audience's left);
    ``guests`` stand in their rank.
    """
    ranks = platform_order(min(len(guests), len(seats)), even_rule)
    first = (len(seats) - len(ranks)) // 2  # fewer than seats: they sit in the middle
    return {seats[first + place]: guests[rank - 1].id for place, rank in enumerate(ranks)}


def in_rows(guests: list[Guest], rows: list[list[tuple[int, int]]]) -> dict[tuple[int, int], int]:
    """(row, number) -> guest id: from the front, each row from its middle outwards in the order given.

    Blocks follow each other.
    """
    free = [
        seat
        for row in rows
        for seat in sorted(
            row, key=lambda seat, row=row: (abs(row.index(seat) - (len(row) - 1) / 2), seat[1])
        )
    ]
    return {seat: guest.id for seat, guest in zip(free, guests, strict=False)}


def at_tables(guests: list[Guest], tables: list[list[tuple[int, int]]]) -> dict[tuple[int, int], int]:
    """(table, number) -> guest id.

    A party, and then a block, that fits a table whole is not divided between two.
    """
    taken: dict[tuple[int, int], int] = {}
    left = [list(table) for table in tables]
    for _block, members in groupby(guests, key=lambda guest: (guest.order, guest.block)):
        for party in _parties(list(members)):
            table = next((seats for seats in left if len(seats) >= len(party)), None)
            seats = table if table is not None else [seat for seats in left for seat in seats]
            for guest in party:
                if seats:
                    seat = seats.pop(0)
                    taken[seat] = guest.id
                    left = (
                        [[other for other in row if other != seat] for row in left] if table is None else left
                    )
    return taken


def _parties(block: list[Guest]) -> list[list[Guest]]:
    """A guest and who comes along."""
    parties: list[list[Guest]] = []
    for guest in block:
        if (
            guest.companion_of is not None
            and parties
            and any(other.id == guest.companion_of for other in parties[-1])
        ):
            parties[-1].append(guest)
        else:
            parties.append([guest])
    return parties

"""履约率, 开工率, 投产率, 达效率, 资金到位率: whole numbers and exact sums,
the quotient only when it is shown.

Three ways to divide, never mixed (domain 2.3). *Chain* (河南三个一批): each step by the one before; 履约 is a
company registered for the project.
*By signed* (四川西博会): every step by all signed. *Local* (玉林, 渭南): 履约 is everything not ended,
started and producing together by contracts. Money paid in is always divided by what the contracts name.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CHAIN, SIGNED, LOCAL = "chain", "signed", "local"
WAYS = (CHAIN, SIGNED, LOCAL)

#: way -> (rate, numerator, denominator), each a name in the counts of a cohort
FORMULAS: dict[str, tuple[tuple[str, str, str], ...]] = {
    CHAIN: (
        ("performed", "registered", "signed"),
        ("started", "construction", "registered"),
        ("producing", "production", "construction"),
        ("capacity", "capacity", "production"),
        ("funded", "paid_in_wan", "contracted_wan"),
    ),
    SIGNED: (
        ("performed", "registered", "signed"),
        ("started", "construction", "signed"),
        ("producing", "production", "signed"),
        ("capacity", "capacity", "signed"),
        ("funded", "paid_in_wan", "contracted_wan"),
    ),
    LOCAL: (
        ("performed", "alive", "signed"),
        ("started", "construction", "contract"),
        ("producing", "production", "contract"),
        ("funded", "paid_in_wan", "contracted_wan"),
    ),
}


@dataclass(frozen=True)
class Rate:
    """One rate: ``part`` of ``whole``, both counts or both 万元, and what they are."""

    name: str
    part: Decimal | int
    whole: Decimal | int
    part_is: str
    whole_is: str

    @property
    def percent(self) -> str:
        """With two decimals, half up; a dash when there is nothing to divide by."""
        if not self.whole:
            return "–"
        return f"{(Decimal(100) * self.part / self.whole).quantize(Decimal('0.01'), ROUND_HALF_UP)}%"


def rates(counts: dict[str, Decimal | int], way: str) -> list[Rate]:
    """The rates of a cohort.

    ``counts``: signed, alive, projects that reached each step, contracted_wan, paid_in_wan.
    """
    return [Rate(name, counts[part], counts[whole], part, whole) for name, part, whole in FORMULAS[way]]

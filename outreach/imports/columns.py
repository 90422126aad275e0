"""The report of a sheet's columns: each filled one is named, taken or not,
with how many cells it fills and examples.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from outreach.core import masking
from outreach.imports.cells import as_text
from outreach.imports.headings import Heading, Taken
from outreach.imports.rows import Line

_EXAMPLES = 3
_LONGEST = 40


@dataclass
class Tally:
    """Counts the filled cells of every column while the lines are read.

    ``mask``: field -> how its examples are shown.
    """

    heading: Heading
    mask: dict[str, Callable[[str], str]] = field(default_factory=dict)
    filled: list[int] = field(default_factory=list)
    examples: list[list[str]] = field(default_factory=list)

    def __post_init__(self):
        self.filled = [0] * len(self.heading.columns)
        self.examples = [[] for _column in self.heading.columns]

    def see(self, line: Line) -> None:
        """Count one line; its cells are already without ID numbers."""
        for index, cell in enumerate(line.raw[: len(self.filled)]):
            if cell is None:
                continue
            self.filled[index] += 1
            kept = self.examples[index]
            if len(kept) < _EXAMPLES and (text := as_text(cell)):
                name = self.heading.fields[index]
                kept.append(self.mask.get(name, str if name else unmapped)(text)[:_LONGEST])

    def shown(self) -> list[dict]:
        """For each column: heading, field ("" where it is not taken), why (:class:`Taken`), filled, examples.

        ``unit``: what a person said the unit of an amount is, "" where nobody has; ``asks_unit``: the sheet
        names none.
        """
        heading = self.heading
        given = heading.given or [""] * len(heading.columns)
        return [
            {
                "heading": head,
                "field": name,
                "why": str(why),
                "filled": self.filled[index],
                "examples": self.examples[index],
                "unit": given[index],
                "asks_unit": heading.asks_unit(index),
            }
            for index, (head, name, why) in enumerate(
                zip(heading.columns, heading.fields, heading.taken, strict=True)
            )
        ]

    def left_out(self) -> list[dict]:
        """The filled columns that nothing is taken from."""
        return [column for column in self.shown() if column["filled"] and not column["field"]]


def unmapped(text: str) -> str:
    """An example of a column nobody has named yet: what may be a number, an address or a name is masked."""
    if len(re.sub(r"\D", "", text)) >= 7:
        return masking.phone(text)
    if "@" in text or re.fullmatch(r"[A-Za-z][\w\-]{5,}", text):
        return masking.text(text)
    return masking.name(text) if re.fullmatch(r"[\u3400-\u9fff·]{2,4}", text) else text


__all__ = ["Taken", "Tally", "unmapped"]

"""What is kept of a person, as the person reads it: sections of entries."""

import re
from dataclasses import dataclass, field

Entry = list[tuple[str, str]]
#: a link to a ticket, an invitation or an own page
_KEY = re.compile(r"(/[a-z]/)[\w-]{8,}", re.ASCII)


@dataclass(frozen=True)
class Section:
    """Entries of one kind, each as (what it is, what it says)."""

    title: str
    entries: list[Entry] = field(default_factory=list)


def entry(*pairs: tuple[str, object]) -> Entry:
    """The pairs that say something, without what opens a guest's own pages:
    whoever answers a request may not act for the person.
    """
    return [(str(name), _KEY.sub(r"\1…", str(value))) for name, value in pairs if value not in (None, "")]

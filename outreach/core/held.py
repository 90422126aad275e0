"""What is kept of a person, as the person reads it: sections of entries."""

from dataclasses import dataclass, field

Entry = list[tuple[str, str]]


@dataclass(frozen=True)
class Section:
    """Entries of one kind, each as (what it is, what it says)."""

    title: str
    entries: list[Entry] = field(default_factory=list)


def entry(*pairs: tuple[str, object]) -> Entry:
    """The pairs that say something."""
    return [(str(name), str(value)) for name, value in pairs if value not in (None, "")]

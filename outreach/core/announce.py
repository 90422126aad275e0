"""How an earlier domain tells later ones, without knowing them.

An announcement is declared in a domain's ``announcements.py`` and heard in later domains' ``listeners.py``.
Listeners run in the order of the domains, in the same transaction.
"""

from collections.abc import Callable


class Announcement:
    """A named occasion. Call it to announce; decorate a listener with ``heard``."""

    def __init__(self, name: str):
        self.name = name
        self._listeners: list[Callable] = []

    def heard(self, listener: Callable) -> Callable:
        """Register ``listener``; registering the same one twice has no effect."""
        if listener not in self._listeners:
            self._listeners.append(listener)
        return listener

    def __call__(self, *args, **kwargs) -> list:
        """Tell everybody; the answers, in order."""
        return [listener(*args, **kwargs) for listener in self._listeners]

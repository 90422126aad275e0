"""A state is a column; what may follow what is a table."""

from typing import ClassVar

from outreach.core.i18n import _
from outreach.core.refusals import Refused


class Moves:
    """Mix-in for a model with a ``state`` column and ``MOVES``: state -> the states that may follow."""

    MOVES: ClassVar[dict[str, tuple[str, ...]]] = {}

    def may_move(self, state: str) -> bool:
        """Whether ``state`` may follow the present one."""
        return state in self.MOVES.get(self.state, ())

    def move(self, state: str) -> None:
        """Go to ``state`` or raise :class:`Refused`."""
        if not self.may_move(state):
            raise Refused(
                _("That is no longer possible: the state has changed in the meantime. Reload the page.")
            )
        self.state = state

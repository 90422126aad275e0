"""Whose turn it is to write on SQLite: across the threads and processes of this machine.

SQLite lets one transaction write at a time. Who finds it busy sleeps, longer each time, while the database
stands idle. Here the threads of a process queue at a lock, and the first of each process looks every half
millisecond whether the file beside the database is free; the kernel frees it when a process dies. It is only
politeness: BEGIN IMMEDIATE remains what keeps writers apart.
"""

import fcntl
import time
from functools import lru_cache
from threading import Lock

#: seconds, as long as SQLite itself waits; after that BEGIN IMMEDIATE says "database is locked" in its own
#: way
PATIENCE = 20


class Turn:
    """The queue of one database file in this process."""

    def __init__(self, database: str):
        self._file = open(f"{database}-turn", "ab")  # noqa: SIM115 - open as long as the process lives
        self._threads = Lock()

    def take(self) -> bool:
        """Wait until nobody else writes. False when patience ran out."""
        if not self._threads.acquire(timeout=PATIENCE):
            return False
        alarm = time.monotonic() + PATIENCE
        while not self._free():
            if time.monotonic() > alarm:
                self._threads.release()
                return False
        return True

    def _free(self) -> bool:
        """Try at once, then wait a moment: a process that waits in the kernel could not give up."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.0005)
            return False
        return True

    def give_back(self) -> None:
        """The next one may write."""
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._threads.release()


_turn_of = lru_cache(maxsize=8)(Turn)


def take_turn(database: str) -> Turn | None:
    """The turn to write to this file, to be given back; None when waiting took too long."""
    turn = _turn_of(database)
    return turn if turn.take() else None

"""A folder of the instance in which one command works at a time;
what a killed one left goes with the next.
"""

import fcntl
import shutil
from pathlib import Path

from outreach.core import files
from outreach.ops.recovery import Failed


class Workplace:
    """``with Workplace("restoring") as folder``: empty, private, gone afterwards.

    ``as_left``: it begins with what was left there. ``leave``: it stays, for the next one to clear away.
    """

    def __init__(self, name: str, *, as_left: bool = False):
        self.folder = files.folder().parent / name
        self._as_left = as_left
        self.leave = False

    def __enter__(self) -> Path:
        self.folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = open(f"{self.folder}.lock", "a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise Failed(f"the same command runs already (it holds {self._lock.name})") from None
        if not self._as_left:
            self.empty()
        return self.folder

    def empty(self) -> None:
        """Begin anew."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o700)

    def __exit__(self, *_how) -> None:
        if not self.leave:
            shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.close()

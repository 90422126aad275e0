"""Asking the child process that opens pictures and papers: few at once, each within limits."""

import fcntl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from flask import current_app

READER = Path(__file__).with_name("picture_reader.py")
#: of one purpose, over all processes of this machine
AT_ONCE = 2
#: exit statuses of the child
UNREADABLE, TOO_MANY_PIXELS = 3, 5


class TooSlow(Exception):
    """No place became free in time, or the child was ended by us: another time may do."""


def _taken(lock: IO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextmanager
def _place(purpose: str, until: float) -> Iterator[None]:
    """One of the places of this purpose; :class:`TooSlow` when none is free before ``until``."""
    folder = Path(current_app.config["INSTANCE"])
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as open_files:
        locks = [
            open_files.enter_context(open(folder / f".{purpose}-{number}", "a")) for number in range(AT_ONCE)
        ]
        while not any(_taken(lock) for lock in locks):
            if time.monotonic() >= until:
                raise TooSlow
            time.sleep(0.05)
        yield


def run(
    purpose: str, *asked: object, content: bytes = b"", wait: float, seconds: float
) -> subprocess.CompletedProcess:
    """The ended child: exit status and standard output. ``asked``: what follows ``purpose`` on its command
    line; ``wait``: seconds until a place is free, ``seconds``: for the work.
    """
    command = [sys.executable, "-I", str(READER), purpose, *map(str, asked)]
    with _place(purpose, time.monotonic() + wait):
        try:
            return subprocess.run(command, check=False, input=content, capture_output=True, timeout=seconds)
        except subprocess.TimeoutExpired:
            raise TooSlow from None

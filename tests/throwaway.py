"""Folders for what a test run throws away: in memory where there is room,
for every test gets a database of its own.

The name of a folder tells whose it is, so that one whose run was killed goes with the next run.
"""

import atexit
import os
import re
import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")
_DISK = Path("/tmp")  # not a longer path: a socket's may have no more than a hundred letters
_ENOUGH = 2 * 1024**3  # bytes; a whole run, the two clusters of PostgreSQL among it, took 0.3 GB
_OURS = re.compile(r"yangui-[a-z]+-(\d+)-.+")


def folder(kind: str, *, durable: bool = False) -> Path:
    """A new empty folder that goes when this process ends. ``kind``: small letters. ``durable``:
    on the disk, where a commit takes as long as in production.
    """
    sweep()
    roomy = not durable and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH
    owner = os.getpid()
    made = Path(tempfile.mkdtemp(prefix=f"yangui-{kind}-{owner}-", dir=_MEMORY if roomy else _DISK))

    def remove():
        if os.getpid() == owner:  # a process that branched off leaves it alone
            shutil.rmtree(made, ignore_errors=True)

    atexit.register(remove)
    return made


def sweep(*places: Path) -> None:
    """Remove the folders of runs that were killed; without ``places`` from the memory and the disk."""
    for place in places or (_MEMORY, _DISK):
        for path in place.glob("yangui-*"):
            if (ours := _OURS.fullmatch(path.name)) and not _runs(int(ours[1])):
                shutil.rmtree(path, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's
    return True

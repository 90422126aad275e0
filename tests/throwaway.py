"""Folders for what a test run throws away: in memory where there is room, for every test gets a database of its own."""

import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")
_DISK = Path("/tmp")  # not a longer path: a socket's may have no more than a hundred letters
_ENOUGH = 2 * 1024**3  # bytes; a whole run, the two clusters of PostgreSQL among it, took 0.3 GB


def folder(prefix: str, *, durable: bool = False) -> Path:
    """A new empty folder; whoever asks for it removes it. ``durable``: on the disk, where a commit takes as long as in production."""
    roomy = not durable and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH
    return Path(tempfile.mkdtemp(prefix=prefix, dir=_MEMORY if roomy else _DISK))

"""Folders for what a test run throws away: in memory where there is room, for every test gets a database of its own."""

import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")
_ENOUGH = 2 * 1024**3  # bytes; both databases' files of a whole run stay well below


def folder(prefix: str) -> Path:
    """A new empty folder; whoever asks for it removes it."""
    roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH
    return Path(tempfile.mkdtemp(prefix=prefix, dir=_MEMORY if roomy else None))

"""Files that hold people's data are for the user that runs the system and for nobody else on the machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

MODE = 0o600


def keep(path: str | Path) -> None:
    """Take an existing file from others; somebody else's file stays as it is."""
    if path:
        with suppress(OSError):
            os.chmod(path, MODE)


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """A new file that nobody else could read at any moment; one that is there already is replaced."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE), "wb") as file:
        yield file

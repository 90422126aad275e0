"""An archive: database, uploaded files and, last, what was counted of both when it was taken.

Written and read as one stream.
"""

import gzip
import hashlib
import json
import re
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from outreach.ops.recovery import Failed

DATABASE, FILES, MANIFEST = "database", "files", "manifest.json"
#: how the name of an uploaded file looks: its SHA-256
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Manifest:
    """What an archive holds.

    ``damaged``: files whose bytes were no longer those of their name when they were put in.
    """

    made_at: str
    revision: str
    counts: dict[str, int]
    files: int
    #: SHA-256 of the names of all files, sorted, one a line
    files_digest: str
    damaged: list[str] = field(default_factory=list)


def digest_of(names) -> str:
    """One digest for a set of files, from their names, which are digests of their bytes."""
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()


def stored(folder: Path) -> Iterator[Path]:
    """Every uploaded file in a folder of files; drafts and locks are none."""
    for path in sorted(folder.glob("[0-9a-f][0-9a-f]/*")):
        if _DIGEST.fullmatch(path.name) and path.is_file():
            yield path


class _Hashed:
    """A file that is hashed while it is read."""

    def __init__(self, file: BinaryIO):
        self._file, self._hash = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self._hash.update(piece)
        return piece

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def write(target, dump: Path, folder: Path, made_at: str, revision: str, counts: dict) -> Manifest:
    """Write an archive of the dump of a database and of the folder of files.

    A file that goes meanwhile is left out.
    """
    names, damaged = [], []
    with tarfile.open(fileobj=target, mode="w|gz") as archive:
        archive.add(dump, DATABASE)
        for path in stored(folder):
            try:
                file = path.open("rb")
            except FileNotFoundError:
                continue  # it was forgotten since
            with file:
                info = archive.gettarinfo(arcname=f"{FILES}/{path.parent.name}/{path.name}", fileobj=file)
                hashed = _Hashed(file)
                archive.addfile(info, hashed)
            names.append(path.name)
            if hashed.hexdigest() != path.name:
                damaged.append(path.name)
        manifest = Manifest(made_at, revision, counts, len(names), digest_of(names), damaged)
        said = json.dumps(asdict(manifest)).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(said)
        archive.addfile(info, BytesIO(said))
    return manifest


def unpack(source: BinaryIO, folder: Path) -> Manifest | None:
    """Everything of an archive into an empty folder, compared with its manifest;
    None for an archive of before there was one.
    """
    try:
        with gzip.GzipFile(fileobj=source) as plain:
            with tarfile.open(fileobj=plain, mode="r|") as archive:
                for member in archive:
                    if member.name in (DATABASE, MANIFEST) or member.name.startswith(f"{FILES}/"):
                        archive.extract(member, folder, filter="data")
            while plain.read(2**20):
                pass  # to the very end, where the sum of all bytes stands
    except (tarfile.TarError, zlib.error, gzip.BadGzipFile, EOFError) as error:
        raise Failed(f"this is no archive, or it is damaged or cut off ({error})") from error
    if not (folder / DATABASE).is_file():
        raise Failed("the archive holds no database")
    manifest = _manifest_of(folder / MANIFEST)
    _check_files(folder / FILES, manifest)
    return manifest


def _manifest_of(path: Path) -> Manifest | None:
    if not path.exists():
        return None
    try:
        return Manifest(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise Failed("the archive's list of contents is not understood: is it of a newer version?") from error


def _check_files(folder: Path, manifest: Manifest | None) -> None:
    names = [path.name for path in stored(folder)]
    if manifest is None:
        return
    if (len(names), digest_of(names)) != (manifest.files, manifest.files_digest):
        raise Failed(f"the archive should hold {manifest.files} files and holds {len(names)}, or others")
    known = set(manifest.damaged)
    for path in stored(folder):
        if path.name not in known and not is_whole(path):
            raise Failed(f"the file {path.name} is damaged in the archive")


def is_whole(path: Path) -> bool:
    """Whether the bytes are still those that the name tells."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == path.name

"""Encrypted archives: only the passphrase opens them, and nothing that was changed,
cut or moved is taken for whole.
"""

import gzip
import io
import os
import tracemalloc

import pytest

from outreach.core.db import db
from outreach.directory.models import Person
from outreach.ops.recovery import Failed, sealing

PASSPHRASE = "大雁归来 wild geese"
PIECE = 64
TAG = 16
HEAD = 58


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Small pieces and a cheap key."""
    monkeypatch.setattr(sealing, "PIECE", PIECE)
    monkeypatch.setattr(sealing, "COST", (4, 8, 1))


def _sealed(content: bytes, step: int = 50) -> bytes:
    target = io.BytesIO()
    sealing_file = sealing.Sealing(target, PASSPHRASE)
    for start in range(0, len(content), step):
        sealing_file.write(content[start : start + step])
    sealing_file.close()
    return target.getvalue()


def _opened(sealed: bytes, step: int = -1, passphrase: str = PASSPHRASE) -> bytes:
    opening = sealing.opened(io.BytesIO(sealed), lambda: passphrase)
    parts = []
    while part := opening.read(step):
        parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 1000])
@pytest.mark.parametrize("step", [-1, 1, 7, PIECE, 500])
def test_what_was_sealed_is_opened(size, step):
    content = os.urandom(size)
    sealed = _sealed(content)
    assert _opened(sealed, step) == content
    assert size < 8 or content[:8] not in sealed


def _pieces(sealed: bytes) -> list[bytes]:
    body = sealed[HEAD:]
    return [body[start : start + PIECE + TAG] for start in range(0, len(body), PIECE + TAG)]


def test_every_bit_counts():
    sealed = _sealed(os.urandom(2 * PIECE))
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        if place < len(sealing.MAGIC):  # then it is no sealed archive, and no other one either
            assert _opened(bytes(changed)) == bytes(changed)
            continue
        with pytest.raises(Failed):
            _opened(bytes(changed))


def test_pieces_that_are_missing_moved_or_doubled():
    sealed = _sealed(os.urandom(4 * PIECE))
    head, pieces = sealed[:HEAD], _pieces(sealed)
    assert len(pieces) == 4
    for wrong in (
        pieces[:-1],
        pieces[1:],
        [],
        [pieces[1], pieces[0], *pieces[2:]],
        [pieces[0], *pieces],
        [*pieces, pieces[-1]],
        [pieces[0], pieces[2], pieces[3]],
        [*pieces[:-1], pieces[-1][:-1]],
        [*pieces, b"x"],
    ):
        with pytest.raises(Failed, match="damaged, cut off"):
            _opened(head + b"".join(wrong))
    other = _sealed(os.urandom(4 * PIECE))
    with pytest.raises(Failed):  # a piece of another archive with the same passphrase
        _opened(head + pieces[0] + _pieces(other)[1] + b"".join(pieces[2:]))
    for size in range(HEAD):
        if size >= len(sealing.MAGIC):
            with pytest.raises(Failed):
                _opened(sealed[:size])


def test_a_wrong_passphrase_and_a_cost_that_would_fill_the_memory():
    sealed = _sealed(b"x")
    with pytest.raises(sealing.WrongPassphrase):
        _opened(sealed, passphrase="大雁归来 wild goose")
    dear = bytearray(sealed)
    dear[len(sealing.MAGIC)] = 40
    with pytest.raises(Failed, match="damaged"):
        _opened(bytes(dear))
    with pytest.raises(Failed, match="12"):
        sealing.checked("short")


def test_a_large_archive_needs_little_memory(monkeypatch, tmp_path):
    monkeypatch.setattr(sealing, "PIECE", 2**20)
    block, path = os.urandom(2**18), tmp_path / "large"
    tracemalloc.start()
    with path.open("wb") as target:
        sealing_file = sealing.Sealing(target, PASSPHRASE)
        for _part in range(4 * 60):
            sealing_file.write(block)
        sealing_file.close()
    with path.open("rb") as source:
        opening, size = sealing.opened(source, lambda: PASSPHRASE), 0
        while part := opening.read(8192):
            size += len(part)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size == 60 * 2**20
    assert most < 10 * 2**20


def _run(app, *arguments, answers=None):
    db.session.commit()
    db.session.remove()
    db.engine.dispose()
    return app.test_cli_runner().invoke(args=arguments, input=answers)


def test_an_encrypted_backup_comes_back_with_its_passphrase(app, make, tmp_path, monkeypatch):
    monkeypatch.setattr(sealing, "PIECE", 2**12)
    make.person("王建国")
    key, path = tmp_path / "key", tmp_path / "archive"
    key.write_text(f"{PASSPHRASE}\nmore\n")
    monkeypatch.setitem(app.config, "BACKUP_PASSPHRASE_FILE", str(key))
    answer = _run(app, "backup", str(path))
    assert "encrypted" in answer.output
    assert "not encrypted" not in answer.output
    with pytest.raises(gzip.BadGzipFile):
        gzip.decompress(path.read_bytes())
    db.session.execute(db.update(Person).values(name="李丽"))
    key.write_text("another passphrase")
    answer = _run(app, "restore", "--yes", str(path))
    assert answer.exit_code == 1
    assert "the passphrase is not the one" in answer.output
    assert db.session.scalar(db.select(Person.name)) == "李丽"
    monkeypatch.setitem(app.config, "BACKUP_PASSPHRASE_FILE", "")
    answer = _run(app, "restore", "--yes", str(path), answers=f"{PASSPHRASE}\n")
    assert answer.exit_code == 0, answer.output
    assert PASSPHRASE not in answer.output
    assert db.session.scalar(db.select(Person.name)) == "王建国"


def test_what_stands_in_the_way_of_encrypting_is_said(app, tmp_path, monkeypatch):
    path = tmp_path / "archive"
    monkeypatch.setitem(app.config, "BACKUP_PASSPHRASE_FILE", str(tmp_path / "absent"))
    assert "cannot be read" in _run(app, "backup", str(path)).output
    (tmp_path / "absent").write_text("short\n")
    assert "at least 12" in _run(app, "backup", str(path)).output
    assert not path.exists()
    assert _run(app, "backup", "--plain", str(path)).exit_code == 0
    monkeypatch.setitem(app.config, "BACKUP_PASSPHRASE_FILE", "")
    assert _run(app, "backup", "--encrypt", str(path), answers="").exit_code == 1
    typed = f"{PASSPHRASE}\n{PASSPHRASE}\n"
    assert ", encrypted" in _run(app, "backup", "--encrypt", str(path), answers=typed).output

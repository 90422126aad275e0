"""Archives that only a passphrase opens: AES-256-GCM in pieces of a mebibyte,
so that an archive of any size needs little memory.

A file begins with a head: what it is, the cost of the key, a salt, a check of the passphrase, the beginning
of every nonce. Each piece is sealed with its number and with whether it is the last (STREAM, Hoang and others
2015), and with the head: a piece that is changed, missing, doubled or in another place does not open, nor
does an archive that was cut off or has something behind its end.
"""

import hmac
import os
import struct
from collections.abc import Callable
from io import BufferedIOBase
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from outreach.ops.recovery import Failed

MAGIC = b"yangui-sealed-1\n"
PIECE = 2**20
SHORTEST_PASSPHRASE = 12
#: scrypt: logarithm of the cost (2^17 times 1 kB: 128 MB of memory, half a second), block size, parallel runs
COST = (17, 8, 1)
#: an archive of somebody else may not ask for more than a gibibyte
_LARGEST_COST = 20
_HEAD = struct.Struct(f">{len(MAGIC)}sBBB16s16s7s")
_TAG = 16
_BROKEN = "the archive is damaged, cut off, or its pieces are not in their order"


class WrongPassphrase(Failed):
    """It is not the one that the archive was sealed with."""


def checked(passphrase: str) -> str:
    """The passphrase, long enough to encrypt with; else :class:`Failed`."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise Failed(f"the passphrase needs at least {SHORTEST_PASSPHRASE} signs")
    return passphrase


def opened(source: BinaryIO, ask: Callable[[], str]) -> BinaryIO:
    """The plain bytes of an archive, sealed or not; ``ask`` gives the passphrase where one is needed."""
    sealed = source.read(len(MAGIC)) == MAGIC
    source.seek(0)
    return Opening(source, ask()) if sealed else source


def _key(passphrase: str, cost: tuple[int, int, int], salt: bytes) -> tuple[bytes, bytes]:
    """The key, and bytes that tell whether the passphrase is the right one."""
    logarithm, block, parallel = cost
    made = Scrypt(salt=salt, length=48, n=2**logarithm, r=block, p=parallel).derive(passphrase.encode())
    return made[:32], made[32:]


def _nonce(beginning: bytes, number: int, last: bool) -> bytes:
    return beginning + struct.pack(">IB", number, last)


class Sealing:
    """A file to write to, of which only sealed pieces reach ``target``.

    ``close`` writes the last piece, without which nothing opens.
    """

    def __init__(self, target: BinaryIO, passphrase: str):
        salt, self._beginning = os.urandom(16), os.urandom(7)
        key, check = _key(passphrase, COST, salt)
        self._head = _HEAD.pack(MAGIC, *COST, salt, check, self._beginning)
        self._cipher, self._target = AESGCM(key), target
        self._waiting, self._number = bytearray(), 0
        target.write(self._head)

    def write(self, content: bytes) -> int:
        """Take bytes; whole pieces go out when more is known to follow."""
        self._waiting += content
        while len(self._waiting) > PIECE:
            self._put(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(content)

    def _put(self, piece: bytes, last: bool) -> None:
        nonce = _nonce(self._beginning, self._number, last)
        self._target.write(self._cipher.encrypt(nonce, piece, self._head))
        self._number += 1

    def close(self) -> None:
        """Seal what is left as the last piece."""
        self._put(bytes(self._waiting), last=True)
        self._waiting.clear()


class Opening(BufferedIOBase):
    """A sealed file to read from, piece by piece.

    :class:`WrongPassphrase` at once, :class:`Failed` at a piece that does not open.
    """

    def __init__(self, source: BinaryIO, passphrase: str):
        self._head = source.read(_HEAD.size)
        if len(self._head) < _HEAD.size:
            raise Failed(_BROKEN)
        magic, *cost, salt, check, self._beginning = _HEAD.unpack(self._head)
        logarithm, block, parallel = cost
        if magic != MAGIC or not 1 <= logarithm <= _LARGEST_COST or (block, parallel) != COST[1:]:
            raise Failed(_BROKEN)
        key, right = _key(passphrase, (logarithm, block, parallel), salt)
        if not hmac.compare_digest(check, right):
            raise WrongPassphrase("the passphrase is not the one that this archive was encrypted with")
        self._cipher, self._source = AESGCM(key), source
        self._next = source.read(PIECE + _TAG)
        self._open, self._at, self._number, self._ended = b"", 0, 0, False

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int | None = -1) -> bytes:
        """At most so many bytes; fewer only at the end. Without ``size`` all that is left."""
        parts, left = [], -1 if size is None else size
        while left:
            if self._at == len(self._open) and not self._advance():
                break
            end = len(self._open) if left < 0 else min(self._at + left, len(self._open))
            parts.append(self._open[self._at : end])
            left -= max(0, end - self._at) if left > 0 else 0
            self._at = end
        return b"".join(parts)

    def _advance(self) -> bool:
        """Open the next piece; False after the last."""
        if self._ended:
            return False
        piece, self._next = self._next, self._source.read(PIECE + _TAG)
        self._ended = not self._next
        try:
            nonce = _nonce(self._beginning, self._number, self._ended)
            self._open = self._cipher.decrypt(nonce, piece, self._head)
        except (InvalidTag, ValueError) as error:
            raise Failed(_BROKEN) from error
        self._number, self._at = self._number + 1, 0
        return True

"""Gzip (RFC 1952), piece by piece: reproducible writing, reading that a bomb cannot hurt."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from segue.errors import Malformed, TooLarge

MAGIC = b"\x1f\x8b"
LARGEST = 8 << 30
"""Bytes that one file may unpack to."""
_PIECE = 1 << 24


def compress(pieces: Iterable[bytes | memoryview], level: int = 6) -> Iterator[bytes]:
    """The pieces as one gzip member without name and time: the same input gives the same bytes."""
    packer = zlib.compressobj(level, zlib.DEFLATED, 31)
    for piece in pieces:
        packed = packer.compress(piece)
        if packed:
            yield packed
    yield packer.flush()


def decompress(data: bytes | memoryview, path: Path | str = "", limit: int = LARGEST) -> bytes:
    """All members of a gzip file, unpacked.

    Raises
    ------
    TooLarge
        It would unpack to more than ``limit`` bytes.
    Malformed
        It is not gzip, is cut off, or its checksum is wrong.
    """
    found = bytearray()
    rest = memoryview(data)
    while rest.nbytes and (not found or bytes(rest[:2]) == MAGIC):
        rest = rest[_member(rest, found, path, limit) :]
    if not rest.nbytes and not data:
        raise _malformed(path, 0, "a gzip file, not an empty one")
    if any(bytes(rest)):  # zeros behind the last member are padding
        raise _malformed(path, len(data) - rest.nbytes, "nothing behind the packed data")
    return bytes(found)


def _member(data: memoryview, found: bytearray, path: Path | str, limit: int) -> int:
    """Unpack one member to the end of ``found``; returns how many bytes it took."""
    unpacker = zlib.decompressobj(31)
    pending: bytes | memoryview = data
    while not unpacker.eof:
        try:
            piece = unpacker.decompress(pending, min(_PIECE, limit - len(found) + 1))
        except zlib.error as error:
            raise _malformed(path, data.nbytes - len(unpacker.unconsumed_tail), f"gzip data ({error})") from error
        found += piece
        if len(found) > limit:
            raise TooLarge(f"{path or 'the file'} unpacks to more than {limit:,} bytes, the most that segue reads of such a file", path=path, limit=limit)
        pending = unpacker.unconsumed_tail
        if not piece and not pending and not unpacker.eof:
            raise _malformed(path, data.nbytes, "the rest of it (it is cut off)")
    return data.nbytes - len(unpacker.unused_data)


def _malformed(path: Path | str, position: int, expected: str) -> Malformed:
    return Malformed(f"{path or 'the file'} is damaged at byte {position:,}: expected {expected}", path=path, position=position, expected=expected)

"""The chunks that a PNG file consists of."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from segue.errors import Malformed, WrongFormat

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def read_chunks(data: bytes, path: Path) -> Iterator[tuple[bytes, bytes]]:
    """(kind, content) of every chunk up to the last.

    Raises
    ------
    WrongFormat, Malformed
    """
    if not data.startswith(SIGNATURE):
        raise WrongFormat(f"{path} is not a PNG file: it does not start like one", path=path, expected="PNG signature")
    at = len(SIGNATURE)
    kind = b""
    while kind != b"IEND":
        if at + 12 > len(data):
            raise damaged(path, at, "it ends before its last part")
        length, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + length]
        if len(body) != length or at + 12 + length > len(data):
            raise damaged(path, at, "it ends before its last part")
        if zlib.crc32(kind + body) != struct.unpack_from(">I", data, at + 8 + length)[0]:
            raise damaged(path, at, "a checksum does not agree")
        yield kind, body
        at += 12 + length


def damaged(path: Path, at: int, what: str) -> Malformed:
    """The error for a file that breaks the rules of PNG."""
    return Malformed(f"{path} is damaged or incomplete: {what}", path=path, position=f"byte {at}", expected=what)

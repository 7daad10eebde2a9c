"""The bytes of a text table as UTF-8: unpacked, without a mark in front, whatever encoding they were in."""

from __future__ import annotations

import codecs
import mmap
import zlib
from dataclasses import dataclass

import numpy as np

from segue.codecs.gzip_stream import LARGEST, MAGIC, decompress
from segue.errors import Malformed, UnsupportedVariant
from segue.storage.held import Held
from segue.storage.source import Source

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NEVER = (b"PK\x03\x04", b"PAR1", b"\x89PNG", b"\x89HDF", b"II*\0", b"MM\0*", b"\x93NUMPY", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x28\xb5\x2f\xfd", b"BZh")
_PIECE = 1 << 24
_HIGH = np.uint64(0x8080808080808080)
"""The bits that no character of ASCII has."""
_SMALLEST_LIMIT = 1 << 30
_MAPPED_FROM = 1 << 26
"""Bytes from which on a text is worth to be looked at where it lies, instead of being copied into memory."""


@dataclass(frozen=True)
class Encoding:
    """How the text is stored."""

    name: str = "utf-8"
    bom: bool = False
    """Whether a byte order mark stands in front."""
    packed: bool = False
    """Whether the file is gzip."""


def mapped_text(source: Source) -> mmap.mmap | None:
    """The text where it lies, if that can be done: a large file without a mark in front, not packed; else None. Only its begin is known to be UTF-8.

    Raises
    ------
    NotFound, SourceChanged
    """
    head = source.head(1 << 16)
    if isinstance(source, Held):
        return None
    if source.size < _MAPPED_FROM or head.isspace() or source.size > LARGEST or head[:2] == MAGIC or encoding_of(head) != Encoding() or _newlines(head) != head:
        return None
    source.check()
    try:
        with source.path.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        return None
    return data if begins_as_utf8(data[: 1 << 18]) else None


def is_text(data: mmap.mmap, *, quotes: bool) -> bool:
    """Whether all of it is UTF-8, and without a quote where there must be none (``quotes`` is False).

    Memory: nothing. It is looked at piece by piece, so that a piece comes from memory only once.
    """
    words = np.frombuffer(data, np.uint64, len(data) // 8)
    step, ascii_only = _PIECE // 64, data[len(words) * 8 :].isascii()
    for at in range(0, len(words) + 1, step):
        if not quotes and data.find(b'"', 8 * at, 8 * (at + step)) >= 0:
            return False
        ascii_only = ascii_only and not np.bitwise_or.reduce(words[at : at + step]) & _HIGH
    return ascii_only or _is_utf8(data)


def text_of(source: Source) -> tuple[bytes, Encoding]:
    """The whole text as UTF-8, lines ending in ``\\n`` or ``\\r\\n``.

    Memory: the text once or twice. A gzip file may unpack to 1 GiB, or to 100 times its size where that is more (at most 8 GiB).

    Raises
    ------
    NotFound, SourceChanged, TooLarge
    Malformed
        Damaged gzip or UTF-16.
    UnsupportedVariant
        It is not text.
    """
    data = source.read_bytes(LARGEST)
    packed = data[:2] == MAGIC
    if packed:
        data = decompress(data, source.path, min(LARGEST, max(_SMALLEST_LIMIT, 100 * len(data))))
    encoding = encoding_of(data[: 1 << 16], packed=packed)
    if encoding is None:
        raise UnsupportedVariant(f"{source.path} is not a text table; it holds other data", path=source.path)
    return _as_utf8(data, encoding, source)


def head_of(source: Source, size: int) -> tuple[bytes, bool, Encoding] | None:
    """(the first bytes as UTF-8, whether that is all, encoding); None = it is not text. Reads no more than ``size`` bytes.

    Raises
    ------
    NotFound
    """
    data = source.head(size)
    whole = len(data) < size
    packed = data[:2] == MAGIC
    if packed:
        unpacker = zlib.decompressobj(31)
        try:
            data = unpacker.decompress(data, size)
        except zlib.error:
            return None
        whole = unpacker.eof
    encoding = encoding_of(data, packed=packed)
    if encoding is None:
        return None
    text = data[_mark_length(data, encoding) :].decode("cp1252" if encoding.name == "cp1252" else encoding.name, "replace")
    return _newlines(text.encode("utf-8", "replace")), whole, encoding


def encoding_of(head: bytes, *, packed: bool = False) -> Encoding | None:
    """The encoding that the first bytes show; None = not text."""
    if head.startswith(_NEVER):
        return None
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Encoding(name, bom=True, packed=packed)
    zeros = head.count(0)
    if zeros and len(head) >= 4:
        odd, even = head[1::2].count(0), head[0::2].count(0)
        if odd > len(head) * 0.3 and not even:
            return Encoding("utf-16-le", packed=packed)
        if even > len(head) * 0.3 and not odd:
            return Encoding("utf-16-be", packed=packed)
    strange = sum(head.count(code) for code in range(32) if code not in (9, 10, 13))
    if strange > 8 + len(head) // 50 and (strange > len(head) * 0.75 or not begins_as_utf8(head)):
        return None
    return Encoding(packed=packed)


def begins_as_utf8(head: bytes) -> bool:
    """Whether all is UTF-8 but for a character that is cut off at the end: a name with a control character may stand in every line of a table."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _mark_length(data: bytes, encoding: Encoding) -> int:
    return next(len(mark) for mark, name in _MARKS if name == encoding.name and data.startswith(mark)) if encoding.bom else 0


def _as_utf8(data: bytes, encoding: Encoding, source: Source) -> tuple[bytes, Encoding]:
    start = _mark_length(data, encoding)
    if encoding.name == "utf-8":
        data = data[start:] if start else data
        if data.isascii() or _is_utf8(data):
            return _newlines(data), encoding
        encoding = Encoding("cp1252", bom=encoding.bom, packed=encoding.packed)
        return _newlines(data.decode("cp1252", "replace").encode()), encoding
    try:
        return _newlines(data[start:].decode(encoding.name).encode()), encoding
    except UnicodeError as error:
        raise Malformed(f"{source.path} is damaged: expected text in {encoding.name.upper()}", path=source.path, expected=encoding.name) from error


def _is_utf8(data: bytes | mmap.mmap) -> bool:
    """Whether all bytes are UTF-8; piece by piece, so that the text is never in memory a second time."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(data)
    try:
        for start in range(0, len(data), _PIECE):
            decoder.decode(view[start : start + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _newlines(data: bytes) -> bytes:
    """Lines of old Macintosh files end in ``\\r`` alone."""
    return data.replace(b"\r", b"\n") if b"\r" in data[: 1 << 16] and b"\n" not in data else data

"""The directory at the end of a ZIP file: where each entry's bytes lie, checked before any of them is touched.

Source: APPNOTE.TXT 6.3.10 (PKWARE). The central directory is the only truth; what the local headers say about sizes is ignored, because
streaming writers (ImageJ, Java) leave zeros there.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.errors import Malformed, TooLarge, UnsupportedVariant

Ints = NDArray[np.int64]

STORED, DEFLATED = 0, 8
_END = struct.Struct("<4s4H2IH")
_LOCATOR = struct.Struct("<4sIQI")
_END64 = struct.Struct("<4sQ2H2I4Q")
_LENGTHS = struct.Struct("<3H")
_UTF8 = 0x800
_ENCRYPTED = 0x1
_INFLATES_TO_AT_MOST = 1032
"""Deflate cannot make one byte into more than this many."""

_CENTRAL = np.dtype(
    {
        "names": ["magic", "flags", "method", "crc", "packed", "size", "name", "extra", "comment", "disk", "local"],
        "formats": ["<u4", "<u2", "<u2", "<u4", "<u4", "<u4", "<u2", "<u2", "<u2", "<u2", "<u4"],
        "offsets": [0, 8, 10, 16, 20, 24, 28, 30, 32, 34, 42],
        "itemsize": 46,
    }
)
_LOCAL = np.dtype({"names": ["magic", "name", "extra"], "formats": ["<u4", "<u2", "<u2"], "offsets": [0, 26, 28], "itemsize": 30})


@dataclass(frozen=True)
class Limits:
    """What an archive may ask for. The defaults hold every result of a real analysis."""

    entries: int = 20_000_000
    total: int = 8 << 30
    """Bytes of all entries together."""
    entry: int = 2 << 30
    """Bytes of one entry."""


@dataclass(frozen=True, eq=False)
class Directory:
    """The entries of an archive in the order of its directory, as columns."""

    names: list[str]
    """As they are in the file: they may be absolute, hold ``..`` or occur twice. Never use them as paths."""
    method: NDArray[np.uint16]
    """0 stored, 8 deflated."""
    crc: NDArray[np.uint32]
    at: Ints
    """Offset of the packed bytes in the file."""
    packed: Ints
    """Number of packed bytes."""
    size: Ints
    """Number of bytes after unpacking."""
    comment: bytes
    """The archive's comment."""


def read_directory(data: bytes | memoryview, limits: Limits | None = None) -> Directory:
    """Find and check the directory of a ZIP file.

    Raises
    ------
    Malformed
        The file is cut off or damaged, or its entries overlap.
    TooLarge
        It holds, or claims to hold, more than ``limits`` allow.
    UnsupportedVariant
        It is encrypted, in several pieces, or packed by a method other than deflate.
    """
    limits = limits or Limits()
    view = memoryview(data)
    end, count, length, offset, comment = _end(view)
    base = end - length
    shift = base - offset
    if base < 0 or shift < 0:
        raise _malformed("the directory does not fit into the file", end)
    head, names_at = _headers(view, base, end, limits)
    if (len(head) - count) % 0x10000:  # old writers count modulo 65,536
        raise _malformed("the directory has another length than it says", end)
    size, packed, local = _sizes(view, head, names_at)
    _check(head, size, packed, limits)
    at = _data_offsets(view, local + shift, base)
    _check_places(at, packed, base)
    return Directory(_names(view, head, names_at), head["method"], head["crc"], at, packed, size, comment)


def _end(view: memoryview) -> tuple[int, int, int, int, bytes]:
    """(where the directory ends, entries, its length, its offset as stated, the comment)."""
    tail_at = max(0, len(view) - 65557)
    tail = bytes(view[tail_at:])
    place = tail.rfind(b"PK\5\6")
    while place >= 0:
        if place + 22 <= len(tail) and place + 22 + int.from_bytes(tail[place + 20 : place + 22], "little") == len(tail):
            break
        place = tail.rfind(b"PK\5\6", 0, place)
    if place < 0:
        raise _malformed("there is no directory at its end", len(view))
    _, disk, first_disk, _, count, length, offset, _ = _END.unpack_from(tail, place)
    at = tail_at + place
    if at >= 20 and bytes(view[at - 20 : at - 16]) == b"PK\6\7":
        at, disk, first_disk, count, length, offset = _end64(view, at - 20)
    if disk or first_disk:
        raise UnsupportedVariant("the ZIP file is one of several pieces; join them into one file first")
    return at, count, length, offset, tail[place + 22 :]


def _end64(view: memoryview, locator_at: int) -> tuple[int, int, int, int, int, int]:
    _, _, stated, _ = _LOCATOR.unpack_from(view, locator_at)
    for at in (stated, locator_at - _END64.size):
        if 0 <= at <= locator_at - _END64.size and bytes(view[at : at + 4]) == b"PK\6\6":
            _, _, _, _, disk, first_disk, _, count, length, offset = _END64.unpack_from(view, at)
            return at, disk, first_disk, count, length, offset
    raise _malformed("its 64-bit directory is missing", locator_at)


def _headers(view: memoryview, at: int, end: int, limits: Limits) -> tuple[NDArray[Any], Ints]:
    """The fixed part of each directory record, and where its name begins."""
    places: list[int] = []
    while at < end:
        if at + 46 > end:
            raise _malformed("the directory is cut off", at)
        if len(places) >= limits.entries:
            raise TooLarge(f"the ZIP file lists more entries than the limit of {limits.entries:,}", limit=limits.entries)
        places.append(at)
        name, extra, comment = _LENGTHS.unpack_from(view, at + 28)
        at += 46 + name + extra + comment
    starts = np.array(places, np.int64)
    head = records(view, starts, _CENTRAL)
    wrong = np.flatnonzero(head["magic"] != 0x02014B50)
    if len(wrong):
        raise _malformed("a directory record does not begin as one", int(starts[wrong[0]]))
    if at != end:
        raise _malformed("the directory has another length than it says", end)
    return head, starts + 46


def records(data: Any, starts: Ints, dtype: np.dtype[Any]) -> NDArray[Any]:
    """One record of ``dtype`` per start, at any alignment; every start must leave room for a whole record."""
    raw = np.frombuffer(data, np.uint8)
    if not len(starts):
        return np.empty(0, dtype)
    windows = np.lib.stride_tricks.sliding_window_view(raw, dtype.itemsize)
    found: NDArray[Any] = windows[starts].view(dtype)[:, 0]
    return found


def _sizes(view: memoryview, head: NDArray[Any], names_at: Ints) -> tuple[Ints, Ints, Ints]:
    """Size, packed size and place of the local header; from the 64-bit extra field where one is needed."""
    size, packed, local = (head[name].astype(np.int64) for name in ("size", "packed", "local"))
    most = 0xFFFFFFFF
    for row in np.flatnonzero((size == most) | (packed == most) | (local == most)).tolist():
        begin = int(names_at[row]) + int(head["name"][row])
        wide = _extra64(bytes(view[begin : begin + int(head["extra"][row])]))
        for column in (size, packed, local):
            if column[row] == most:
                if len(wide) < 8 or (value := int.from_bytes(wide[:8], "little")) >= 1 << 62:
                    raise _malformed("a 64-bit size is missing or absurd", begin)
                column[row], wide = value, wide[8:]
    return size, packed, local


def _extra64(extra: bytes) -> bytes:
    """The payload of the ZIP64 extra field; empty if there is none."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        if kind == 1:
            return extra[4 : 4 + length]
        extra = extra[4 + length :]
    return b""


def _check(head: NDArray[Any], size: Ints, packed: Ints, limits: Limits) -> None:
    if (head["flags"] & _ENCRYPTED).any():
        raise UnsupportedVariant("the ZIP file is encrypted; unpack it with its password and zip it again without one")
    if head["disk"].any():
        raise UnsupportedVariant("the ZIP file is one of several pieces; join them into one file first")
    other = ~np.isin(head["method"], (STORED, DEFLATED))
    if other.any():
        method = int(head["method"][other][0])
        raise UnsupportedVariant(f"the ZIP file is packed by method {method}; zip it again in the usual way (deflate)", method=method)
    stored = head["method"] == STORED
    if (size[stored] != packed[stored]).any() or (size > packed * _INFLATES_TO_AT_MOST + 64).any():
        raise _malformed("an entry claims a size that its bytes cannot have", 0)
    if len(size) and (int(size.max()) > limits.entry or float(size.sum(dtype=np.float64)) > limits.total):
        raise TooLarge(f"the ZIP file unpacks to more than the limit of {limits.total:,} bytes ({limits.entry:,} per entry)", limit=limits.total)


def _data_offsets(view: memoryview, local: Ints, base: int) -> Ints:
    if len(local) and (int(local.min()) < 0 or int(local.max()) > base - 30):
        raise _malformed("an entry begins outside the file", base)
    head = records(view, local, _LOCAL)
    wrong = np.flatnonzero(head["magic"] != 0x04034B50)
    if len(wrong):
        raise _malformed("an entry does not begin as one", int(local[wrong[0]]))
    return np.asarray(local + 30 + head["name"] + head["extra"], np.int64)


def _check_places(at: Ints, packed: Ints, base: int) -> None:
    """Entries lie before the directory and share no byte: bombs without nesting are built of overlapping entries."""
    order = np.argsort(at, kind="stable")
    ends = at[order] + packed[order]
    if len(ends) and int(ends.max()) > base:
        raise _malformed("an entry is cut off", int(at[order][int(np.argmax(ends))]))
    overlapping = np.flatnonzero(ends[:-1] > at[order][1:])
    if len(overlapping):
        raise _malformed("two entries share bytes", int(at[order][overlapping[0]]))


def _names(view: memoryview, head: NDArray[Any], names_at: Ints) -> list[str]:
    utf8 = (head["flags"] & _UTF8) != 0
    ends = names_at + head["name"]
    return [_name(bytes(view[a:b]), utf8=flag) for a, b, flag in zip(names_at.tolist(), ends.tolist(), utf8.tolist(), strict=True)]


def _name(raw: bytes, *, utf8: bool) -> str:
    """UTF-8 also without the flag (macOS writes that), else the code page of DOS."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode(errors="replace") if utf8 else raw.decode("cp437")


def _malformed(what: str, position: int) -> Malformed:
    return Malformed(f"this is not an intact ZIP file: {what}; copy or export it again", position=f"byte {position}", expected="ZIP")

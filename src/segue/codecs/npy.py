"""NumPy's .npy and .npz files, region by region and without pickle.

The header is read here (format versions 1 to 3, numpy.lib.format): NumPy itself would evaluate structured types and, if allowed, objects, and
takes a file that was cut off for an error only when it reads it.
"""

from __future__ import annotations

import ast
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from segue.codecs.pixel_facts import KEY, Facts, parse
from segue.errors import Malformed, TooLarge, UnsupportedVariant, WrongFormat
from segue.storage.handles import opened
from segue.storage.source import Source

Array = np.ndarray[Any, np.dtype[Any]]

MAGIC = b"\x93NUMPY"
LONGEST_HEADER = 1 << 16
RUN = 64
"""Numbers in a row that are read almost as fast as one."""
_MOST_EXPANSION = 1100
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError, struct.error)


@dataclass(frozen=True)
class NpyHead:
    """One array."""

    name: str
    """Its name in a .npz file, empty in a .npy file."""
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    """As stored."""
    fortran: bool
    start: int
    """Byte in the file (.npy, or stored uncompressed in .npz) at which the values begin; -1 where they are compressed."""
    axes: str = ""
    """What segue wrote beside it, else empty."""
    facts: Facts = field(default_factory=Facts)


class OpenNpy:
    """An open file with the heads of its arrays."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            magic = file.read(6)
        if magic == MAGIC:
            self.heads: tuple[NpyHead, ...] = (_npy(path),)
        elif magic[:4] in {b"PK\3\4", b"PK\5\6"}:
            self.heads = _npz(path)
        else:
            raise WrongFormat(f"{path} is neither a .npy nor a .npz file: it does not start like one", path=path, expected="NumPy or zip signature")
        self.unpacked: dict[str, Array] = {}
        self.mapped: dict[str, Array] = {}

    def values(self, head: NpyHead) -> Array:
        """The array, mapped into memory where it is not compressed."""
        if head.start < 0 and head.name not in self.unpacked:
            self.unpacked[head.name] = _unpack(self.path, head)
        if head.name in self.unpacked:
            return self.unpacked[head.name]
        if 0 in head.shape:
            return np.empty(head.shape, head.dtype)
        if head.name not in self.mapped:  # mapped once: a new mapping costs a fault for every page that is read
            self.mapped[head.name] = np.memmap(self.path, head.dtype, "r", head.start, head.shape, "F" if head.fortran else "C")
        return self.mapped[head.name]

    def close(self) -> None:
        self.unpacked, self.mapped = {}, {}


def describe(source: Source) -> tuple[NpyHead, ...]:
    """The arrays of a file, in its order.

    Raises
    ------
    WrongFormat, Malformed, UnsupportedVariant, TooLarge
    """
    with opened(source, OpenNpy) as file:
        return file.heads


@dataclass(frozen=True)
class NpyPixels:
    """The values of one array."""

    source: Source
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any] = field(hash=False)

    @property
    def chunks(self) -> tuple[int, ...]:
        """Size along each dimension of what costs as much to read as one number of it."""
        return (*(1,) * (len(self.shape) - 1), min(self.shape[-1], RUN)) if self.shape else ()

    @classmethod
    def of(cls, source: Source, head: NpyHead) -> NpyPixels:
        return cls(source, head.name, head.shape, head.dtype.newbyteorder("="))

    def read(self, region: tuple[slice, ...]) -> Array:
        """The values of a region, as a new array in native byte order.

        Raises
        ------
        Malformed, SourceChanged
        """
        return np.array(self._part(region), self.dtype, order="C")

    def look(self, region: tuple[slice, ...]) -> Array:
        """As ``read``, but it may be a part of the mapped file itself, which must not be written to.

        Raises
        ------
        Malformed, SourceChanged
        """
        return np.asarray(self._part(region), self.dtype)

    def _part(self, region: tuple[slice, ...]) -> Array:
        with opened(self.source, OpenNpy) as file:
            values = file.values(next(head for head in file.heads if head.name == self.name))
        return values[region]


def _npy(path: Path) -> NpyHead:
    size = path.stat().st_size
    with path.open("rb") as file:
        head = _head(file.read(LONGEST_HEADER), "", 0, path)
    return _check(head, size - head.start, path)


def _head(data: bytes, name: str, at: int, path: Path) -> NpyHead:
    """Parse a header; ``at`` is its place in the file."""
    descr, shape, fortran, start = header(data, path, at)
    return NpyHead(name, shape, _dtype(descr, name, path), fortran, at + start)


def header(data: bytes, path: Path, at: int = 0) -> tuple[object, tuple[int, ...], bool, int]:
    """What the first bytes of an array say: type (as it stands there), shape, whether in Fortran order, and how long the header is.

    Raises
    ------
    Malformed
    """
    if len(data) < 10 or data[:6] != MAGIC or data[6] not in {1, 2, 3}:
        raise _bad(path, at, "the header of an array is cut off or of an unknown version")
    wide = data[6] > 1
    start = 12 if wide else 10
    length = struct.unpack("<I" if wide else "<H", data[8:start].ljust(start - 8, b"\0"))[0]
    text = data[start : start + length]
    if len(text) != length or b"\\" in text:  # Python would warn about some backslashes
        raise _bad(path, at, "the header of an array is cut off or makes no sense")
    try:
        facts = ast.literal_eval(text.decode("utf-8" if data[6] == 3 else "latin-1").strip())
        descr, shape, fortran = facts["descr"], facts["shape"], facts["fortran_order"]
    except (ValueError, SyntaxError, KeyError, TypeError, MemoryError, RecursionError) as error:
        raise _bad(path, at, "the header of an array cannot be understood") from error
    if not isinstance(shape, tuple) or not all(type(length) is int and 0 <= length < 1 << 40 for length in shape) or type(fortran) is not bool:
        raise _bad(path, at, "the header of an array makes no sense")
    return descr, shape, fortran, start + length


def _dtype(descr: object, name: str, path: Path) -> np.dtype[Any]:
    what = f"the array {name!r} of {path}" if name else str(path)
    if not isinstance(descr, str):
        raise UnsupportedVariant(f"{what} holds records, not pixels; save each field as an array of its own", path=path)
    try:
        dtype = np.dtype(descr)
    except (TypeError, ValueError, SyntaxError) as error:
        raise _bad(path, 0, f"a number type {descr[:30]!r} that does not exist") from error
    if dtype.hasobject:
        raise UnsupportedVariant(f"{what} holds Python objects, which segue never loads because they can run programs; save numbers instead", path=path)
    if dtype.kind not in "buifU":
        raise UnsupportedVariant(f"{what} holds values of type {dtype}, which are no pixels", path=path)
    return dtype


def _check(head: NpyHead, available: int, path: Path) -> NpyHead:
    needed = prod(head.shape) * head.dtype.itemsize
    if available < needed:
        raise _bad(path, head.start, f"{max(available, 0):,} bytes of values instead of {needed:,}")
    return head


def _npz(path: Path) -> tuple[NpyHead, ...]:
    try:
        with zipfile.ZipFile(path) as archive:
            heads = [_member(archive, info, path) for info in archive.infolist() if info.filename.endswith(".npy")]
    except _ZIP_ERRORS as error:
        raise _bad(path, 0, f"its archive cannot be read ({error})") from error
    names = [head.name for head in heads]
    if len(set(names)) != len(names):
        raise _bad(path, 0, "two arrays have the same name")
    own = next((_text(path, head) for head in heads if head.name == KEY and head.dtype.kind == "U" and head.shape == ()), "")
    about = parse(own)
    described = about if isinstance(about, dict) else {}
    return tuple(_described(head, described.get(head.name)) for head in heads if head.dtype.kind != "U")


def _described(head: NpyHead, own: object) -> NpyHead:
    if not isinstance(own, dict) or not isinstance(own.get("axes"), str):
        return head
    return NpyHead(head.name, head.shape, head.dtype, head.fortran, head.start, own["axes"], Facts().updated(own.get("facts")))


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> NpyHead:
    if info.file_size > max(info.compress_size, 1) * _MOST_EXPANSION:
        raise TooLarge(f"{path} announces more values than its bytes can hold ({info.filename})", path=path, limit=_MOST_EXPANSION)
    with archive.open(info) as member:
        head = _head(member.read(LONGEST_HEADER), info.filename[: -len(".npy")], 0, path)
    _check(head, info.file_size - head.start, path)
    if info.compress_type != zipfile.ZIP_STORED:
        return NpyHead(head.name, head.shape, head.dtype, head.fortran, -1)
    with path.open("rb") as file:
        file.seek(info.header_offset + 26)
        lengths = struct.unpack("<HH", file.read(4))
    start = info.header_offset + 30 + sum(lengths) + head.start
    if start + prod(head.shape) * head.dtype.itemsize > path.stat().st_size:
        raise _bad(path, start, "values lie beyond the end of the file")
    return NpyHead(head.name, head.shape, head.dtype, head.fortran, start)


def _unpack(path: Path, head: NpyHead) -> Array:
    try:
        with zipfile.ZipFile(path) as archive, archive.open(f"{head.name}.npy") as member:
            data = member.read()
    except _ZIP_ERRORS as error:
        raise _bad(path, 0, f"its archive cannot be read ({error})") from error
    start = _head(data[:LONGEST_HEADER], head.name, 0, path).start
    values = np.frombuffer(data, head.dtype, prod(head.shape), start)
    return values.reshape(head.shape, order="F" if head.fortran else "C")


def _text(path: Path, head: NpyHead) -> str:
    if head.start < 0:
        return str(_unpack(path, head))
    return str(np.memmap(path, np.uint8, "r", head.start, (head.dtype.itemsize,)).tobytes().decode("utf-32-le", "replace")) if head.dtype.itemsize else ""


def _bad(path: Path, at: int, what: str) -> Malformed:
    return Malformed(f"{path} is damaged or incomplete: {what}", path=path, position=f"byte {at}", expected=what)

"""Portable bit, grey and colour maps (PBM, PGM, PPM; Netpbm): read region by region, written row by row.

The header is text: a magic number (P1 to P6), width, height, and for P2, P3, P5, P6 the largest value; comments begin with #. segue keeps what it knows of an
image in a comment.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from segue.codecs.boxes import along
from segue.codecs.pixel_facts import KEY, Facts, parse
from segue.codecs.raw_blocks import RawBlocks
from segue.errors import Incompatible, Malformed, TooLarge, UnsupportedVariant, WrongFormat
from segue.storage.handles import opened
from segue.storage.source import Source

if TYPE_CHECKING:
    from segue.model.image import Pixels

Array = np.ndarray[Any, np.dtype[Any]]

LONGEST_HEADER = 1 << 20
MOST_TEXT = 1 << 28
"""Bytes of a file whose values are text, which is read as a whole."""
_KINDS = {b"P1": ("bits", 1), b"P2": ("text", 1), b"P3": ("text", 3), b"P4": ("packed", 1), b"P5": ("raw", 1), b"P6": ("raw", 3)}


@dataclass(frozen=True)
class PnmHead:
    """What a file says about itself."""

    magic: bytes
    height: int
    width: int
    highest: int
    """The largest value that its numbers may have; 1 for bit maps."""
    start: int
    """The byte at which the pixels begin."""
    facts: Facts

    @property
    def samples(self) -> int:
        return _KINDS[self.magic][1]

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(np.uint8 if self.highest < 256 else np.uint16)

    @property
    def bits(self) -> bool:
        """Whether it is a bit map, in which 1 is black."""
        return self.magic in (b"P1", b"P4")


class OpenPnm:
    """An open file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            self.head = _head(file.read(LONGEST_HEADER), path)
        self._check(path.stat().st_size - self.head.start)
        self._values: Array | None = None

    def values(self) -> Array:
        """(y, x, samples), mapped into memory where the file has them as they are."""
        if self._values is None:
            head, kind = self.head, _KINDS[self.head.magic][0]
            shape = (head.height, head.width, head.samples)
            if kind == "raw":
                self._values = np.memmap(self.path, head.dtype.newbyteorder(">"), "r", head.start, shape)
            elif kind == "packed":
                rows = np.memmap(self.path, np.uint8, "r", head.start, (head.height, -(-head.width // 8)))
                self._values = np.unpackbits(rows, axis=1)[:, : head.width, None]
            else:
                self._values = _text(self.path, head).reshape(shape)
        return self._values

    def close(self) -> None:
        self._values = None

    def _check(self, available: int) -> None:
        head, kind = self.head, _KINDS[self.head.magic][0]
        pixels = head.height * head.width * head.samples
        needed = {"raw": pixels * head.dtype.itemsize, "packed": head.height * -(-head.width // 8), "bits": pixels, "text": 2 * pixels - 1}[kind]
        if available < needed:
            raise _bad(self.path, head.start, f"{max(available, 0):,} bytes of pixels instead of {needed:,}")
        if kind in ("bits", "text") and available > MOST_TEXT:
            raise TooLarge(f"{self.path} has more than {MOST_TEXT:,} bytes of text, more than segue reads of such a file", path=self.path, limit=MOST_TEXT)


def describe(source: Source) -> PnmHead:
    """The head of a file.

    Raises
    ------
    WrongFormat, Malformed, UnsupportedVariant, TooLarge
    """
    with opened(source, OpenPnm) as file:
        return file.head


@dataclass(frozen=True)
class PnmPixels:
    """The pixels of a map: (y, x), or (c, y, x) for colours."""

    source: Source
    shape: tuple[int, ...]
    dtype: np.dtype[Any] = field(hash=False)

    @classmethod
    def of(cls, source: Source) -> PnmPixels:
        head = describe(source)
        return cls(source, ((3,) if head.samples == 3 else ()) + (head.height, head.width), head.dtype)

    @property
    def chunks(self) -> tuple[int, ...]:
        """Rows of all channels lie together."""
        return (*((3,) if len(self.shape) == 3 else ()), 1, self.shape[-1])

    def read(self, region: tuple[slice, ...]) -> Array:
        """The pixels of a region, as a new array in native byte order.

        Raises
        ------
        Malformed, SourceChanged
        """
        with opened(self.source, OpenPnm) as file:
            part = np.moveaxis(file.values()[region[-2], region[-1]], -1, 0)
        part = part[region[0]] if len(self.shape) == 3 else part[0]
        if part.size and part.max() > file.head.highest:
            raise _bad(self.source.path, file.head.start, f"a value above the {file.head.highest:,} that it announces")
        return np.array(part, self.dtype)


@contextmanager
def pnm_blocks(file: BinaryIO, pixels: Pixels, axes: str, facts: Facts) -> Iterator[RawBlocks]:
    """The writer of a grey map (P5) of one channel or a colour map (P6) of three.

    Raises
    ------
    Incompatible
        It cannot hold such pixels.
    """
    height, width, channels = along("yxc", axes, pixels.shape)
    if pixels.dtype.name not in ("uint8", "uint16") or channels not in (1, 3):
        what = f"{channels} channel{'s' if channels > 1 else ''} of type {pixels.dtype.name}"
        raise Incompatible(f"a portable map stores 1 or 3 channels of uint8 or uint16, not {what}; write .tif instead")
    magic, highest = "P5" if channels == 1 else "P6", 255 if pixels.dtype == np.uint8 else 65_535
    head = f"{magic}\n# {KEY} {facts.to_json()}\n{width} {height}\n{highest}\n".encode("ascii")
    yield RawBlocks(file, file.write(head), pixels, axes, "yxc", pixels.dtype.newbyteorder(">"))


def _head(data: bytes, path: Path) -> PnmHead:
    magic = data[:2]
    if magic == b"P7":
        raise UnsupportedVariant(f"{path} is a portable arbitrary map (PAM), which segue does not read; save it as PGM, PPM or TIFF", path=path)
    if magic not in _KINDS:
        raise WrongFormat(f"{path} is not a portable map: it does not start with P1 to P6", path=path, expected="P1 to P6")
    comments: list[bytes] = []
    numbers: list[int] = []
    at, wanted = 2, 2 if magic in (b"P1", b"P4") else 3
    while len(numbers) < wanted:
        at = _skip(data, at, comments)
        end = at
        while end < len(data) and data[end : end + 1].isdigit() and end - at < 11:
            end += 1
        if end == at or end == len(data):
            raise _bad(path, at, "its header makes no sense")
        numbers.append(int(data[at:end]))
        at = end
    width, height, highest = (*numbers, 1)[:3]
    if not 0 < width < 1 << 31 or not 0 < height < 1 << 31 or not 0 < highest < 1 << 16 or not data[at : at + 1].isspace():
        raise _bad(path, at, "its header makes no sense")
    own = next((text for text in comments if text.startswith(f"{KEY} {{".encode())), b"")
    return PnmHead(magic, height, width, highest, at + 1, Facts().updated(parse(own[len(KEY) :].decode("latin-1"))))


def _skip(data: bytes, at: int, comments: list[bytes]) -> int:
    """Behind white space and comments."""
    while at < len(data) and (data[at : at + 1].isspace() or data[at : at + 1] == b"#"):
        if data[at : at + 1] == b"#":
            end = data.find(b"\n", at)
            end = len(data) if end < 0 else end
            comments.append(data[at + 1 : end].strip())
            at = end
        else:
            at += 1
    return at


def _text(path: Path, head: PnmHead) -> Array:
    """Values that are text; digits of bit maps need no blanks between them."""
    with path.open("rb") as file:
        file.seek(head.start)
        lines = [line.split(b"#", 1)[0] for line in file]
    count = head.height * head.width * head.samples
    data = b" ".join(lines)
    if head.bits:
        digits = np.frombuffer(data, np.uint8)
        digits = digits[(digits == ord("0")) | (digits == ord("1"))] - ord("0")
        values = digits.astype(np.int64)
    else:
        words = data.split(maxsplit=count)[:count]
        if not all(word.isdigit() and len(word) < 7 for word in words):
            raise _bad(path, head.start, "a value that is no number")
        values = np.array(words, "S6").astype(np.int64)
    if len(values) < count:
        raise _bad(path, head.start, f"{len(values):,} values instead of {count:,}")
    if values.size and values.max() > head.highest:
        raise _bad(path, head.start, f"a value above the {head.highest:,} that it announces")
    found: Array = values[:count].astype(head.dtype)
    return found


def _bad(path: Path, at: int, what: str) -> Malformed:
    return Malformed(f"{path} is damaged or incomplete: {what}", path=path, position=f"byte {at}", expected=what)

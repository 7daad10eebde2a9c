"""A large text file as an array of bytes that takes no memory of its own: parts that have been read are given back to the system."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segue.codecs.geojson_read import check_text
from segue.errors import SourceChanged
from segue.storage.source import Source, unreadable

_STEP = 1 << 24
_SPACE = b" \t\r\n"


@dataclass(frozen=True)
class Mapped:
    """A text without byte-order mark and without space at its ends."""

    b: npt.NDArray[np.uint8]
    """(n,) not to be written to."""
    map: mmap.mmap
    first: int
    """Byte of the file at which it begins."""

    def forget(self, begin: int, end: int) -> None:
        """Give back the memory of a part; it can still be read, from the file."""
        first = -(-(self.first + begin) // mmap.PAGESIZE) * mmap.PAGESIZE
        last = (self.first + end) // mmap.PAGESIZE * mmap.PAGESIZE
        if last > first and hasattr(self.map, "madvise"):  # not on Windows
            self.map.madvise(mmap.MADV_DONTNEED, first, last - first)

    def check(self, path: object) -> None:
        """Raise Malformed if it is not UTF-8."""
        at = 0
        while at < len(self.b):
            end = min(at + _STEP, len(self.b))
            while at < end < len(self.b) and self.b[end] & 0xC0 == 0x80 and end < at + _STEP + 4:
                end += 1
            part = self.b[at:end]
            if not _is_ascii(part):
                check_text(memoryview(part), path)  # type: ignore[arg-type]
            self.forget(at, end)
            at = end


class _Held(Mapped):
    """A text in memory: nothing of it can be given back, as no file has it."""

    def forget(self, begin: int, end: int) -> None:
        """Nothing."""


def held(data: bytes) -> Mapped:
    """A text that is in memory."""
    begin, end = 3 if data[:3] == b"\xef\xbb\xbf" else 0, len(data)
    while end > begin and data[end - 1] in _SPACE:
        end -= 1
    return _Held(np.frombuffer(data, np.uint8)[begin:end], mmap.mmap(-1, 1), begin)


def _is_ascii(part: npt.NDArray[np.uint8]) -> bool:
    whole = len(part) & ~7
    words = part[:whole].view(np.uint64)
    return int(np.bitwise_or.reduce(words, initial=0)) & 0x8080808080808080 == 0 and part[whole:].tobytes().isascii()


@contextmanager
def mapped(source: Source) -> Iterator[Mapped]:
    """The text of a file that is not empty.

    Raises
    ------
    NotFound
        It cannot be read.
    SourceChanged
        It is not the file that the source was made of.
    """
    source.check()
    try:
        with source.path.open("rb") as file:
            whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise unreadable(source.path, error) from error
    if len(whole) != source.size:
        raise SourceChanged(f"{source.path} changed while it was being read; read it again", path=source.path)
    begin, end = 3 if whole[:3] == b"\xef\xbb\xbf" else 0, len(whole)
    while end > begin and whole[end - 1] in _SPACE:
        end -= 1
    yield Mapped(np.frombuffer(whole, np.uint8)[begin:end], whole, begin)
    source.check()

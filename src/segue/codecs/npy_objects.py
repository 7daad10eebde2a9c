"""A .npy file with one Python value in it, read without running anything: what ``np.save(path, a_dictionary)`` writes."""

from __future__ import annotations

import mmap
from contextlib import suppress
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from segue.codecs.npy import LONGEST_HEADER, MAGIC, header
from segue.codecs.pickle_read import read_pickle
from segue.codecs.pickle_values import Array, PickledArray, Refused
from segue.errors import Malformed, UnsupportedVariant, WrongFormat
from segue.storage.handles import opened
from segue.storage.source import Source


class OpenObject:
    """An open file and the value in it; arrays stay in the file.

    Raises
    ------
    WrongFormat, Malformed, UnsupportedVariant
        When made.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            head = file.read(LONGEST_HEADER)
            if head[: len(MAGIC)] != MAGIC:
                raise WrongFormat(f"{path} is no .npy file: it does not start like one", path=path, expected="NumPy signature")
            descr, shape, _, start = header(head, path)
            if descr not in ("|O", "O") or prod(shape) != 1:
                raise WrongFormat(f"{path} holds an array, not one Python value", path=path, expected="an array of one object")
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.data = memoryview(self._map)
        try:
            self.value = _only(read_pickle(self.data, start))
        except Refused as error:
            self.close()
            raise _refusal(error, path) from error

    def close(self) -> None:
        with suppress(BufferError):
            self.data.release()
            self._map.close()


def _only(found: object) -> Any:
    if not isinstance(found, PickledArray) or not isinstance(found.content, list) or len(found.content) != 1:
        raise Refused("the pickle is not an array of one object")
    return found.content[0]


def _refusal(error: Refused, path: Path) -> Malformed | UnsupportedVariant:
    if error.hostile:
        return UnsupportedVariant(
            f"{path} holds more than numbers, texts and arrays: {error}. segue never runs what a file asks for; "
            "if you trust it, load it in Python and save its masks as a TIFF file",
            path=path,
        )
    return Malformed(f"{path} is damaged or incomplete: {error}", path=path, expected=str(error))


@dataclass(frozen=True)
class ObjectPixels:
    """An array that is the value of one key of the dictionary in a file."""

    source: Source
    key: str
    shape: tuple[int, ...]
    """Axes of length 1 may be left out."""
    dtype: np.dtype[Any] = field(hash=False)
    shift: int = 0
    """What is added to every value."""

    def read(self, region: tuple[slice, ...]) -> Array:
        """The values of a region, as a new array in native byte order.

        Raises
        ------
        Malformed, SourceChanged
        """
        with opened(self.source, OpenObject) as file:
            values = file.value[self.key].values(file.data).reshape(self.shape)
            found = np.array(values[region], self.dtype, order="C")
            del values
        if self.shift:
            found += np.array(self.shift, self.dtype)
        return found

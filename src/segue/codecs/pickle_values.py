"""What a pickle may hold here: plain values, and NumPy arrays whose bytes stay in the file until someone asks for them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Buffer = memoryview

_TYPE = re.compile(r"[buifc](?:1|2|4|8|16)|[US][0-9]{1,6}")
_MOST_AXES = 32
_MOST_ELEMENTS = 1 << 40


class Refused(Exception):
    """A pickle that is damaged, or holds what segue never loads. The message is a clause for the error of the file."""

    def __init__(self, what: str, *, hostile: bool = False) -> None:
        super().__init__(what)
        self.hostile = hostile
        """Whether it asks for code to be run, rather than being damaged."""


class Name(Enum):
    """The only global names that a pickle may use. They stand for what segue does itself; nothing is ever imported."""

    RECONSTRUCT = "reconstruct"
    ARRAY = "array"
    TYPE = "type"
    SCALAR = "scalar"
    FROM_BUFFER = "from buffer"
    ENCODE = "encode"
    BYTES = "bytes"
    PATH = "path"


_CORES = ("numpy.core", "numpy._core")
NAMES: dict[tuple[str, str], Name] = {
    **{(f"{core}.multiarray", "_reconstruct"): Name.RECONSTRUCT for core in _CORES},
    **{(f"{core}.multiarray", "scalar"): Name.SCALAR for core in _CORES},
    **{(f"{core}.numeric", "_frombuffer"): Name.FROM_BUFFER for core in _CORES},
    ("numpy", "ndarray"): Name.ARRAY,
    ("numpy", "dtype"): Name.TYPE,
    ("_codecs", "encode"): Name.ENCODE,
    ("builtins", "bytes"): Name.BYTES,
    ("__builtin__", "bytes"): Name.BYTES,
    **{
        (module, kind): Name.PATH
        for module in ("pathlib", "pathlib._local")
        for kind in ("PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath", "Path", "PurePath")
    },
}
"""(module, name) of NumPy 1 and 2, of Python 2 and 3."""


@dataclass(frozen=True)
class Span:
    """Bytes of the file."""

    start: int
    length: int


@dataclass
class PickledType:
    """A type of numbers or texts; ``dtype`` is None for one whose values segue does not read (dates, records)."""

    dtype: np.dtype[Any] | None
    objects: bool = False

    @classmethod
    def of(cls, text: object) -> PickledType:
        if isinstance(text, str) and text in {"O", "O8", "|O"}:
            return cls(None, objects=True)
        if not isinstance(text, str) or not _TYPE.fullmatch(text):
            return cls(None)
        try:
            return cls(np.dtype(text))
        except TypeError:
            return cls(None)

    def restore(self, state: object) -> None:
        """Take over the byte order, the second entry of its state."""
        if not isinstance(state, tuple) or len(state) < 2 or state[1] not in {"<", ">", "|", "="}:
            raise Refused("the state of a number type makes no sense")
        if self.dtype is not None and state[1] in {"<", ">"}:
            self.dtype = self.dtype.newbyteorder(state[1])


@dataclass
class PickledArray:
    """An array: its values lie in the file (``Span``), in memory (bytes), or are Python values (a list)."""

    shape: tuple[int, ...] = (0,)
    dtype: np.dtype[Any] | None = None
    fortran: bool = False
    content: Span | bytes | list[Any] = field(default_factory=list)

    def restore(self, state: object) -> None:
        """Take over the state of ``ndarray.__setstate__``: version, shape, type, order, values."""
        if not isinstance(state, tuple) or len(state) != 5 or not isinstance(state[2], PickledType) or type(state[3]) is not bool:
            raise Refused("the state of an array makes no sense")
        self.fill(state[1], state[2], state[4], fortran=state[3])

    def fill(self, shape: object, type_: PickledType, content: object, *, fortran: bool) -> None:
        if not isinstance(shape, tuple) or len(shape) > _MOST_AXES or not all(type(size) is int and size >= 0 for size in shape):
            raise Refused("the shape of an array makes no sense")
        count = math.prod(shape)
        if count > _MOST_ELEMENTS:
            raise Refused("an array announces more values than a file can hold")
        length = content.length if isinstance(content, Span) else len(content) if isinstance(content, bytes | list) else -1
        if isinstance(content, list) != type_.objects or length < 0:
            raise Refused("the values of an array are missing")
        expected = count * (1 if type_.objects or type_.dtype is None else type_.dtype.itemsize)
        if length != expected and (type_.objects or type_.dtype is not None):
            raise Refused(f"an array holds {length:,} bytes instead of {expected:,}")
        assert isinstance(content, Span | bytes | list)
        self.shape, self.dtype, self.fortran, self.content = shape, type_.dtype, fortran, content

    @property
    def known(self) -> bool:
        """Whether its values are numbers that segue reads."""
        return self.dtype is not None

    def values(self, data: Buffer) -> Array:
        """The numbers, as a view of the file where they lie in it."""
        assert self.dtype is not None
        if isinstance(self.content, Span):
            found: Array = np.frombuffer(data, self.dtype, math.prod(self.shape), self.content.start) if 0 not in self.shape else np.empty(0, self.dtype)
        else:
            assert isinstance(self.content, bytes)
            found = np.frombuffer(self.content, self.dtype)
        return found.reshape(self.shape, order="F" if self.fortran else "C")

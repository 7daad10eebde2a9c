"""Values of a pickle as JSON and back: settings of other programs, kept as text.

JSON has no NaN, tuples, bytes or arrays; they become objects of one entry (``{"float": "nan"}``, ``{"tuple": [...]}``, ``{"array": ...}``).
"""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np

from segue.codecs.pickle_values import Array, PickledArray, Span

MOST_VALUES = 1_000_000
"""Values in one text: what is larger is data, not a setting."""
_DEEPEST = 30
_TAGS = {"float", "tuple", "bytes", "array", "scalar", "dict"}


class NotPlain(ValueError):
    """A value that has no place in JSON, or is too large for it."""


def to_json(value: Any, data: memoryview = memoryview(b"")) -> Any:  # noqa: B008  (bytes never change)
    """A value of ``read_pickle``, or of ``from_json``, as what JSON has.

    Raises
    ------
    NotPlain
        More than ``MOST_VALUES`` values, nested deeper than 30, or arrays of other things than numbers.
    """
    return _Encoder(data).value(value, 0)


class _Encoder:
    def __init__(self, data: memoryview) -> None:
        self.data, self.left = data, MOST_VALUES

    def spend(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise NotPlain("too many values")

    def value(self, value: Any, depth: int) -> Any:
        self.spend(1)
        if depth > _DEEPEST:
            raise NotPlain("nested too deep")
        if value is None or isinstance(value, bool | str) or type(value) is int:
            return value
        if type(value) is float:
            return value if math.isfinite(value) else {"float": str(value)}
        if isinstance(value, np.generic):
            return {"scalar": value.dtype.str[1:], "value": self.value(_number(value), depth + 1)}
        if isinstance(value, Span | bytes):
            return self.bytes(value)
        if isinstance(value, PickledArray | np.ndarray):
            return self.array(value, depth)
        return self.many(value, depth)

    def many(self, value: Any, depth: int) -> Any:
        self.spend(len(value))
        if isinstance(value, dict):
            if all(isinstance(key, str) for key in value) and not (_TAGS & set(value)):
                return {key: self.value(one, depth + 1) for key, one in value.items()}
            return {"dict": [[self.value(key, depth + 1), self.value(one, depth + 1)] for key, one in value.items()]}
        items = [self.value(one, depth + 1) for one in value]
        return {"tuple": items} if isinstance(value, tuple) else items

    def bytes(self, value: Span | bytes) -> Any:
        length = value.length if isinstance(value, Span) else len(value)
        self.spend(length)
        found = self.data[value.start : value.start + value.length].tobytes() if isinstance(value, Span) else value
        return {"bytes": base64.b64encode(found).decode()}

    def array(self, value: PickledArray | Array, depth: int) -> Any:
        if value.dtype is None or value.dtype.kind not in "buif":
            raise NotPlain("an array of other things than numbers")
        self.spend(math.prod(value.shape))
        numbers = (value.values(self.data) if isinstance(value, PickledArray) else value).reshape(-1)
        return {"array": value.dtype.str[1:], "shape": list(value.shape), "values": [self.value(one, depth + 1) for one in numbers.tolist()]}


def _number(value: np.generic) -> Any:
    if value.dtype.kind not in "buif":
        raise NotPlain("a number of an unusual type")
    return value.item()


def from_json(value: Any) -> Any:
    """The value again, with NumPy's arrays and numbers.

    Raises
    ------
    NotPlain
        It is not what ``to_json`` makes.
    """
    try:
        return _decoded(value)
    except (TypeError, ValueError, KeyError, OverflowError, AttributeError) as error:
        raise NotPlain("not what was made of a pickle") from error


def _decoded(value: Any) -> Any:
    if isinstance(value, list):
        return [_decoded(one) for one in value]
    if not isinstance(value, dict):
        return value
    tags = _TAGS & set(value)
    if not tags:
        return {key: _decoded(one) for key, one in value.items()}
    return _DECODERS[tags.pop()](value)


def _typed(name: str) -> np.dtype[Any]:
    dtype = np.dtype(name)
    if dtype.kind not in "buif":
        raise NotPlain("an array of other things than numbers")
    return dtype.newbyteorder("<")


_DECODERS: dict[str, Any] = {
    "float": lambda value: float(value["float"]),
    "tuple": lambda value: tuple(_decoded(one) for one in value["tuple"]),
    "bytes": lambda value: base64.b64decode(value["bytes"], validate=True),
    "dict": lambda value: {_decoded(key): _decoded(one) for key, one in value["dict"]},
    "scalar": lambda value: _typed(value["scalar"]).type(_decoded(value["value"])),
    "array": lambda value: np.array([_decoded(one) for one in value["values"]], _typed(value["array"])).reshape(value["shape"]),
}

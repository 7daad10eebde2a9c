"""JSON that keeps every value: numbers that are not finite, and text that is not valid Unicode."""

from __future__ import annotations

import json
import math
from typing import Any

import msgspec
import numpy as np

from segue.errors import Malformed

NOT_FINITE = "$number"
"""JSON has no NaN and no infinity; they are written as {"$number": "nan"}."""


def to_text(value: Any, indent: int | None = 1) -> bytes:
    """Records, dataclasses, numbers and texts as JSON in UTF-8; ``indent=None`` = on one line."""
    plain = _marked(msgspec.to_builtins(value, enc_hook=number))
    text = json.dumps(plain, ensure_ascii=False, indent=indent, allow_nan=False)
    return text.encode("utf-8", "backslashreplace") + b"\n"  # half a surrogate pair becomes the escape that JSON has for it


def from_text(data: bytes, where: str) -> Any:
    """Plain data from JSON.

    Raises
    ------
    Malformed
    """
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_unmarked)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"{where} is not JSON; it is damaged or incomplete, so take it from a backup", path=where, expected="JSON") from error


def as_record(plain: Any, kind: Any, where: str) -> Any:
    """Plain data as a record of the given type.

    Raises
    ------
    Malformed
        Names the place that is wrong.
    """
    try:
        return msgspec.convert(plain, kind)
    except (ValueError, TypeError, RecursionError) as error:
        raise Malformed(f"{where} is not what segue wrote ({error}); take it from a backup", path=where, position=str(error)) from error


def number(value: Any) -> Any:
    """Numbers of numpy as those of Python."""
    if isinstance(value, np.generic):
        return value.item()
    raise NotImplementedError(f"{type(value).__name__} cannot be written as JSON")


def _marked(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return {NOT_FINITE: str(value)}
    if isinstance(value, dict):
        return {key: _marked(item) for key, item in value.items()}
    return [_marked(item) for item in value] if isinstance(value, list | tuple) else value


def _unmarked(pairs: list[tuple[str, Any]]) -> Any:
    if len(pairs) == 1 and pairs[0][0] == NOT_FINITE and pairs[0][1] in ("nan", "inf", "-inf"):
        return float(pairs[0][1])
    return dict(pairs)

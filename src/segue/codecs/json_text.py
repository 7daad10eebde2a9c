"""JSON as values: strict reading with a position, tidy writing. For anything that is not too large to be Python objects."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from segue.errors import Malformed

DEEPEST = 256
"""How many brackets may be open at once (a text of a million of them must not exhaust the stack)."""
_TEXTS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_BOM = b"\xef\xbb\xbf"


def loads(data: bytes | bytearray | memoryview, path: Path | str = "") -> Any:
    """The value of a JSON text in UTF-8; of repeated names the last counts, numbers are int or float.

    Raises
    ------
    Malformed
        It is not JSON (RFC 8259; no NaN), is cut off, is not UTF-8, or nests deeper than 256 brackets. Says the position (byte).
    """
    data = bytes(data).removeprefix(_BOM)
    check_depth(data, path)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        malformed(path, error.start, "text in UTF-8", error)
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        expected = "the rest of it (it is cut off)" if error.pos >= len(text.rstrip()) else "valid JSON"
        malformed(path, len(text[: error.pos].encode()), f"{expected}: {error.msg}", error)
    except ValueError as error:
        malformed(path, 0, f"valid JSON: {error}", error)


def dumps(value: Any, *, pretty: bool = False) -> bytes:
    """A value as JSON text in UTF-8 without line end; the same value gives the same bytes. NaN is refused (ValueError)."""
    indent, separators = (2, (",", ": ")) if pretty else (None, (",", ":"))
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent, separators=separators).encode("utf-8", "replace")


def check_depth(data: bytes, path: Path | str = "") -> None:
    """Raise Malformed if more than 256 brackets are open at once; the text may be invalid otherwise."""
    if data.count(b"[") + data.count(b"{") <= DEEPEST:
        return
    brackets = np.frombuffer(_TEXTS.sub(b"", data), np.uint8)
    opens = ((brackets == ord("[")) | (brackets == ord("{"))).astype(np.int8)
    closes = ((brackets == ord("]")) | (brackets == ord("}"))).astype(np.int8)
    if np.cumsum(opens - closes, dtype=np.int64).max(initial=0) > DEEPEST:
        malformed(path, 0, f"at most {DEEPEST} brackets inside each other", None)


def malformed(path: Path | str, position: int, expected: str, cause: BaseException | None) -> NoReturn:
    """Raise the one error for a text that is not what it should be."""
    where = f"{path} " if path else "the text "
    raise Malformed(f"{where}is damaged at byte {position:,}: expected {expected}", path=path, position=position, expected=expected) from cause


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number in JSON")

r"""The properties of a ROI: lines of text that ImageJ reads with Java's ``Properties`` loader, but writes without escaping anything.

The trap: ImageJ hands the text's UTF-8 bytes to a loader that takes them for Latin-1, and interprets ``\``, ``:``, ``=``, ``#`` and ``!``.
So we write ASCII only, with ``\uXXXX`` for the rest, and read by the loader's rules. A value that ImageJ saved once comes back as it was;
one that is not ASCII and that ImageJ loads and saves twice does not, whoever wrote it. `sealed` values survive any number of times.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

_WHITE = " \t\f"
_LETTER = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.|$)", re.DOTALL)
_KEY_END = re.compile(r"(?:[^\\ \t\f:=]|\\.)*", re.DOTALL)
_SEPARATOR = re.compile(r"[ \t\f]*[:=]?[ \t\f]*")
_SPECIAL_KEY = re.compile(r"[^!-~]|[\\:=#!]")
_SPECIAL_VALUE = re.compile(r"^ |[^ -~]|\\")
_UNSEALED = re.compile(r"[^!-~]|[%\\]")


def parsed(text: str) -> dict[str, str]:
    """Keys and values, as ``java.util.Properties.load`` finds them; of equal keys the last one counts."""
    found = {}
    for line in _logical_lines(text):
        end = _KEY_END.match(line)
        key = line[: end.end()] if end else ""
        separator = _SEPARATOR.match(line, len(key))
        found[_unescaped(key)] = _unescaped(line[separator.end() if separator else len(key) :])
    return found


def rendered(properties: Mapping[str, str]) -> str:
    """Lines that any ImageJ reads back as the given keys and values."""
    return "".join(f"{escaped_key(key)}: {escaped(value)}\n" for key, value in properties.items())


def escaped(value: str) -> str:
    """A value as ASCII on one line."""
    return _SPECIAL_VALUE.sub(_escape, value)


def escaped_key(key: str) -> str:
    """A key as ASCII on one line."""
    return _SPECIAL_KEY.sub(_escape, key)


def sealed(value: str) -> str:
    """A value without anything that ImageJ could change on loading and saving: percent-encoded UTF-8."""
    return _UNSEALED.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace")), value)


def unsealed(value: str) -> str:
    """What `sealed` made safe."""
    return unquote(value, errors="replace")


def _logical_lines(text: str) -> list[str]:
    """Lines without comments and leading white space, continued ones joined."""
    lines: list[str] = []
    going_on = False
    for raw in re.split(r"\r\n|\r|\n", text):
        line = raw.lstrip(_WHITE)
        if not going_on and (not line or line[0] in "#!"):
            continue
        if going_on:
            lines[-1] = lines[-1][:-1] + line
        else:
            lines.append(line)
        going_on = (len(line) - len(line.rstrip("\\"))) % 2 == 1
    return lines


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _joined_pairs(_ESCAPE.sub(lambda found: chr(int(found[1][1:], 16)) if len(found[1]) == 5 else _LETTER.get(found[1], found[1]), text))


def _joined_pairs(text: str) -> str:
    """Two escapes that are halves of one character become that character."""
    return text.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "replace")


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if character == "\n":
        return "\\n"
    if " " <= character <= "~":
        return "\\" + character
    units = character.encode("utf-16-be", "replace")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))

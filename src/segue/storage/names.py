"""File names that work on Linux, macOS and Windows alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

LONGEST = 200
"""Bytes of UTF-8: every file system takes 255, and a hidden prefix while writing needs some of them."""

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\ud800-\udfff]')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])", re.IGNORECASE)


def safe_name(text: str, suffix: str = "") -> str:
    """A file name as close to ``text + suffix`` as the three systems allow.

    Forbidden characters become ``_``; trailing dots and spaces go; device names (``con``, ``nul.txt``) get a ``_``; names longer than
    ``LONGEST`` bytes are cut before the suffix, never inside a character. The same text always gives the same name.
    """
    stem = _clean(text)
    if _RESERVED.fullmatch(stem.split(".")[0].rstrip()):
        head, dot, tail = stem.partition(".")
        stem = f"{head.rstrip()}_{dot}{tail}"
    end = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", suffix)).rstrip(" .")
    return (_cut(stem, LONGEST - len(end.encode())).rstrip(" ." if not end else " ") or "_") + end


def safe_names(texts: Iterable[str], suffix: str = "") -> list[str]:
    """One safe name per text, all different even where upper and lower case are the same (``a.tif, A.tif`` -> ``a.tif, A_2.tif``)."""
    taken: set[str] = set()
    return [_free(text, suffix, taken) for text in texts]


def natural(name: str) -> list[tuple[int, int, str]]:
    """A key that sorts numbers in names by their value."""
    return [(0, int(part), part) if part.isdigit() and part.isascii() else (1, 0, part) for part in re.split(r"([0-9]+)", name) if part]


def same_file_name(one: str, other: str) -> bool:
    """Whether two names would be one file on some system."""
    return _key(one) == _key(other)


def _free(text: str, suffix: str, taken: set[str]) -> str:
    for name in _candidates(text, suffix):
        if _key(name) not in taken:
            taken.add(_key(name))
            return name
    raise AssertionError("counting never ends")


def _candidates(text: str, suffix: str) -> Iterator[str]:
    first = safe_name(text, suffix)
    yield first
    stem = first[: len(first) - len(safe_name("x", suffix)) + 1]
    number = 2
    while True:
        mark = f"_{number}"
        yield safe_name(_cut(stem, LONGEST - len((mark + suffix).encode())) + mark, suffix)
        number += 1


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _clean(text: str) -> str:
    stem = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", text)).strip().rstrip(". ")
    return stem or "_"


def _cut(text: str, count: int) -> str:
    return text.encode()[: max(count, 1)].decode(errors="ignore")

"""The TEXT segment of FCS: keywords and values between delimiters, as the standard has it and as programs write it.

The first byte is the delimiter. Inside a value it is doubled, and no value is empty; but many programs write empty values, which look the same.
Both readings are tried then, and the one counts that has all the keywords which a file cannot do without.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from segue.errors import Malformed, TooLarge

MOST_BYTES = 1 << 27
MOST_WORDS = 4_000_000
_DELIMITERS = (b"\x0c", b"|", b"/", b"\\", b"\x1e", b"!")
"""Which delimiter is written: the first that no keyword and no value holds, because not every program undoes the doubling."""
_NEEDED = ("$PAR", "$DATATYPE", "$BYTEORD")


def parse_text(data: bytes, path: Path | str, position: int = 0, *, primary: bool = True) -> dict[str, str]:
    """Keyword (in upper case) -> value; of a repeated keyword the first counts.

    Parameters
    ----------
    data
        The whole segment, from its delimiter on; what is behind the last delimiter may be missing.
    path
        For messages.
    position
        Byte of the file at which it begins.
    primary
        Whether it has to hold what describes the data (a supplemental TEXT does not).

    Raises
    ------
    Malformed
        It is no list of keywords and values.
    TooLarge
        More than 4 million words.
    """
    mark = data[:1]
    if not mark or mark.isalnum() or mark in (b"$", b" ", b"\x00"):
        raise Malformed(f"{path} has no delimiter where its keywords begin", path=path, position=position, expected="a delimiter, then keywords")
    body = _body(data[1:], mark)
    if body.count(mark) > MOST_WORDS:
        raise TooLarge(f"{path} has more than {MOST_WORDS:,} words in its keywords", path=path, limit=MOST_WORDS)
    readings = [body.split(mark)]
    if mark * 2 in body:
        readings.insert(0, _undoubled(readings[0], mark))
    found = [_pairs(words) for words in readings]
    best = next((one for one, words in zip(found, readings, strict=True) if (_complete(one) if primary else len(words) % 2 == 0)), found[0])
    if primary and not any(key.startswith("$") for key in best):
        raise Malformed(f"{path} has no keywords where they should be", path=path, position=position, expected="keywords such as $PAR")
    return best


def _body(data: bytes, mark: bytes) -> bytes:
    """Without the last delimiter, and what programs fill up with behind it."""
    filled = data.rstrip(b" \0\r\n")
    if filled.endswith(mark):
        data = filled
    return data[:-1] if data.endswith(mark) else data


def _undoubled(pieces: list[bytes], mark: bytes) -> list[bytes]:
    """Words, where two delimiters in a row are one that belongs to the word."""
    words: list[bytes] = []
    parts: list[bytes] = []
    place, last = 0, len(pieces) - 1
    while place <= last:
        parts.append(pieces[place])
        if place + 1 < last and not pieces[place + 1]:
            parts.append(mark)
            place += 2
            continue
        words.append(b"".join(parts))
        parts = []
        place += 1
    return [*words, b"".join(parts)] if parts else words


def _pairs(words: list[bytes]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in zip(words[::2], words[1::2], strict=False):
        found.setdefault(_decoded(key).strip().upper(), _decoded(value))
    return found


def _decoded(word: bytes) -> str:
    """FCS 3.1 is UTF-8; older programs write Latin-1."""
    try:
        return word.decode("utf-8")
    except UnicodeDecodeError:
        return word.decode("latin-1")


def _complete(found: Mapping[str, str]) -> bool:
    if not all(found.get(key, "").strip() for key in _NEEDED):
        return False
    try:
        count = int(found["$PAR"])
    except ValueError:
        return False
    return count <= len(found) and all(found.get(f"$P{n}B", "").strip() and f"$P{n}N" in found for n in range(1, count + 1))


def delimiter_for(words: Mapping[str, str]) -> bytes:
    """The first delimiter that nothing in the keywords contains; the first of all where each occurs."""
    everything = "".join(f"{key}{value}" for key, value in words.items()).encode("utf-8", "replace")
    return next((mark for mark in _DELIMITERS if mark not in everything), _DELIMITERS[0])


def encode_text(words: Mapping[str, str], mark: bytes, encoding: str = "utf-8") -> bytes:
    """The segment. Delimiters in words are doubled; a keyword with an empty value is left out; one that begins with the delimiter gets a blank before it."""
    parts = [mark]
    for key, value in words.items():
        if value:
            text = value.encode(encoding, "replace")
            text = b" " + text if text.startswith(mark) else text
            parts += [key.encode("ascii", "replace").replace(mark, mark * 2), mark, text.replace(mark, mark * 2), mark]
    return b"".join(parts)

"""How the DATA segment of FCS is laid out: channels, number of events, number types, where it begins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from segue.codecs.fcs_header import Header, Span
from segue.errors import Malformed, TooLarge, UnsupportedVariant

MOST_EVENTS = 2**31 - 2
_WIDTHS = {"F": (32,), "D": (64,), "I": (8, 16, 32, 64)}
_ORDERS = {"1,2,3,4": "<", "4,3,2,1": ">", "1,2": "<", "2,1": ">", "1": "<", "1,2,3,4,5,6,7,8": "<", "8,7,6,5,4,3,2,1": ">"}


@dataclass(frozen=True)
class Channel:
    """One parameter, as its keywords say."""

    name: str
    """``$PnN``."""
    stain: str
    """``$PnS``, what people call it; empty = not stated."""
    kind: str
    """F, D or I: single or double precision, or unsigned integers."""
    bits: int
    mask: int | None
    """Of integers: the bits that count, where ``$PnR`` leaves some of them out."""
    amplified: bool
    """Whether ``$PnE`` says that the numbers stand for logarithms."""
    gain: str
    """``$PnG``; empty = none."""


@dataclass(frozen=True)
class Layout:
    """Where the events are, and what they are made of."""

    channels: tuple[Channel, ...]
    events: int
    begin: int
    """Byte of the file at which the first event begins."""
    row: np.dtype[Any]
    """Of one event: a structured type with the fields 0, 1, ... of the channels, packed."""

    @property
    def even(self) -> np.dtype[Any] | None:
        """The one number type of all channels; None if they differ."""
        types = {self.row[place] for place in range(len(self.channels))}
        return types.pop() if len(types) == 1 else None


def layout_of(words: Mapping[str, str], header: Header, path: Path | str, base: int, size: int) -> Layout:
    """What the keywords say, checked against the size of the file before anything is allocated.

    Parameters
    ----------
    words
        All keywords of the data set, in upper case.
    header
        Its HEADER.
    path
        For messages.
    base
        First byte of the data set.
    size
        Bytes of the file.

    Raises
    ------
    Malformed
        A keyword is missing or senseless, or the DATA segment is cut off.
    UnsupportedVariant
        Histograms, numbers as text, or integers of odd widths.
    TooLarge
        More than 2**31 events.
    """
    if (mode := words.get("$MODE", "L").strip().upper()) != "L":
        raise UnsupportedVariant(f"{path} holds histograms ($MODE {mode}), not events", path=path, mode=mode)
    count = whole(words, "$PAR", path)
    order = _ORDERS.get(words.get("$BYTEORD", "").replace(" ", ""))
    if order is None:
        given = words.get("$BYTEORD", "nothing")[:40]
        raise UnsupportedVariant(f"{path} has bytes in the order {given}; segue reads 1,2,3,4 and 4,3,2,1", path=path, order=given)
    channels = tuple(_channel(words, number, path) for number in range(1, count + 1))
    row = np.dtype([(str(place), f"{order if one.bits > 8 else '|'}{'u' if one.kind == 'I' else 'f'}{one.bits // 8}") for place, one in enumerate(channels)])
    events, begin = _extent(words, header, row.itemsize, path, base, size)
    return Layout(channels, events, begin, row)


def whole(words: Mapping[str, str], key: str, path: Path | str, otherwise: int | None = None) -> int:
    """A keyword as a number from 0.

    Raises
    ------
    Malformed
        It is missing, and ``otherwise`` is None; or it is no such number.
    """
    text = words.get(key, "").strip()
    if not text and otherwise is not None:
        return otherwise
    if not text.isascii() or not text.isdigit() or len(text) > 24:
        raise Malformed(f"{path} says {key} {text[:40] or 'not at all'}; that is a whole number", path=path, position=key, expected="a whole number from 0")
    return int(text)


def _channel(words: Mapping[str, str], number: int, path: Path | str) -> Channel:
    kind = (words.get(f"$P{number}DATATYPE") or words.get("$DATATYPE", "")).strip().upper()
    if kind == "A":
        raise UnsupportedVariant(f"{path} holds numbers as text ($DATATYPE A), which nobody has written since FCS 3.0", path=path)
    if kind not in _WIDTHS:
        raise Malformed(f"{path} says $DATATYPE {kind[:20] or 'not at all'}", path=path, position="$DATATYPE", expected="F, D or I")
    bits = whole(words, f"$P{number}B", path)
    if bits not in _WIDTHS[kind]:
        raise UnsupportedVariant(f"{path} has {bits} bits in parameter {number} of type {kind}; segue reads {_WIDTHS[kind]}", path=path, bits=bits)
    return Channel(
        name=words.get(f"$P{number}N", "").strip() or f"P{number}",
        stain=words.get(f"$P{number}S", "").strip(),
        kind=kind,
        bits=bits,
        mask=_mask(words.get(f"$P{number}R", ""), bits) if kind == "I" else None,
        amplified=_amplified(words.get(f"$P{number}E", "")),
        gain="" if _number(words.get(f"$P{number}G", "1")) in (None, 0.0, 1.0) else words[f"$P{number}G"].strip(),
    )


def _mask(text: str, bits: int) -> int | None:
    """The bits below the range, which is a power of two or lies under one."""
    digits = text.strip().split(".")[0]
    top = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 24 else 0
    used = (top - 1).bit_length() if top > 0 else 0
    return (1 << used) - 1 if 0 < used < bits else None


def _amplified(text: str) -> bool:
    decades = _number(text.split(",")[0])
    return decades is not None and decades > 0


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?\s*", text, re.ASCII) else None


def _extent(words: Mapping[str, str], header: Header, width: int, path: Path | str, base: int, size: int) -> tuple[int, int]:
    """(number of events, byte at which they begin). The HEADER counts unless the keywords fit better: it has no room beyond 99,999,999."""
    stated = (whole(words, "$BEGINDATA", path, 0), whole(words, "$ENDDATA", path, 0))
    spans = [span for span in (header.data, stated) if span[0]]
    total = words.get("$TOT", "").strip()
    events = whole(words, "$TOT", path) if total else _counted(spans, width)
    if events > MOST_EVENTS:
        raise TooLarge(f"{path} says that it holds {events:,} events; segue reads {MOST_EVENTS:,}", path=path, limit=MOST_EVENTS)
    if not events:
        return 0, base
    if not width or not spans:
        raise Malformed(f"{path} says {events:,} events, and not where they are", path=path, position="$BEGINDATA", expected="the offset of DATA")
    long = [span for span in spans if span[1] - span[0] + 1 >= events * width]
    begin = (long or spans)[0][0] + base
    if begin + events * width > size:
        there = max(0, size - begin) // width
        sentence = f"{path} is cut off: it says {events:,} events of {width:,} bytes, and holds {there:,}; get the complete file"
        raise Malformed(sentence, path=path, position=size, expected=f"{events * width:,} bytes from byte {begin:,} on")
    return events, begin


def _counted(spans: list[Span], width: int) -> int:
    """How many events there are where only the offsets tell (FCS 2.0)."""
    return max((last - first + 1) // width for first, last in spans) if spans and width else 0

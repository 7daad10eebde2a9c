"""FCS as Mantis Viewer writes it (ea0e92a, 2024): 3.0, big-endian, numbers and CentroidX, CentroidY, SegmentID.

Its faults are not repeated: ``/`` in names is doubled, names are unique and lose all blanks, ``$PnR`` is always a number, of any number of segments.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

import numpy as np
import polars as pl

from segue.codecs.fcs_header import encode_header
from segue.codecs.fcs_text import encode_text
from segue.codecs.fcs_write import TEXT_BEGIN, largest, write_events
from segue.codecs.javascript_numbers import javascript_text
from segue.errors import Incompatible
from segue.formats.fcs.events import Array, Events
from segue.formats.fcs.flat import joined, positions
from segue.formats.fcs.names import OURS, plain, sample, unique, well_known
from segue.formats.fcs.numbers import MOST, NONE, singles
from segue.formats.fcs.options import WriteOptions
from segue.formats.value_files import held
from segue.model.study import Study

_DROPPED = str.maketrans("", "", " ?_")
"""What names lose; Mantis drops only the first of each, so that what it wrote and what was read again would be called differently."""
_PLACED = 47
"""Bytes by which the data begin behind the end of the keywords, before their offsets are filled in."""
_OFFSETS = ("{data_start_byte}", "{data_end_byte}")


def flat(study: Study, options: WriteOptions) -> Events:
    """The segments in the order of their labels; objects without a label have no place.

    Raises
    ------
    Incompatible
        Several image sets, labels of several layers or times, or labels that single precision cannot hold.
    """
    sets = study.image_sets
    if len(sets) > 1:
        raise Incompatible(f"Mantis Viewer's FCS holds one image set, not {len(sets)}; write into a folder, or leave out --set dialect=mantis")
    frame = joined(sets).with_row_index("row").drop_nulls("label").sort("label")
    if frame["label"].is_duplicated().any() or (frame["label"].max() or 0) > MOST:  # type: ignore[operator]
        raise Incompatible("Mantis Viewer's FCS numbers segments once, up to 16,777,216; leave out --set dialect=mantis to keep layers, times and all labels")
    rows = frame["row"].to_numpy()
    columns: list[Array] = []
    names: list[str] = []
    for value in held(sets):
        if value.column.type not in ("text", "json"):
            names.append(value.column.name)
            columns.append(singles(value.series.gather(rows), options.nan))
    fixed: list[str] = []
    placed = positions(sets[0])[rows] if sets else np.empty((0, 3), np.float32)
    if len(placed) and (placed[:, :2] != NONE).any(axis=1).all():
        fixed += ["CentroidX", "CentroidY"]
        columns += [np.trunc(placed[:, nth].astype(np.float64) - 0.5).astype(np.float32) + np.float32(0) for nth in (0, 1)]
    columns.append(frame["label"].cast(pl.Float32).to_numpy())
    fixed.append("SegmentID")
    taken = [*fixed, "CentroidX", "CentroidY"]
    called = [*unique([_value_name(name) for name in names], taken), *fixed]
    return Events(called, [""] * len(columns), columns, sample=sample([options.sample] if options.sample else [s.name for s in sets]))


def _value_name(name: str) -> str:
    """A name as Mantis writes it, unless a reader would take it for the label or a position."""
    name = plain(name).translate(_DROPPED)
    return f"{name}(value)" if well_known(name) is not None else name


def write(file: BinaryIO, events: Events, more: Mapping[str, str] | None = None) -> None:
    """HEADER, TEXT from byte 256 (with ``more`` keywords at its end), blanks, big-endian events, eight zeros."""
    count = len(events)
    words = {
        **dict.fromkeys(("$BEGINANALYSIS", "$ENDANALYSIS", "$BEGINSTEXT", "$ENDSTEXT"), "0"),
        "$BEGINDATA": _OFFSETS[0],
        "$ENDDATA": _OFFSETS[1],
        **{"$BYTEORD": "4,3,2,1", "$DATATYPE": "F", "$MODE": "L", "$NEXTDATA": "0", "$TOT": str(count), "$PAR": str(len(events.names))},
        "$CYT": OURS[1],
    }
    for number, (name, top) in enumerate(zip(events.names, largest(events.columns), strict=True), 1):
        words |= {f"$P{number}B": "32", f"$P{number}E": "0,0", f"$P{number}N": name, f"$P{number}R": javascript_text(top), f"$P{number}D": "Linear"}
    text = encode_text({**words, **(more or {})}, b"/")
    begin = TEXT_BEGIN + len(text) + _PLACED
    end = begin + 4 * len(events.names) * count - 1
    for field, offset in zip(_OFFSETS, (begin, end), strict=True):
        text = text.replace(field.encode("ascii"), str(offset).encode("ascii"), 1)
    file.write((encode_header("3.0", (TEXT_BEGIN, TEXT_BEGIN + len(text)), (begin, end), TEXT_BEGIN) + text).ljust(begin))
    write_events(file, events.columns, ">f4")
    file.write(b"0" * 8)

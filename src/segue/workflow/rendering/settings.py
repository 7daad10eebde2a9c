"""Settings beside a picture: as JSON, which holds everything, or as the CSV that Mantis Viewer writes beside its pictures."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import msgspec

from segue.errors import Malformed
from segue.model.display import ChannelDisplay, Display
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

HEADER = ("Channel", "Marker", "Low Threshold", "High Threshold")
MANTIS = {
    "kChannel": 0xFFFFFFFF,
    "yChannel": 0xFFFF00FF,
    "mChannel": 0xFF00FFFF,
    "cChannel": 0x00FFFFFF,
    "bChannel": 0x0000FFFF,
    "gChannel": 0x00FF00FF,
    "rChannel": 0xFF0000FF,
}
"""Mantis Viewer's channels in its order, and the colours that it gives them."""
_MOST_BYTES = 16 << 20


def beside(picture: Path, kind: str) -> Path:
    """Where the settings of a picture go."""
    return picture.with_name(picture.stem + (".csv" if kind == "mantis" else ".display.json"))


def settings_bytes(display: Display, kind: str) -> tuple[bytes, Notes]:
    """The settings of a picture as a file, and what of them the file does not hold."""
    if kind == "mantis":
        return _mantis(display)
    body = {"segue": "display", **msgspec.to_builtins(display)}
    return msgspec.json.format(msgspec.json.encode(body), indent=2) + b"\n", Notes()


def read_settings(path: Path | str) -> tuple[Display, Notes]:
    """Settings that were written beside a picture.

    Raises
    ------
    Malformed
        The file holds no display settings.
    NotFound
    """
    file = Path(path)
    data = Source(file).read_bytes(limit=_MOST_BYTES)
    if data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] != b"{":
        return _from_mantis(data, file)
    try:
        body = msgspec.json.decode(data)
        if not isinstance(body, dict) or body.pop("segue", None) != "display":
            raise Malformed(f'{file.name} holds no display settings: it does not begin with {{"segue": "display"', path=file)
        return msgspec.convert(body, Display), Notes()
    except msgspec.MsgspecError as error:
        raise Malformed(f"{file.name} holds no display settings: {error}", path=file) from error


def _mantis(display: Display) -> tuple[bytes, Notes]:
    shown = [one for one in display.channels if one.visible]
    rows: dict[str, ChannelDisplay] = {}
    for one in shown:
        key = next((key for key in _nearest(one.colour) if key not in rows), None)
        if key is not None:
            rows[key] = one
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows((key, rows[key].channel, _number(rows[key].low), _number(rows[key].high)) for key in MANTIS if key in rows)
    others = sum(MANTIS[key] != one.colour for key, one in rows.items())
    notes = [Note(Kind.CHANGED, "{count colour} not of Mantis Viewer: the nearest free one is named", count=others)] if others else []
    left = len(shown) - len(rows)
    notes += [Note(Kind.LOST, "{count channel} beyond the seven of Mantis Viewer", count=left)] if left else []
    return text.getvalue().encode(), Notes(tuple(notes))


def _nearest(colour: int) -> list[str]:
    def distance(other: int) -> int:
        return sum(((colour >> shift & 255) - (other >> shift & 255)) ** 2 for shift in (24, 16, 8))

    return sorted(MANTIS, key=lambda key: distance(MANTIS[key]))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}" if value == int(value) and abs(value) < 1e15 else repr(value)


def _from_mantis(data: bytes, file: Path) -> tuple[Display, Notes]:
    rows: Sequence[list[str]] = [row for row in csv.reader(io.StringIO(data.decode("utf-8-sig", "replace"))) if any(cell.strip() for cell in row)]
    if not rows or tuple(cell.strip() for cell in rows[0]) != HEADER:
        raise Malformed(f"{file.name} holds no display settings: it is neither JSON of segue, nor a CSV with the columns {', '.join(HEADER)}", path=file)
    channels = []
    for line, row in enumerate(rows[1:], 2):
        cells = [cell.strip() for cell in (*row, "", "", "", "")[:4]]
        try:
            low, high = (float(one) if one else None for one in cells[2:])
        except ValueError as error:
            raise Malformed(f"{file.name}, row {line}: {cells[2]!r} and {cells[3]!r} are no thresholds", path=file, position=str(line)) from error
        if cells[0] not in MANTIS or not cells[1]:
            raise Malformed(f"{file.name}, row {line}: {cells[0]!r} is no channel of Mantis Viewer ({', '.join(MANTIS)}), or has no marker", path=file)
        channels.append(ChannelDisplay(cells[1], MANTIS[cells[0]], low, high))
    said = "colours are the usual ones of Mantis Viewer, which does not write them, and thresholds are intensities"
    look = Display(channels=tuple(channels), outline_colour=0xFFFFFFFF, outline_opacity=0.7)
    return look, Notes.of(Note(Kind.ASSUMED, said, where=file.name))

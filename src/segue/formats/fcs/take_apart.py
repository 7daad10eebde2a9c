"""From the channels of a file to what they mean: by what the keyword SEGUE says, or by well-known names."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.errors import InvalidOption
from segue.formats.fcs.events import Array, Events, Parts, Value
from segue.formats.fcs.facts import Known
from segue.formats.fcs.names import IMAGE, LABELS, matched, unique, well_known
from segue.formats.fcs.names import Known as Name
from segue.formats.fcs.numbers import MOST, NONE, decoded, naturals, places, series
from segue.formats.fcs.options import ReadOptions
from segue.model.features import Feature
from segue.model.tables import KEYS, Column
from segue.notes import Kind, Note

TABLE = "measurements"


def by_facts(events: Events, known: Known, notes: list[Note], *, forget: bool = False) -> Parts:
    """What segue wrote, whatever rows were taken and channels moved or renamed since.

    ``forget``: the numbers of each channel of values are let go as soon as they are understood, which halves the memory.
    """
    which = {place: nth for nth, place in matched(events.names, [one.name for one in known.channels]).items()}
    at = {one.role: events.columns[which[place]] for place, one in enumerate(known.channels) if place in which and one.role not in ("value", "population")}
    levels = {one.role: one.levels or [] for one in known.channels}
    found: list[Value] = []
    members: list[tuple[str, Array]] = []
    for place, one in enumerate(known.channels):
        column = known.columns[place]
        if place in which and one.role == "population" and one.population is not None:
            members.append((known.populations[one.population].id, events.columns[which[place]]))
        elif place in which and column is not None:
            data = events.columns[which[place]]
            texts = decoded(data, one.levels or []) if one.type in ("text", "json") else series(data, one.type)
            found.append(Value(one.table, column, texts, None if one.images is None else frozenset(one.images)))
            if forget:
                events.columns[which[place]] = np.empty(0, data.dtype)
    taken = set(which.values())
    others = [place for place in range(len(events.names)) if place not in taken]
    if others:
        notes.append(Note(Kind.ASSUMED, "{count channel} that segue did not write", count=len(others)))
        found += _values(events, others, ReadOptions(), {value.column.name for value in found if value.table == TABLE})
    roles = _objects(at, levels, notes)
    image = _image_numbers(at[IMAGE], notes) if IMAGE in at else None
    return Parts(roles, _points(at.get("x"), at.get("y"), 0.0), image, found, members)


def by_names(events: Events, options: ReadOptions, notes: list[Note]) -> Parts:
    """What another program wrote.

    Raises
    ------
    InvalidOption
        An option names a channel that is not there.
    """
    guessed = _guessed(events, options)
    at = {one.role: events.columns[place] for place, one in guessed.items()}
    if guessed:
        listed = ", ".join(f"{one.role} = {events.names[place]}" for place, one in guessed.items() if one.role != events.names[place])
        notes += [Note(Kind.ASSUMED, f"channels taken by their names: {listed}")] if listed else []
    shift = 0.0
    if "x" in at:
        origin = next(one.origin for one in guessed.values() if one.role == "x") if options.read_origin == "auto" else options.read_origin
        shift = 0.5 if origin == "centre" else 0.0
        notes.append(Note(Kind.ASSUMED, f"positions are in pixels from the {origin} of the first one"))
    _rounded(at, notes)
    rest = [place for place in range(len(events.names)) if place not in guessed]
    image = _image_numbers(at[IMAGE], notes) if IMAGE in at else None
    return Parts(_objects(at, {}, notes), _points(at.get("x"), at.get("y"), shift), image, _values(events, rest, options, set()), [])


def _guessed(events: Events, options: ReadOptions) -> dict[int, Name]:
    """Place of a channel -> what it is: as the user says, else the first of each role; exact names before others; x and y together."""
    asked = {"label": options.label, IMAGE: options.image, "x": options.x, "y": options.y}
    found: dict[int, Name] = {}
    for role, name in asked.items():
        if name:
            known = well_known(name)
            found[_place(events, name, role)] = known if known is not None and known.role == role else Name(role)
    closed = {role for role, name in asked.items() if name is not None} | ({"label_high", "label_highest"} if options.label is not None else set())
    names = {place: known for place, name in enumerate(events.names) if (known := well_known(name)) is not None and place not in found}
    order = sorted(names, key=lambda place: (events.names[place].casefold() != names[place].role, place))
    pairs = [one.pair for one in names.values() if one.pair]
    whole = next((pair for pair in pairs if {one.role for one in names.values() if one.pair == pair} == {"x", "y"}), None)
    for place in order:
        one = names[place]
        if one.role not in closed and (not one.pair or one.pair == whole) and (not one.pair or not {"x", "y"} & closed):
            closed.add(one.role) if not one.pair else None
            found[place] = one
    roles = [one.role for one in found.values()]
    if "label" not in roles:
        found = {place: one for place, one in found.items() if one.role not in LABELS}
    if not {"x", "y"} <= set(roles):
        found = {place: one for place, one in found.items() if one.role not in ("x", "y")}
    seen: set[str] = set()
    return {place: one for place, one in sorted(found.items()) if not (one.role in seen or seen.add(one.role))}  # type: ignore[func-returns-value]


def _place(events: Events, name: str, role: str) -> int:
    for names in (events.names, events.stains):
        for place, one in enumerate(names):
            if one.strip().casefold() == name.strip().casefold():
                return place
    listed = ", ".join(events.names[:12]) + (", ..." if len(events.names) > 12 else "")
    raise InvalidOption(f"{role}={name}: the file has no such channel; it has {listed}", option=role, given=name, allowed=listed)


def _objects(at: dict[str, Array], levels: dict[str, list[str]], notes: list[Note]) -> dict[str, pl.Series]:
    """The columns of objects, and z, from their channels."""
    found: dict[str, pl.Series] = {}
    if "label" in at:
        found["label"] = _labels(at, notes)
    for role in ("t", "track", "z"):
        if role in at:
            found[role] = places(at[role])
    for role in ("layer", "id", "name"):
        if role in at:
            found[role] = decoded(at[role], levels.get(role, []))
    return found


def _labels(at: dict[str, Array], notes: list[Note]) -> pl.Series:
    numbers, wrong = naturals(at["label"])
    for place, role in enumerate(LABELS[1:], 1):
        if role in at:
            more, odd = naturals(at[role])
            wrong += odd
            numbers = numbers + ((more & np.uint64(MOST - 1)) << np.uint64(24 * place))
    if wrong:
        notes.append(Note(Kind.REPAIRED, "{count event} with a label that is no whole number", Feature.OBJECT_LABEL, count=wrong))
    labels = pl.Series(numbers)
    return labels.set(labels == 0, None)


def _image_numbers(column: Array, notes: list[Note]) -> npt.NDArray[np.int64]:
    numbers, wrong = naturals(column)
    if wrong:
        notes.append(Note(Kind.REPAIRED, "{count event} of an image set whose number is no whole number", Feature.IMAGE_SETS, count=wrong))
    return np.minimum(numbers, np.uint64(2**62)).astype(np.int64)


def _points(x: Array | None, y: Array | None, shift: float) -> npt.NDArray[np.float64] | None:
    if x is None or y is None:
        return None
    found = np.stack([x.astype(np.float64), y.astype(np.float64)], axis=1)
    found[~np.isfinite(found).all(axis=1) | (found == NONE).all(axis=1)] = np.nan
    return found + shift


def _rounded(at: dict[str, Array], notes: list[Note]) -> None:
    """Say that labels of single precision may have been rounded."""
    column = at.get("label")
    if column is None or column.dtype != np.float32 or "label_high" in at:
        return
    count = int((column > MOST).sum())
    if count:
        notes.append(Note(Kind.ASSUMED, "{count label} beyond 16,777,216, which single precision may have rounded", count=count))


def _values(events: Events, rest: list[int], options: ReadOptions, taken: set[str]) -> list[Value]:
    """Channels as columns of values."""
    titles = [events.stains[place] if options.columns == "stain" and events.stains[place] else events.names[place] for place in rest]
    titles = [f"{title} (value)" if title in KEYS["objects"] else title for title in titles]
    found = []
    for place, title in zip(rest, _distinct(titles, taken), strict=True):
        column = events.columns[place]
        whole = column.dtype.kind == "u" and int(column.max(initial=0)) < 2**63
        stain = events.stains[place] if events.stains[place] not in ("", title, events.names[place]) else None
        kind = "integer" if whole else "number"
        found.append(Value(TABLE, Column(title, "integer" if whole else "number", channel=stain), series(column, kind)))
    return found


def _distinct(titles: list[str], taken: set[str]) -> list[str]:
    return unique(titles, sorted(taken))

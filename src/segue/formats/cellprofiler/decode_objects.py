"""The tables of objects: facts, centres, classes and values of every type."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from segue.errors import Malformed
from segue.formats.cellprofiler.columns import channel_of
from segue.formats.cellprofiler.images import Images, is_of_image
from segue.formats.cellprofiler.sheets import Sheets, Texts, blank, typed, unique
from segue.formats.cellprofiler.terms import CENTRE, CLASS, FACTS, FARTHEST, HALF, IMAGE_NUMBER, OBJECT_NUMBER, PARENT, TRACK
from segue.model.tables import Column

_FACTS = {"layer": pl.Utf8, "label": pl.UInt64, "t": pl.Int32, "track": pl.Int64, "name": pl.Utf8, "given": pl.Utf8}


@dataclass(frozen=True)
class Sheet:
    """The objects of one type in all image sets, in the order of these."""

    name: str
    things: pl.DataFrame
    """``image`` (place of the image set), ``number``, the facts of objects, ``x``, ``y`` (null = no centre)."""
    values: pl.DataFrame
    """Typed columns."""
    columns: tuple[Column, ...]
    classes: pl.DataFrame
    """0, 1 or null."""
    parents: pl.DataFrame
    """Numbers of parents."""


def classes_in(sheets: Sheets) -> list[str]:
    """Columns of all tables that say whether an object is in a class."""
    found: dict[str, list[pl.Series]] = {}
    for frame in sheets.objects.values():
        for name in frame.columns:
            if name.startswith(CLASS) and name != CLASS:
                found.setdefault(name, []).append(frame[name])
    texts = {name: pl.concat([column.alias(name) for column in columns]).drop_nulls() for name, columns in found.items()}
    return [name.removeprefix(CLASS) for name, said in texts.items() if len(said) and said.is_in(["0", "1", "0.0", "1.0"]).all()]


def sheet_of(name: str, frame: Texts, images: Images, classes: list[str], where: str) -> Sheet:
    place = {number: nth for nth, number in enumerate(images.numbers)}
    image = frame[IMAGE_NUMBER].cast(pl.Int64).replace_strict(place, return_dtype=pl.Int64)
    order = image.arg_sort() if not image.is_sorted() else None
    frame = frame if order is None else frame[order]
    image = image if order is None else image.gather(order)
    number = frame[OBJECT_NUMBER].cast(pl.Int64)
    keys = pl.DataFrame({"image": image, "number": number})
    if keys.n_unique() < keys.height:
        row = keys.filter(keys.is_duplicated()).row(0)
        message = f"{where} is damaged: object {row[1]} of image {images.numbers[row[0]]} stands twice in the table of {name}"
        raise Malformed(message, path=where, expected="each object once")
    rest = {own: frame[own].alias("") for own in frame.columns if own not in (IMAGE_NUMBER, OBJECT_NUMBER) and not is_of_image(own)}
    facts = _facts(rest, name, number)
    centre = _centre(rest, len(frame))
    marked = {one: rest.pop(CLASS + one) for one in classes if CLASS + one in rest}
    parent = {own: rest[own].cast(pl.Float64, strict=False) for own in rest if own.startswith(PARENT)}
    names = unique(rest, ["row"])
    found = [typed(values) for values in rest.values()]
    return Sheet(
        name,
        pl.DataFrame([image.alias("image"), number.alias("number"), *facts, *centre]),
        pl.DataFrame([values.alias(own) for own, (_, values) in zip(names, found, strict=True)]),
        tuple(Column(own, kind, channel=channel_of(own, images.channels)) for own, (kind, _) in zip(names, found, strict=True)),
        pl.DataFrame([values.is_in(["1", "1.0"]).alias(one) for one, values in marked.items()]),
        pl.DataFrame([values.alias(own) for own, values in parent.items()]),
    )


def _facts(rest: dict[str, pl.Series], name: str, number: pl.Series) -> list[pl.Series]:
    """What segue wrote about objects, and their track; what is not there is what CellProfiler means."""
    count = len(number)
    given = {fact: rest.pop(column, None) for fact, column in FACTS.items()}
    layer, label = given["layer"], given["label"]
    found: dict[str, pl.Series] = {
        "layer": pl.Series([name], dtype=pl.Utf8).new_from_index(0, count) if layer is None else layer,
        "label": number.cast(pl.UInt64, strict=False) if label is None else label.cast(pl.UInt64, strict=False),
        "t": blank(count) if given["t"] is None else given["t"].cast(pl.Int32, strict=False),
        "track": _track(rest, count),
        "name": blank(count) if given["name"] is None else given["name"],
        "given": blank(count) if given["id"] is None else given["id"],
    }
    found["label"] = found["label"].set((found["label"] == 0).fill_null(value=False), None)
    return [values.cast(_FACTS[fact]).alias(fact) for fact, values in found.items()]


def _track(rest: dict[str, pl.Series], count: int) -> pl.Series:
    """The one column of track numbers; several (of several radii) stay values."""
    named = [name for name in rest if name == TRACK or name.removeprefix(f"{TRACK}_").isdigit()]
    if TRACK in named or len(named) == 1:
        name = TRACK if TRACK in named else named[0]
        plain = rest[name].str.strip_chars().str.replace(r"^(-?[0-9]+)\.0*$", "$1")
        plain = plain.set((plain.str.to_lowercase() == "nan").fill_null(value=False), None)
        found = plain.cast(pl.Int64, strict=False)
        if found.null_count() == plain.null_count():
            rest.pop(name)
            return found
    return blank(count)


def _centre(rest: dict[str, pl.Series], count: int) -> list[pl.Series]:
    """x and y of the centres, from the corner of the first pixel."""
    if not set(CENTRE) <= set(rest):
        return [pl.Series(name, [None], dtype=pl.Float64).new_from_index(0, count) for name in "xy"]
    kinds = [typed(rest[name])[0] if rest[name].null_count() < count else "number" for name in CENTRE]
    if "text" in kinds:
        return [pl.Series(name, [None], dtype=pl.Float64).new_from_index(0, count) for name in "xy"]
    x, y = (rest.pop(name).str.strip_chars().cast(pl.Float64, strict=False) for name in CENTRE)
    there = (x.abs() < FARTHEST).fill_null(value=False) & (y.abs() < FARTHEST).fill_null(value=False)
    return [(values + HALF).set(~there, None).alias(name) for name, values in (("x", x), ("y", y))]

"""From rows of one image set to the model: definitions, segments, regions, members, and what the model has no word for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from segue.codecs.json_text import dumps
from segue.errors import Malformed
from segue.formats.mantis_files.colours import from_mantis
from segue.formats.mantis_files.pixels import masks_of
from segue.formats.mantis_files.rows import Row
from segue.formats.mantis_files.side import Region
from segue.formats.mantis_files.terms import OWN, REGIONS, SEGMENTS, SIDE
from segue.formats.rule_files import read_rule
from segue.model.objects import SCHEMA, Objects, unique_texts
from segue.model.populations import Membership, Population
from segue.model.rings import Rings, concat
from segue.model.rules import ListRule, RegionRule, Rule
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import EXTRAS

PIXELS = "mantis-1.1"
"""The rule by which Mantis selects with a set of pixels (since v1.1)."""
_BY = ("centroid", "any", "majority", "mantis-1.0", PIXELS)


@dataclass(frozen=True)
class Contents:
    """What the rows of an image set say about it."""

    objects: Objects
    """Those that were known, then segments that only rows name (layer ``labels``) by their numbers, then regions in the order of the rows."""
    shapes: Shapes
    """One per region."""
    membership: Membership
    regions: Mapping[str, str]
    """Id of a population -> id of the object that is its region."""
    extras: pl.DataFrame
    """Members of rows that the model has no word for."""
    new: int
    """How many segments only rows name."""


def definition(row: Row, population: str, region: str | None, path: object = "") -> Population:
    """The population of a row, under the id that it has in the study.

    Parameters
    ----------
    row
        Of one image set.
    population
        Its id in the study.
    region
        Id of the object that is its region (``Contents.regions``); None = it has none.
    path
        For error messages.

    Raises
    ------
    Malformed
        The rule that segue wrote beside it is damaged.
    """
    side = row.side
    order = row.order if isinstance(side.order, msgspec.UnsetType) else side.order
    return Population(
        population,
        (row.name,) if side.path is None else tuple(side.path),
        side.kind,
        from_mantis(row.colour),
        row.visible,
        order,
        side.number,
        side.exclusive,
        _rule(row, region, path),
    )


def _rule(row: Row, region: str | None, path: object) -> Rule:
    if row.side.rule is not None:
        try:
            return read_rule(row.side.rule)
        except ValueError as error:
            message = f"{path} has a damaged member {SIDE!r} ({error}); remove it and read again"
            raise Malformed(message, path=path, position=SIDE, expected="a rule") from error
    if region is None:
        return ListRule()
    by = PIXELS if row.pixels is not None else _region(row).by
    return RegionRule((region,), by if by in _BY else "mantis-1.0")  # type: ignore[arg-type]


def contents(rows: Sequence[Row], ids: Sequence[str], *, known: Objects | None = None, width: int | None = None) -> Contents:
    """Segments, regions and members.

    Parameters
    ----------
    rows
        All populations of an image set, in order.
    ids
        The id that each has in the study.
    known
        Objects that the image set has already; their labels (the first of each) are the segments that rows name.
    width
        Of the image: without it regions that are sets of pixels have no shape; they stay in ``extras``, as ``pixelIndexes``.
    """
    known = known or Objects.empty()
    stated = distinct([row.members for row in rows])
    labels = _labels(known)
    new = stated[~_among(stated, labels["label"].to_numpy())]
    shaped = [nth for nth, row in enumerate(rows) if row.outline is not None or (row.pixels is not None and width is not None)]
    frame = _objects(known, new, rows, ids, shaped)
    objects = Objects(frame.with_columns(unique_texts(frame["id"])))
    first = len(objects) - len(shaped)
    names = objects.frame["id"][first:].to_list()
    return Contents(
        objects,
        _shapes([rows[nth] for nth in shaped], first, width or 0),
        _membership(rows, ids, _labels(objects), len(objects)),
        {ids[nth]: name for nth, name in zip(shaped, names, strict=True)},
        _extras(rows, ids, pixels=width is None),
        len(new),
    )


def _labels(objects: Objects) -> pl.DataFrame:
    """``label`` and ``object`` of the first object of each label, ascending."""
    frame = objects.frame.select("label", object=pl.int_range(pl.len(), dtype=pl.Int32)).drop_nulls("label")
    return frame.unique("label", keep="first", maintain_order=True).sort("label")


def _objects(known: Objects, new: npt.NDArray[np.uint64], rows: Sequence[Row], ids: Sequence[str], shaped: Sequence[int]) -> pl.DataFrame:
    label = pl.Series("label", new, dtype=pl.UInt64)
    segments = pl.DataFrame({"id": _segment_ids(label, rows), "layer": pl.Series([SEGMENTS], dtype=pl.Utf8).new_from_index(0, len(new)), "label": label})
    own = [_region(rows[nth]) for nth in shaped]
    regions = pl.DataFrame(
        {
            "id": [one.id if isinstance(one.id, str) else ids[nth] for one, nth in zip(own, shaped, strict=True)],
            "layer": [REGIONS] * len(shaped),
            "name": [one.name if isinstance(one.name, str) or one.name is None else rows[nth].name for one, nth in zip(own, shaped, strict=True)],
        },
        schema={"id": pl.Utf8, "layer": pl.Utf8, "name": pl.Utf8},
    )
    frame = pl.concat([pl.DataFrame(schema=SCHEMA), known.frame, segments, regions], how="diagonal")
    return frame.with_columns(pl.col("locked").fill_null(value=False))


def _region(row: Row) -> Region:
    return row.side.region or Region()


def _segment_ids(label: pl.Series, rows: Sequence[Row]) -> pl.Series:
    """The ids of segments: those that are stated, else the text of the label."""
    own: dict[str, str] = {}
    for row in rows:
        for segment, name in (row.side.ids or {}).items():
            own.setdefault(segment, name)
    texts = label.cast(pl.Utf8).alias("id")
    return texts.replace(list(own), list(own.values())) if own else texts


def _shapes(rows: Sequence[Row], first: int, width: int) -> Shapes:
    pixels = [row.pixels for row in rows if row.pixels is not None]
    drawn = [row.outline for row in rows if row.outline is not None]
    lengths = [len(outline) for outline in drawn]
    polygons = Rings.simple(np.concatenate([np.empty((0, 2)), *drawn]), np.cumsum([0, *lengths]))
    is_mask = np.array([row.pixels is not None for row in rows], np.bool_)
    order = np.concatenate([np.flatnonzero(~is_mask), np.flatnonzero(is_mask)])
    kinds = [str(ShapeKind.MASK) if row.pixels is not None else _region(row).kind for row in rows]
    frame = pl.DataFrame({"object": np.arange(first, first + len(rows), dtype=np.int32), "kind": pl.Series(kinds, dtype=pl.Utf8)})
    return Shapes(frame, concat([polygons, masks_of(pixels, width)]).take(np.argsort(order, kind="stable"))) if rows else Shapes.empty()


def distinct(lists: Sequence[npt.NDArray[np.uint64]]) -> npt.NDArray[np.uint64]:
    """Every number of some lists once, ascending."""
    highest = max((int(one.max()) for one in lists if len(one)), default=0)
    if highest > max(_TABLE, 8 * sum(map(len, lists))):
        every = np.sort(np.concatenate(lists))
        found: npt.NDArray[np.uint64] = every[np.append(True, every[1:] != every[:-1])]
        return found
    there = np.zeros(highest + 1, np.bool_)
    for one in lists:
        there[one] = True
    return np.flatnonzero(there).astype(np.uint64)


_TABLE = 1 << 16
"""Numbers up to which a table of all of them is small."""


def _membership(rows: Sequence[Row], ids: Sequence[str], labels: pl.DataFrame, count: int) -> Membership:
    """Populations one after the other: the places are counted on the way."""
    if not any(len(row.members) for row in rows):
        return Membership.empty()
    known, objects = labels["label"].to_numpy(), labels["object"].to_numpy()
    before = np.zeros(count, np.int32)
    members, place_of_object, place = [], [], []
    for row in rows:
        mine = objects[np.searchsorted(known, row.members)]
        members.append(mine)
        place_of_object.append(before[mine])
        place.append(np.arange(len(mine), dtype=np.int32))
        before[mine] += 1
    lengths = [len(mine) for mine in members]
    columns = {name: _repeated(values, lengths) for name, values in (("population", ids), ("labels", [row.side.labels for row in rows]))}
    numbers = {"object": members, "nth_in_population": place, "nth_of_object": place_of_object}
    return Membership(pl.DataFrame({**columns, **{name: np.concatenate(parts) for name, parts in numbers.items()}}))


def _among(numbers: npt.NDArray[np.uint64], known: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """Which numbers are among others, which ascend."""
    if not len(known):
        return np.zeros(len(numbers), np.bool_)
    found: npt.NDArray[np.bool_] = known[np.minimum(np.searchsorted(known, numbers), len(known) - 1)] == numbers
    return found


def _repeated(values: Sequence[str | None], lengths: Sequence[int]) -> pl.Series:
    return pl.concat([pl.Series([one], dtype=pl.Utf8).new_from_index(0, length) for one, length in zip(values, lengths, strict=True)])


def _extras(rows: Sequence[Row], ids: Sequence[str], *, pixels: bool) -> pl.DataFrame:
    found = []
    for row, name in zip(rows, ids, strict=True):
        other = dict(row.other)
        if pixels and row.pixels is not None:
            other["pixelIndexes"] = row.pixels.tolist()
        for owner, payload in ((OWN, dict(sorted(other.items()))), (SIDE, row.side.kept)):
            if payload:
                found.append((owner, "population", name, dumps(payload).decode()))
    return pl.DataFrame(found, schema=EXTRAS, orient="row")

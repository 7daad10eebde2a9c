"""Labels <-> shapes: the one place where one is made of the other. Readers never trace, writers never rasterise.

Outlines follow pixel edges, so ``labels_from_shapes(shapes_from_labels(s))`` gives back the labels bit for bit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import polars as pl

from segue.errors import Incompatible
from segue.formats.shape_files import area_rings, area_rows
from segue.geometry.edits import largest_parts, without_holes
from segue.model.image import ArrayPixels, LabelImage, planes
from segue.model.objects import Objects, default_ids
from segue.model.rings import Ints, Rings, concat
from segue.model.rules import REGIONS
from segue.model.shapes import ShapeKind, Shapes, joined
from segue.model.study import ImageSet
from segue.notes import Kind, Note, Notes

Overlap = Literal["last", "first", "smallest", "error"]


@dataclass(frozen=True)
class Policy:
    """What to do where shapes and labels do not say the same."""

    overlap: Overlap = "last"
    """Which shape a pixel goes to that several cover."""
    holes: Literal["keep", "fill"] = "keep"
    parts: Literal["keep", "largest"] = "keep"


def shapes_from_labels(s: ImageSet, policy: Policy | None = None) -> tuple[ImageSet, Notes]:
    """Outline every segment that has no outline yet, along its pixel edges.

    Objects that the table does not name yet are added in the order of their labels. Label images stay, and so do shapes that enclose
    nothing, such as the centre that a table states.

    Returns
    -------
    The image set with traced shapes, and a note about how many there are.
    """
    found = [_trace_plane(image, place, plane) for image in s.labels for place, plane in planes(image.pixels, image.axes)]
    traced = pl.concat([frame for frame, _ in found]) if found else pl.DataFrame(schema=_TRACED)
    rings = concat([ring for _, ring in found])
    objects = with_new_objects(s.objects, traced)
    rows = _rows_of(objects, traced)
    outlined = s.shapes.frame["object"].gather(area_rows(s.shapes)).to_numpy()
    missing = np.flatnonzero(~np.isin(rows, outlined)).astype(np.int64)
    frame = pl.DataFrame({"object": rows[missing].astype(np.int32), "z": traced["z"].gather(missing), "kind": str(ShapeKind.TRACED)})
    shapes = edited(Shapes(frame, rings if len(missing) == len(rings) else rings.take(missing)), policy or Policy())
    notes = Notes.of(Note(Kind.ASSUMED, "{count outline} traced along the pixel edges of labels", count=len(shapes))) if len(shapes) else Notes()
    return replace(s, objects=objects, shapes=joined([s.shapes, shapes])), notes


_TRACED = {"layer": pl.Utf8, "t": pl.Int32, "z": pl.Int32, "label": pl.UInt64}


def _trace_plane(image: LabelImage, place: dict[str, int], plane: np.ndarray[Any, Any]) -> tuple[pl.DataFrame, Rings]:
    from segue.geometry.outline import outline

    labels, rings = outline(plane)
    index = {name: place[name] if name in place and image.pixels.shape[image.axes.index(name)] > 1 else None for name in "tz"}
    columns = {"layer": pl.lit(image.name), "t": pl.lit(index["t"]), "z": pl.lit(index["z"])}
    frame = pl.DataFrame({"label": labels}).with_columns(**columns).select(*_TRACED).cast(_TRACED)  # type: ignore[arg-type]
    return frame, rings


def with_new_objects(objects: Objects, traced: pl.DataFrame) -> Objects:
    """The objects, and behind them those of the labels (layer, t, label) that they do not name yet."""
    keys = ["layer", "t", "label"]
    new = traced.select(keys).unique(maintain_order=True).join(objects.frame, on=keys, how="anti", nulls_equal=True, maintain_order="left")
    if new.is_empty():
        return objects
    frame = pl.concat([objects.frame, new], how="diagonal")
    ids = default_ids(frame)
    if len(objects):
        ids = frame.select(pl.coalesce(pl.col("id"), ids))["id"]
    return Objects(frame.with_columns(ids.alias("id")))


def _rows_of(objects: Objects, traced: pl.DataFrame) -> Ints:
    numbered = objects.frame.select("layer", "t", "label", pl.int_range(pl.len(), dtype=pl.Int64).alias("row"))
    rows: Ints = traced.join(numbered, on=["layer", "t", "label"], how="left", nulls_equal=True, maintain_order="left")["row"].to_numpy()
    return rows


def edited(shapes: Shapes, policy: Policy) -> Shapes:
    """Ringed shapes with holes filled and only the largest part kept, as the policy says."""
    if policy.holes == "keep" and policy.parts == "keep":
        return shapes
    rings: Rings = without_holes(shapes.rings) if policy.holes == "fill" else shapes.rings
    rings = largest_parts(rings) if policy.parts == "largest" else rings
    return Shapes(shapes.frame, rings)


def labels_from_shapes(s: ImageSet, policy: Policy | None = None, layer: str = "labels") -> tuple[ImageSet, Notes]:
    """Draw the area shapes (role outline) into a new label image on the grid of the image set.

    An object keeps its label; objects without one get the next free numbers in their order. A pixel belongs to a shape if its centre
    is inside. Shapes stay. Regions, which select segments, are drawn only where nothing else is.

    Raises
    ------
    Incompatible
        The size of the image is not known; or shapes overlap and the policy is ``error``.
    """
    policy = policy or Policy()
    shape = _known_shape(s)
    areas = s.shapes.take(area_rows(s.shapes))
    regions = are_regions(s, areas)
    areas = areas.take(np.flatnonzero(~regions)) if regions.any() and not regions.all() else areas
    objects = _with_labels(s.objects, areas, layer)
    rings = edited(Shapes(areas.frame, area_rings(areas)), policy).rings
    owner = objects.frame.select("label", "t")[areas.frame["object"]]
    values = owner["label"].to_numpy()
    pixels = np.zeros(shape, np.min_scalar_type(int(values.max()) if len(values) else 1))
    places = areas.frame.select("z").with_columns(t=owner["t"])
    lost = _draw(pixels, places, rings, values, s.grid.names, policy)
    notes = Notes.of(Note(Kind.ASSUMED, f"where shapes overlap, {{count pixel}} went to the {policy.overlap} one", count=lost)) if lost else Notes()
    image = LabelImage(ArrayPixels(pixels), s.grid.names, layer)
    return replace(s, objects=objects, labels=(*(image for image in s.labels if image.name != layer), image)), notes


def are_regions(s: ImageSet, shapes: Shapes) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """(shapes,) Which are of objects that select segments instead of being some."""
    layers = s.objects.frame["layer"].gather(shapes.frame["object"])
    found: np.ndarray[Any, np.dtype[np.bool_]] = layers.is_in([REGIONS]).fill_null(value=False).to_numpy()
    return found


def _known_shape(s: ImageSet) -> tuple[int, ...]:
    if not s.grid.known:
        raise Incompatible("nothing says how large the image is that these shapes belong to; name it with --image IMAGE")
    return tuple(size or 0 for size in s.grid.shape)


def _with_labels(objects: Objects, areas: Shapes, layer: str) -> Objects:
    """Objects with a label each where they have an area: their own, else the next free number."""
    drawn = pl.Series(areas.frame["object"].unique())
    frame = objects.frame.with_row_index("row").with_columns(drawn=pl.col("row").is_in(drawn.implode()))
    wanting = pl.col("drawn") & pl.col("label").is_null()
    count = frame.select(wanting.sum()).item()
    if count:
        used = frame["label"].drop_nulls().unique()
        free = pl.Series(range(1, count + used.len() + 1), dtype=pl.UInt64)
        free = free.filter(~free.is_in(used.implode())).head(count)
        rows = frame.filter(wanting).select("row").with_columns(free=free)
        frame = frame.join(rows, on="row", how="left", maintain_order="left").with_columns(label=pl.coalesce("label", "free")).drop("free")
    layered = pl.when(pl.col("drawn")).then(pl.coalesce("layer", pl.lit(layer))).otherwise("layer")
    return Objects(frame.with_columns(layer=layered).drop("row", "drawn"))


def _draw(pixels: np.ndarray[Any, Any], places: pl.DataFrame, rings: Rings, values: np.ndarray[Any, Any], names: str, policy: Policy) -> int:
    from segue.geometry.rasterize import rasterize

    lost = 0
    outer = tuple(size if name not in "yx" else 1 for name, size in zip(names, pixels.shape, strict=True))
    for index in np.ndindex(outer[:-2]):
        place = dict(zip(names, index, strict=False))
        rows = _rows_at(places, place)
        mine = rings if len(rows) == len(rings) else rings.take(rows)
        _, overwritten = rasterize(mine, values[rows], pixels.shape[-2:], overlap=policy.overlap, out=pixels[index])
        lost += int(overwritten.sum())
    return lost


def _rows_at(places: pl.DataFrame, place: dict[str, int]) -> Ints:
    """Rows of the shapes that lie on a plane: there, or on all planes."""
    here = np.ones(places.height, bool)
    for name in set(place) & {"t", "z"}:
        here &= (places[name].is_null() | (places[name] == place[name])).fill_null(True).to_numpy()
    return np.flatnonzero(here).astype(np.int64)

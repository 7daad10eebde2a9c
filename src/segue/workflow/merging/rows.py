"""Which imported object is which of the study: known already, another one of the same id, or new."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from segue.geometry.shapely_rings import to_shapely
from segue.model.objects import unique_texts
from segue.model.rings import Bools, Ints
from segue.model.shapes import PARAMETERS, RINGED, Shapes
from segue.model.study import ImageSet
from segue.workflow.derive import shapes_from_labels
from segue.workflow.joining import rows_of


@dataclass(frozen=True)
class Rows:
    """What becomes of the imported objects."""

    partner: Ints
    """(objects,) row of the study's object that each is; -1 = it is new."""
    ids: pl.Series
    """(objects,) their ids in the study."""
    drawn: Bools
    """(objects,) which bring their shapes along: the new ones, and those that are drawn nowhere in the study."""
    conflicts: int
    """How many are new under another id, because theirs means another object."""


def rows_in(target: ImageSet, s: ImageSet, where: str, *, replacing: bool) -> Rows:
    """Find the objects of ``s`` among those of the study's image set, which lists all that its label images stand for.

    The same id (or, where ids only repeat labels, the same label) and the same drawing are the same object; a segment is drawn as its outline.
    With ``replacing`` the drawing may differ.
    """
    objects = target.objects
    partner = rows_of(objects, s.objects, where)
    outlined = shapes_from_labels(target)[0] if target.labels and len(s.shapes) and (partner >= 0).any() else target
    differs = _drawn_otherwise(outlined, s, partner) | _at_other_times(target, s, partner) if not replacing else np.zeros(len(partner), bool)
    partner = np.where(differs, -1, partner)
    has = np.isin(np.arange(len(objects)), outlined.shapes.frame["object"].to_numpy())
    drawn = (partner < 0) | ~has[partner] if len(objects) else np.ones(len(partner), bool)
    ids = s.objects.frame["id"]
    known = pl.Series(partner >= 0)
    new = unique_texts(pl.concat([objects.frame["id"], ids.filter(~known)])).slice(len(objects))
    final = ids.clone().scatter((~known).arg_true(), new).scatter(known.arg_true(), objects.frame["id"].gather(partner[partner >= 0]))
    return Rows(partner, final, drawn, int((new != ids.filter(~known)).sum()))


def _at_other_times(target: ImageSet, s: ImageSet, partner: Ints) -> Bools:
    """(objects,) which live at another time point than their partner."""
    rows = np.flatnonzero(partner >= 0)
    times = pl.DataFrame({"a": s.objects.frame["t"].gather(rows), "b": target.objects.frame["t"].gather(partner[rows])})
    found = np.zeros(len(partner), bool)
    found[rows] = times.select((pl.col("a") != pl.col("b")).fill_null(value=False)).to_series().to_numpy()
    return found


def _drawn_otherwise(target: ImageSet, s: ImageSet, partner: Ints) -> Bools:
    """(objects,) which are drawn in both, but not alike."""
    theirs, ours = _drawings(s, np.arange(len(partner))), _drawings(target, partner)
    both = theirs.join(ours, on="row", how="inner", suffix="_ours")
    found = np.zeros(len(partner), bool)
    if both.height:
        pairs = both.select(pl.col("shapes").list.len() == pl.col("shapes_ours").list.len()).to_series()
        found[both["row"].filter(~pairs).to_numpy()] = True
        even = both.filter(pairs).explode("shapes", "shapes_ours")
        rows, others = even["shapes"].to_numpy(), even["shapes_ours"].to_numpy()
        names = ["kind", "z", "c", *PARAMETERS]
        left, right = s.shapes.frame.select(names)[rows], target.shapes.frame.select(names)[others]
        differs = ~s.shapes.rings.same_rows(rows, target.shapes.rings, others)
        for name in names:
            differs |= left[name].ne_missing(right[name]).to_numpy()
        unsure = np.flatnonzero(differs & _areas(left) & _areas(right) & _on_one_plane(left, right))
        differs[unsure] = ~same_areas(s.shapes.take(rows[unsure]), target.shapes.take(others[unsure]))
        found[even["row"].to_numpy()[differs]] = True
    return found


def _areas(frame: pl.DataFrame) -> Bools:
    return frame["kind"].cast(pl.Utf8).is_in([str(kind) for kind in RINGED]).to_numpy()


def _on_one_plane(left: pl.DataFrame, right: pl.DataFrame) -> Bools:
    return (left["z"].eq_missing(right["z"]) & left["c"].eq_missing(right["c"])).to_numpy()


def same_areas(a: Shapes, b: Shapes) -> Bools:
    """(shapes,) bool: which ringed shapes enclose the same, wherever their rings begin and whatever lies on straight edges."""
    import shapely

    return np.asarray(shapely.equals(to_shapely(a.rings), to_shapely(b.rings)), bool)


def _drawings(s: ImageSet, rows: Ints) -> pl.DataFrame:
    """``row`` and its ``shapes`` (rows), for the objects ``rows`` (by their place; -1 = none) that have any."""
    asked = pl.DataFrame({"row": np.arange(len(rows)), "object": rows.astype(np.int32)}).filter(pl.col("object") >= 0)
    shapes = s.shapes.frame.select("object", shape=pl.int_range(pl.len(), dtype=pl.Int64))
    return asked.join(shapes, on="object").sort("row", "shape").group_by("row", maintain_order=True).agg(shapes=pl.col("shape"))

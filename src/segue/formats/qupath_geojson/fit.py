"""What a file can hold of a study."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from segue.formats.options import Options
from segue.formats.qupath_geojson import hierarchy, populations, types
from segue.formats.qupath_geojson.fit_shapes import fitted_shapes
from segue.formats.qupath_geojson.options import WriteOptions
from segue.formats.qupath_geojson.pieces import nuclei
from segue.formats.qupath_geojson.spec import FORMAT
from segue.formats.qupath_geojson.tables import fitted_tables, merged
from segue.model.features import Feature
from segue.model.grid import Grid
from segue.model.keep import keep
from segue.model.objects import Objects
from segue.model.populations import Membership
from segue.model.select import take_objects
from segue.model.study import ALIASES, ImageSet, Study


def fit(study: Study, options: Options) -> Study:
    """The first image set without pixels: objects with shapes on QuPath's grid, classes, values, hierarchy."""
    assert isinstance(options, WriteOptions)
    kept = keep(study, set(FORMAT.keeps) - {Feature.RULES})
    s = kept.image_sets[0] if kept.image_sets else ImageSet("")
    s = replace(s, shapes=fitted_shapes(s.shapes), aliases=pl.DataFrame(schema=ALIASES))
    s = _in_order(_objects(s))
    s = replace(s, tables=fitted_tables(s.tables, len(s.objects)), membership=_members(s.membership))
    s = replace(s, extras=_extras(s, options))
    known = tuple(populations.fitted(one) for one in kept.populations)
    if options.layout == "array":
        known, membership = populations.as_classes(known, s.membership)
        s = replace(s, name="", group=None, position=(), grid=Grid(), tables=merged(s.tables), membership=membership)
    return Study((s,), known)


def _objects(s: ImageSet) -> ImageSet:
    """Only objects with shapes; opaque colours, no negative times, no empty layer names, labels still unique."""
    there = np.unique(s.shapes.frame["object"].to_numpy())
    s = s if len(there) == len(s.objects) else take_objects(s, there)
    t, layer = pl.when(pl.col("t") >= 0).then("t"), pl.when(pl.col("layer") != "").then("layer")
    frame = s.objects.frame.with_columns(t=t, layer=layer, colour=pl.col("colour") | pl.lit(0xFF, pl.UInt32))
    return replace(s, objects=Objects(with_unique_labels(frame)))


def with_unique_labels(frame: pl.DataFrame) -> pl.DataFrame:
    """Labels that would stand twice in a layer and time point become null."""
    repeated = ~pl.struct("layer", "t", "label").is_first_distinct()
    return frame.with_columns(label=pl.when(~repeated).then("label"))


def _in_order(s: ImageSet) -> ImageSet:
    """Objects in the order of the hierarchy, connections only those of the hierarchy."""
    if s.connections.frame.is_empty():
        return s
    parent = hierarchy.parents(s.connections, len(s.objects))
    order = hierarchy.preorder(parent)
    if (np.diff(order) != 1).any():
        s = take_objects(s, order)
        parent = hierarchy.parents(s.connections, len(s.objects))
    child = np.flatnonzero(parent >= 0).astype(np.int32)
    tables = {name: table for name, table in s.tables.items() if table.about == "objects"}
    connections = hierarchy.contains(s.objects, pl.Series(parent[child].astype(np.int32)), pl.Series(child))
    return replace(s, connections=connections, tables=tables)


def _members(membership: Membership) -> Membership:
    return Membership.of(membership.frame.sort("object", "nth_of_object").select("population", "object"))


def _extras(s: ImageSet, options: WriteOptions) -> pl.DataFrame:
    usual = types.usual(s.objects, s.shapes, nuclei(s.shapes, len(s.objects)))
    return types.as_extras(s.objects, types.stated(s.extras, s.objects, usual, options.object_type))

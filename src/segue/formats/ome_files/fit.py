"""What OME-XML can hold of the objects of an image set."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from segue.codecs.xml_write import holdable_texts
from segue.formats.ome_files import extras
from segue.formats.ome_files.fit_shapes import fitted_shapes
from segue.formats.ome_files.values import fitted_tables
from segue.model.objects import Objects, repeated_labels, unique_texts
from segue.model.populations import Membership, Population
from segue.model.rules import ListRule
from segue.model.select import take_objects
from segue.model.study import ImageSet


def fitted_objects(s: ImageSet) -> ImageSet:
    """Objects with shapes, their texts as XML can hold them, their values and members in their order; nothing else of the image set changes."""
    s = replace(s, shapes=fitted_shapes(s.shapes))
    there = np.flatnonzero(np.bincount(s.shapes.frame["object"].to_numpy(), minlength=len(s.objects)))
    if len(there) < len(s.objects):
        s = take_objects(s, there)
    frame = s.objects.frame.with_columns(*(holdable_texts(pl.col(name)).alias(name) for name in ("id", "layer", "name")), t=pl.when(pl.col("t") >= 0).then("t"))
    frame = frame.with_columns(id=unique_texts(frame["id"]), label=pl.when(~repeated_labels(frame)).then("label"))
    s = replace(s, objects=Objects(frame))
    details, image = extras.stated(s.extras, s.objects)
    membership = Membership.of(s.membership.frame.sort("object", "nth_of_object").select("population", "object"))
    return replace(
        s,
        tables=fitted_tables(s.tables, len(s.objects)),
        membership=membership,
        extras=extras.as_rows(s.objects, details, image),
        aliases=s.aliases.clear(),
        history=(),
    )


def fitted_population(one: Population) -> Population:
    """Without a rule; numbers that JSON readers agree on."""
    return replace(one, rule=ListRule(), order=_within(one.order), number=_within(one.number))


def _within(number: int | None) -> int | None:
    return number if number is not None and -(2**63) <= number < 2**63 else None

"""What is asked for of a study, as the table that is written, and what reading that table gives."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import polars as pl

from segue.errors import Incompatible, InvalidOption
from segue.formats.nimbus_files.tables.assemble import assembled
from segue.formats.nimbus_files.tables.assemble_links import connections_of, tracks_of
from segue.formats.nimbus_files.tables.datasets import with_datasets
from segue.formats.nimbus_files.tables.flat import Flat
from segue.formats.nimbus_files.tables.links import connection_rows, track_rows
from segue.formats.nimbus_files.tables.measured import with_computed
from segue.formats.nimbus_files.tables.options import WriteOptions, several
from segue.formats.nimbus_files.tables.rows import object_rows
from segue.formats.nimbus_files.tags import tag_texts
from segue.model.features import Feature
from segue.model.keep import keep
from segue.model.select import take_objects
from segue.model.study import ImageSet, Study


def read_back(study: Study, options: WriteOptions) -> Study:
    """What reading the table of a study that was prepared gives.

    Raises
    ------
    Incompatible
        A cell would be written as NimbusImage's server does, without escaping it, and shift the row.
    InvalidOption
        A property is asked for that is not there.
    """
    flat = table_of(study, options)
    if options.dialect == "nimbus" and options.unescaped == "refuse":
        _refuse_unescaped(flat, options)
    return {"objects": assembled, "connections": connections_of, "tracks": tracks_of}[options.kind](flat)


def table_of(study: Study, options: WriteOptions) -> Flat:
    """The table that is written of a study that was prepared."""
    if options.kind == "objects":
        flat = object_rows(study, options)
    else:
        flat = connection_rows(study) if options.kind == "connections" else track_rows(study)
    if not options.dataset:
        return flat
    counts = [len(s.connections) if options.kind == "connections" else len(s.objects) for s in study.image_sets]
    return with_datasets(flat, study.image_sets, counts)


def prepared(study: Study, options: WriteOptions, features: Collection[Feature]) -> Study:
    """What is asked for of a study: its objects, with the columns that are computed from their shapes.

    Parameters
    ----------
    study
        Any.
    options
        Of the writer.
    features
        What tables keep.

    Raises
    ------
    InvalidOption
        A property or population is asked for that is not there.
    """
    return computed(_scope(keep(study, features), options), options)


def computed(study: Study, options: WriteOptions) -> Study:
    """The study with the columns that are computed from its shapes; those that are there stay."""
    extra = options.extra if options.kind == "objects" else ()
    return study.map(lambda s: with_computed(s, extra, sanitize=options.sanitize)) if extra else study


def _scope(study: Study, options: WriteOptions) -> Study:
    """Only the objects that were asked for."""
    ids, wanted = several(options.ids), several(options.population)
    if not ids and not wanted:
        return study
    populations = _populations(study, wanted)
    return study.map(lambda s: _only(s, ids, populations))


def _populations(study: Study, wanted: tuple[str, ...]) -> list[str]:
    texts = tag_texts(study.populations)
    found = [one.id for one in study.populations if {one.id, texts[one.id], one.name[-1] if one.name else ""} & set(wanted)]
    if wanted and not found:
        known = ", ".join(repr(text) for text in list(texts.values())[:8]) or "none"
        raise InvalidOption(f"there is no population {wanted[0]!r}; there are: {known}", option="population", given=wanted[0], allowed=known)
    return found


def _only(s: ImageSet, ids: tuple[str, ...], populations: list[str]) -> ImageSet:
    kept = np.ones(len(s.objects), np.bool_)
    if ids:
        kept &= s.objects.frame["id"].is_in(list(ids)).to_numpy()
    if populations:
        inside = np.zeros(len(s.objects), np.bool_)
        inside[s.membership.frame.filter(pl.col("population").is_in(populations))["object"].to_numpy()] = True
        kept &= inside
    return take_objects(s, np.flatnonzero(kept).astype(np.int64))


def _refuse_unescaped(flat: Flat, options: WriteOptions) -> None:
    marks = f'[{options.separator}"\r\n]'
    hint = "use dialect=rfc4180, leave the property out, or write it all the same with unescaped=write"
    for name, column in zip(flat.names[flat.fixed :], flat.columns[flat.fixed :], strict=True):
        if any(mark in name for mark in '"\r\n') or (options.separator in name and "," not in name):
            raise Incompatible(f"NimbusImage's server would write the name of the property {name!r} without escaping it; {hint}")
        if column.dtype != pl.Utf8:
            continue
        held = column.str.contains(marks).fill_null(value=False)
        if "," not in name and held.any():
            text = column.filter(held)[0]
            raise Incompatible(f"NimbusImage's server would write {text!r} of the property {name!r} without escaping it, which shifts the row; {hint}")

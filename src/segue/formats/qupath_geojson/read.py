"""Reading: bytes to features (codec), features to a study."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.codecs import gzip_stream
from segue.codecs.geojson_features import Features
from segue.codecs.geojson_read import read as read_features
from segue.codecs.zip_read import read_zip
from segue.errors import WrongFormat
from segue.formats.options import Options
from segue.formats.qupath_geojson import hierarchy, member, terms, types
from segue.formats.qupath_geojson.populations import Found
from segue.formats.qupath_geojson.read_features import Read, arranged, objects_of, shapes_of, types_of
from segue.formats.qupath_geojson.tables import read_tables
from segue.model.connections import Connections
from segue.model.features import Feature
from segue.model.objects import Objects
from segue.model.populations import Membership
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """All objects of a file, with what it says about their image.

    Raises
    ------
    Malformed
        It is not JSON, not GeoJSON, cut off, or its member ``segue`` is damaged.
    TooLarge
        It unpacks to more than is sensible.
    WrongFormat
        It is a ZIP file without GeoJSON.
    """
    path = source.path
    found = read_features(_unpacked(source), path)
    s, populations, described = member.parse(found.members, path)
    arrangement = arranged(found)
    objects, repeated = objects_of(arrangement)
    shapes, nucleus = shapes_of(arrangement)
    classes = Found(populations)
    membership = _membership(arrangement, classes)
    usual = types.usual(objects, shapes, nucleus[arrangement.first])
    other = types.joined_properties(found.properties, _firsts(arrangement), len(objects))
    extras = types.as_extras(objects, pl.DataFrame({"usual": usual, "type": types_of(arrangement, usual), "other": other}))
    first = pl.Series(arrangement.first)
    texts = {key: values.gather(first) for key, values in arrangement.texts.items()}
    image_set = ImageSet(
        s.name,
        s.grid,
        s.group,
        s.position,
        objects=objects,
        shapes=shapes,
        connections=_connections(arrangement, objects),
        tables=read_tables(described, _first_values(found.measurements, first), texts, len(objects)),
        membership=membership,
        extras=extras,
    )
    return Study((image_set,), classes.populations), _notes(found, repeated)


def _unpacked(source: Source) -> bytes | memoryview:
    data = source.read_view(gzip_stream.LARGEST)
    head = bytes(data[:4])
    if head[:2] == gzip_stream.MAGIC:
        return gzip_stream.decompress(data, source.path)
    if head != b"PK\3\4":
        return data
    entries = read_zip(data)
    rows = [row for row, name in enumerate(entries.names) if name.lower().endswith((".geojson", ".json"))]
    if not rows:
        raise WrongFormat(f"{source.path} is a ZIP file without a .geojson in it", path=source.path, expected="GeoJSON", found=entries.names[:3])
    return entries.buffer.data[entries.start[rows[0]] : entries.start[rows[0] + 1]]


def _first_values(measurements: pl.DataFrame, first: pl.Series) -> dict[str, pl.Series]:
    return {name: measurements[name].alias("").gather(first) for name in measurements.columns}


def _firsts(arrangement: Read) -> pl.Series:
    """The object of each feature that says what an object is; null for further shapes."""
    rows = np.full(arrangement.features.frame.height, -1, np.int32)
    rows[arrangement.first] = np.arange(len(arrangement.first))
    series = pl.Series(rows)
    return series.set(series < 0, None)


def _membership(arrangement: Read, classes: Found) -> Membership:
    frame = arrangement.features.frame["classification"].gather(arrangement.first)
    empty = pl.Series([None], dtype=pl.Utf8).new_from_index(0, len(arrangement.first))
    listed = arrangement.ours.get(terms.POPULATIONS)
    return classes.membership(frame, empty if listed is None else listed.gather(arrangement.first))


def _connections(arrangement: Read, objects: Objects) -> Connections:
    """Who contains whom; further shapes of an object say nothing."""
    parent = arrangement.features.frame["parent"].gather(arrangement.first)
    child = np.flatnonzero(parent.is_not_null().to_numpy()).astype(np.int32)
    if not len(child):
        return Connections.empty()
    above = arrangement.rows.gather(parent.gather(child)).cast(pl.Int32)
    apart = (above != pl.Series(child)).to_numpy()
    return hierarchy.contains(objects, above.filter(pl.Series(apart)), pl.Series(child[apart]))


def _notes(found: Features, repeated: int) -> Notes:
    notes = []
    collections = int((found.shapes["type"] == "GeometryCollection").sum())
    if collections:
        notes.append(Note(Kind.LOST, "geometry collections cannot be read; QuPath cannot read them either", Feature.POLYGON, count=collections))
    if repeated:
        notes.append(Note(Kind.REPAIRED, "ids that several objects share were made different", Feature.OBJECT_ID, count=repeated))
    return Notes.of(*notes)

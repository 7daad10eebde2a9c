"""Writing a fitted study, piece by piece."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

from segue.codecs import geojson_write
from segue.codecs.gzip_stream import compress
from segue.codecs.json_text import dumps
from segue.formats.options import Options
from segue.formats.qupath_geojson import hierarchy, member
from segue.formats.qupath_geojson.options import WriteOptions
from segue.formats.qupath_geojson.tables import placed
from segue.formats.qupath_geojson.terms import MEMBER
from segue.formats.qupath_geojson.write_text import prepared, texts, vertices
from segue.model.study import Study
from segue.storage.sink import Sink

FEATURES = 20_000
"""How many are turned into text at a time."""
ENTRY = "objects.geojson"
"""Name of the text in a ZIP file."""


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write the first image set of a fitted study; ``.gz`` and ``.zip`` are packed."""
    assert isinstance(options, WriteOptions)
    pieces = _text(study, options)
    if options.pretty:
        pieces = iter([dumps(json.loads(b"".join(pieces)), pretty=True) + b"\n"])
    name = sink.name.lower()
    with sink.open() as file:
        if name.endswith(".zip"):
            _zip(file, b"".join(pieces))
            return
        for piece in compress(pieces) if name.endswith(".gz") else pieces:
            file.write(piece)


def _zip(file: BinaryIO, text: bytes) -> None:
    import numpy as np

    from segue.codecs.zip_write import ZipWriter

    writer = ZipWriter(file, level=6)
    writer.add([ENTRY], np.frombuffer(text, np.uint8), np.array([0, len(text)]))
    writer.finish()


def _text(study: Study, options: WriteOptions) -> Iterator[bytes]:
    s = study.image_sets[0]
    columns = placed(s.tables)
    said = member.render(s, study.populations, columns) if options.layout == "collection" else {}
    comment = f'"{MEMBER}":'.encode() + dumps(said) + b"," if said else b""
    collection = options.layout == "collection"
    yield b'{"type":"FeatureCollection",' + comment + b'"features":[\n' if collection else b"[\n"
    parent = hierarchy.parents(s.connections, len(s.objects))
    made = prepared(s, study.populations, parent, columns)
    for first in range(0, made.features.height, FEATURES):
        kind, before, after, rings = texts(made, first, first + FEATURES)
        yield from geojson_write.write(kind, *vertices(rings), before, after)
    yield b"]}\n" if collection else b"]\n"

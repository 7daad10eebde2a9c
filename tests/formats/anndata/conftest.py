"""Studies to write as AnnData."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from segue.formats.anndata.spec import FORMAT
from segue.model.connections import Connections
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.rings import Rings
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table
from segue.storage.sink import FileSink
from segue.storage.source import Source

HERE = Path(__file__).parent
LABELS = [3, 7, 2**64 - 1, 70000]


def _image_set(name, members=(("T", 0), ("T", 2), ("B", 1))):
    rows = pl.int_range(4, dtype=pl.Int32, eager=True)
    frame = pl.DataFrame({"id": ["a", "b", "c", "d/e"], "label": LABELS, "layer": ["cells"] * 4}, schema_overrides={"label": pl.UInt64})
    values = {"row": rows, "CD4/CD8 mean": [0.1, None, float("nan"), 2.5], "area": [4, 9, None, 1], "barcode": [1, 2, 3, 2**53 + 1]}
    values |= {"note": ["x", None, "", "a\0b"], "good": [True, None, False, True]}
    columns = (Column("CD4/CD8 mean", unit="a.u.", channel="CD4/CD8", measurement="mean"), Column("area", "integer"), Column("barcode", "integer"))
    columns += (Column("note", "text"), Column("good", "boolean"))
    pairs = pl.DataFrame(list(members), schema={"population": pl.Utf8, "object": pl.Int32}, orient="row")
    links = pl.DataFrame({"id": ["1", "2"], "kind": ["touches", "track"], "parent": [0, 2], "child": [3, 1], "label": [None, "l"], "tags": [None, ["x", ""]]})
    length = Table("connections", pl.DataFrame({"row": [0], "contact_length": [2.5]}, schema_overrides={"row": pl.Int32}), (Column("contact_length"),))
    return ImageSet(
        name,
        objects=Objects(frame),
        shapes=Shapes(pl.DataFrame({"object": rows[:3], "kind": ["point"] * 3}), Rings.simple([[0.5, 1.25], [2, 3], [1 / 3, 9]], range(4))),
        tables={"measurements": Table("objects", pl.DataFrame(values), columns), "borders": length},
        connections=Connections(links),
        membership=Membership.of(pairs),
    )


@pytest.fixture
def study():
    """A study of image sets of the given names."""

    def made(*names, **more):
        known = (Population("T", ("T cells", "CD4/CD8"), colour=0xFF0000FF), Population("B", ("B",), colour=0x0000FFFF))
        return Study(tuple(_image_set(name, **more) for name in names), known)

    return made


@pytest.fixture
def save(tmp_path):
    """Write a study as it fits; returns the source."""

    def save(whole, name="cells.h5ad", **options):
        chosen = FORMAT.options("write", options)
        with FileSink(tmp_path / name) as sink:
            FORMAT.write(FORMAT.fitted(whole, chosen), sink, chosen)
            sink.keep()
        return Source(tmp_path / name)

    return save


@pytest.fixture
def load():
    def load(source, **options):
        return FORMAT.read(source if isinstance(source, Source) else Source(HERE / source), FORMAT.options("read", options))

    return load

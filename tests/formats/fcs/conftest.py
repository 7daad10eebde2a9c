"""Studies to write as FCS."""

from __future__ import annotations

import polars as pl
import pytest

from segue.formats.fcs.spec import FORMAT
from segue.model.grid import Axis, Grid
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.rings import Rings
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table
from segue.storage.sink import FileSink
from segue.storage.source import Source

LABELS = [3, 16_777_215, 16_777_216, 16_777_217, 2**40 + 5, 2**64 - 1]


def _image_set(name, labels=LABELS, **more):
    """Cells with a position, two values, and the first two in a population."""
    rows = pl.int_range(len(labels), dtype=pl.Int32, eager=True)
    objects = Objects(
        pl.DataFrame({"id": [str(label) for label in labels], "label": labels, "layer": ["labels"] * len(labels)}, schema_overrides={"label": pl.UInt64})
    )
    coords = [[number + 0.5, 2.25 * number] for number in range(len(labels))]
    points = Shapes(pl.DataFrame({"object": rows, "kind": ["point"] * len(labels)}), Rings.simple(coords, range(len(labels) + 1)))
    values = {"row": rows, "CD3, mean": [number / 8 for number in range(len(labels))], "CD4/CD8": [float(number) for number in range(len(labels))]}
    columns = (Column("CD3, mean", unit="a.u.", channel="CD3", measurement="mean"), Column("CD4/CD8"))
    members = Membership.of(pl.DataFrame({"population": ["T"] * 2, "object": [0, 1]}, schema={"population": pl.Utf8, "object": pl.Int32}))
    grid = Grid((Axis("y", 100, 0.5, "um"), Axis("x", 120, 0.5, "um")))
    return ImageSet(
        name,
        **{
            "grid": grid,
            "objects": objects,
            "shapes": points,
            "tables": {"measurements": Table("objects", pl.DataFrame(values), columns)},
            "membership": members,
            **more,
        },
    )


def _study(*names, **more):
    return Study(tuple(_image_set(name, **more) for name in names), (Population("T", ("T cells", "CD4"), "gate", 0xFF0000FF, number=7),))


@pytest.fixture
def study():
    """A study of image sets of the given names; further arguments replace parts of each."""
    return _study


@pytest.fixture
def labels():
    return LABELS


@pytest.fixture
def save(tmp_path):
    """Write a study as it fits; returns the source."""

    def save(whole, name="cells.fcs", **options):
        chosen = FORMAT.options("write", options)
        with FileSink(tmp_path / name) as sink:
            FORMAT.write(FORMAT.fitted(whole, chosen), sink, chosen)
            sink.keep()
        return Source(tmp_path / name)

    return save


@pytest.fixture
def load():
    def load(source, **options):
        return FORMAT.read(source, FORMAT.options("read", options))

    return load

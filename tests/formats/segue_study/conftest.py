"""A study that holds everything the model has words for, with every awkward value that we know."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from segue.codecs.zarr_types import PIXEL_TYPES
from segue.formats.segue_study.spec import FORMAT
from segue.model.connections import Connections
from segue.model.display import ChannelDisplay, Display
from segue.model.grid import Axis, Grid
from segue.model.image import ArrayPixels, Image, LabelImage
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.rings import Rings, concat
from segue.model.rules import GateRule, ListRule, PolygonTerm, Range, RegionRule, SetsRule
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import Event, ImageSet, Property, Study
from segue.model.tables import TYPES as TYPES_OF
from segue.model.tables import Column, Table
from segue.storage.sink import FileSink
from segue.storage.source import Source

NAN, INF = math.nan, math.inf
TEXTS = ["a", "", "Zelle 🔬 é", "línea\nnueva\t\0", "../../etc/passwd", "CON", "x" * 300, "\u202eabc", "'\"\\,;"]


@pytest.fixture(scope="session")
def rich() -> Study:
    """A study with everything."""
    return rich_study()


@pytest.fixture
def write(tmp_path):
    """Write a study (to ``out.segue`` unless told otherwise) and return the folder."""

    def write(study, name="out.segue", **options):
        with FileSink(tmp_path / name, overwrite=True) as sink:
            chosen = FORMAT.options("write", options)
            FORMAT.write(FORMAT.fitted(study, chosen), sink, chosen)
            return sink.keep()

    return write


@pytest.fixture
def read():
    """Read a folder."""
    return lambda folder, **options: FORMAT.read(Source(folder), FORMAT.options("read", options))[0]


@pytest.fixture(scope="session")
def rich_folder(rich, tmp_path_factory):
    """The rich study, written once; only to be looked at."""
    with FileSink(tmp_path_factory.mktemp("rich") / "rich.segue") as sink:
        FORMAT.write(rich, sink)
        return sink.keep()


def rich_study() -> Study:
    return Study(
        image_sets=(rich_image_set(), ImageSet(""), ImageSet("", Grid((Axis("y", 0), Axis("x", 0)))), labels_only(), ImageSet(rich_image_set().name)),
        populations=populations(),
        properties=(Property("p1", "area", "measured", '{"unit": "µm²"}'), Property("p2", "")),
        displays=(display(), Display()),
    )


def rich_image_set() -> ImageSet:
    return ImageSet(
        name="Feld 1/3: <été>",
        grid=grid(),
        group="experiment é",
        position=(("c", 1), ("well", 7)),
        images=images(),
        labels=label_images(),
        objects=objects(),
        shapes=shapes(),
        connections=connections(),
        tables=tables(),
        membership=membership(),
        display=display(),
        extras=pl.DataFrame({"format": ["x", None], "entity": ["object", "image set"], "id": [TEXTS[2], None], "payload": ['{"a": NaN}', ""]}),
        aliases=pl.DataFrame({"format": ["x"], "entity": ["object"], "id": ["a"], "alias": ["🔬"]}),
        history=(Event("measure", "0.1.0", '{"recipe": "é"}', (("cells.tif", "abc"), ("", ""))), Event("", "")),
    )


def grid() -> Grid:
    axes = (Axis("t", 2), Axis("z", None, NAN, "µm", -0.5), Axis("y", 6, 0.25, "µm", 3.0), Axis("x", 7, 0.25, "parsec", INF))
    return Grid(axes, ((1.0, 0.5, NAN), (0.0, 1.0, 2.0), (0.0, 0.0, 1.0)))


def labels_only() -> ImageSet:
    return ImageSet(
        "only labels", labels=(LabelImage(ArrayPixels(np.eye(5, dtype=bool)), "yx"), LabelImage(ArrayPixels(np.eye(5, dtype=np.int64)), "yx", "__"))
    )


def images() -> tuple[Image, ...]:
    random = np.random.default_rng(0)
    ramp = random.integers(0, 60_000, (3, 6, 2, 7)).astype(">u2")
    channels = Image(ArrayPixels(ramp), "cytx", "stack", ("DAPI", "", "DAPI"), (NAN, 5.0))
    typed = [Image(ArrayPixels(random.integers(0, 2, (6, 7)).astype(dtype)), "yx", "image") for dtype in PIXEL_TYPES]
    floats = np.array([[NAN, INF], [-INF, -0.0]])
    return (channels, *typed, Image(ArrayPixels(floats), "xy", "../x"), Image(ArrayPixels(np.zeros((6, 0), np.uint8)), "yx", "nothing"))


def label_images() -> tuple[LabelImage, ...]:
    large = np.zeros((7, 6, 2), np.uint64)
    large[1:3, 2:4] = 2**64 - 1
    return (
        LabelImage(ArrayPixels(large), "xyt", "nuclei", persists=False),
        LabelImage(ArrayPixels(np.array([[-1, 0], [3, 3]], np.int16)), "yx", "Nuclei"),
        LabelImage(ArrayPixels(np.ones((2, 2), bool)), "yx", "zarr.json"),
        LabelImage(ArrayPixels(np.ones((2, 2), np.uint8)), "yx", "__private/.."),
    )


def objects() -> Objects:
    count = len(TEXTS)
    return Objects(
        pl.DataFrame(
            {
                "id": TEXTS,
                "layer": [None, "nuclei", "nuclei", *[None] * (count - 3)],
                "label": pl.Series([None, 2**64 - 1, 2**63, *[None] * (count - 3)], dtype=pl.UInt64),
                "t": [0, 1, None, *[None] * (count - 3)],
                "track": [-(2**63), 2**63 - 1, None, *[None] * (count - 3)],
                "name": [None, *TEXTS[1:]],
                "colour": pl.Series([0xFFFFFFFF, 0, None, *[None] * (count - 3)], dtype=pl.UInt32),
                "locked": [True, *[False] * (count - 1)],
            }
        )
    )


def shapes() -> Shapes:
    """Every kind twice, once as it should be, and every structure that well-known text and binary cannot express."""
    simple = {ShapeKind.POINT: 1, ShapeKind.ANGLE: 3, ShapeKind.MULTIPOINT: 4, ShapeKind.POLYLINE: 4, ShapeKind.SPLINE: 4}
    found = [(kind, line(simple.get(kind, 2)) if kind not in (ShapeKind.POLYGON, ShapeKind.MASK) else holed()) for kind in ShapeKind]
    found += [(kind, Rings.simple(np.array([[NAN, 1.0]]), np.array([0, 1]))) for kind in ShapeKind]
    found += [(ShapeKind.MASK, mask()), (ShapeKind.FREEHAND, line(5))]
    found += [(ShapeKind.POLYGON, odd) for odd in odd_structures()]
    count = len(found)
    frame = pl.DataFrame(
        {
            "object": [nth % 3 for nth in range(count)],
            "role": ["outline", "nucleus", ""] + ["outline"] * (count - 3),
            "z": [None, 3] + [0] * (count - 2),
            "c": [2, None] + [0] * (count - 2),
            "kind": [str(kind) for kind, _ in found],
            "width": [NAN, None, INF] + [1.5] * (count - 3),
            "ratio": [0.5] * count,
            "stroke": pl.Series([0xFF0000FF, None] + [1] * (count - 2), dtype=pl.UInt32),
            "text": [None, "é\n"] + [""] * (count - 2),
        }
    )
    return Shapes(frame, concat([rings for _, rings in found]))


def line(count: int) -> Rings:
    return Rings.simple(np.array([[0.5, 0.1], [3.25, -0.0], [4.0, 4.0], [0.1, 1 / 3], [7.0, 1e300]])[:count], np.array([0, count]))


def holed() -> Rings:
    outer = [[0, 0], [6, 0], [6, 6], [0, 6]]
    hole = [[1, 1], [1, 2], [2, 2]]
    return Rings(np.array([*outer, *hole, *outer], float), np.array([0, 4, 7, 11]), np.array([0, 2, 3]), np.array([0, 2]))


def mask() -> Rings:
    return Rings(np.array([[0, 0], [4, 2], [0, 0], [3, 0], [1, 1], [4, 1]], float), np.array([0, 2, 6]), np.array([0, 2]), np.array([0, 1]))


def odd_structures() -> list[Rings]:
    none = np.empty((0, 2))
    return [
        Rings(none, np.array([0]), np.array([0]), np.array([0, 0])),
        Rings(none, np.array([0]), np.array([0, 0]), np.array([0, 1])),
        Rings(none, np.array([0, 0]), np.array([0, 1]), np.array([0, 1])),
        Rings(np.ones((3, 2)), np.array([0, 0, 1, 3]), np.array([0, 0, 2, 3]), np.array([0, 3])),
        Rings(np.array([[0, 0], [1, 0], [1, 1], [0, 0]], float), np.array([0, 4]), np.array([0, 1]), np.array([0, 1])),
    ]


def connections() -> Connections:
    return Connections(
        pl.DataFrame(
            {
                "id": ["c1", "", "é"],
                "kind": ["link", "part-of", "track"],
                "parent": [0, 1, 1],
                "child": [1, 0, 1],
                "label": [None, "", "x"],
                "tags": pl.Series([["b", "a", ""], [], None], dtype=pl.List(pl.Utf8)),
            }
        )
    )


def tables() -> dict[str, Table]:
    columns = (
        Column("object", "number", "p1", ("a", "", "é"), "µm²", "area", "DAPI", "nuclei"),
        Column("", "integer"),
        Column("row id", "text"),
        Column("yes", "boolean"),
        Column("Wert é", "json"),
    )
    values = {"object": [NAN, None, INF], "": [2**63 - 1, None, -(2**63)], "row id": ["", None, "é\0"], "yes": [True, None, False], "Wert é": ["{}", None, "1"]}
    nothing = {column.name: pl.Series([], dtype=TYPES_OF[column.type]) for column in columns}
    keys = {"row": [0, 0, 2], "t": [0, 1, None], "c": [None, 0, 0], "z": [0, 0, 2]}
    planes = {name: pl.Series(rows, dtype=pl.Int32) for name, rows in keys.items()}
    return {
        "statistics": Table("objects", pl.DataFrame({"row": pl.Series([2, 0, 1], dtype=pl.Int32), **values}), columns),
        "Statistics": Table("objects on planes", pl.DataFrame({**planes, **values}), columns),
        "": Table("connections", pl.DataFrame({"row": [0, 1, 2], "connection": [1.0, 2.0, None]}), (Column("connection"),)),
        "a/b:c*": Table("image set", pl.DataFrame(values), columns),
        "../../x": Table("objects", pl.DataFrame({"row": pl.Series([], dtype=pl.Int32), **nothing}), columns),
        "nothing": Table("image set", pl.DataFrame(), ()),
    }


def populations() -> tuple[Population, ...]:
    polygon = PolygonTerm("x", "y", ((0.0, NAN), (1.5, INF), (2.0, 0.1)), "log10", "arcsinh", 5.0)
    return (
        Population("p", ("T cells", "CD8+"), "class", 0xFF00FFFF, visible=False, order=3, number=-1, exclusive=True, rule=RegionRule(("a", ""), "mantis-1.1")),
        Population("q", (), rule=GateRule((Range("CD3", -INF, None), polygon, Range("CD3", 0.1, 5.0)), "p")),
        Population("r", ("",), rule=GateRule(())),
        Population("s", ("T cells", "CD8+"), rule=SetsRule("difference", ("p", "q"))),
        Population("é", ("list",), rule=ListRule()),
    )


def membership() -> Membership:
    pairs = pl.DataFrame({"population": ["p", "é", "p"], "object": [2, 2, 0], "labels": [None, "abc", ""]})
    return Membership.of(pairs)


def display() -> Display:
    channels = (ChannelDisplay("DAPI", 0x00FF00FF, NAN, 7.5, visible=False), ChannelDisplay(""))
    return Display("preset é", channels, (("z", 2), ("t", 0)), 0.3, label_outlines=False, regions=False, legend=True, scale_bar=True)

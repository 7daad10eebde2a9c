"""One thing is changed: exactly that feature is counted, as often as it changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given

from segue.model.connections import Connections
from segue.model.diff import diff
from segue.model.features import SHAPE_FEATURES
from segue.model.features import Feature as F
from segue.model.grid import Axis, Grid
from segue.model.image import ArrayPixels, Image, LabelImage
from segue.model.keep import keep
from segue.model.objects import Objects
from segue.model.populations import Membership
from segue.model.rings import Rings
from segue.model.rules import Range
from segue.model.select import take_objects
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table
from segue.testing.canonical import canonical
from segue.testing.drawings import ShapeList
from segue.testing.strategies import studies

BASE = canonical()
CELLS, DRAWINGS = BASE.image_sets


def cells(**changes):
    return replace(BASE, image_sets=(replace(CELLS, **changes), DRAWINGS))


def objects(**columns):
    return cells(objects=CELLS.objects.with_columns(**columns))


def drawings(**columns):
    return replace(BASE, image_sets=(CELLS, replace(DRAWINGS, shapes=DRAWINGS.shapes.with_columns(**columns))))


def image(**changes):
    return cells(images=(replace(CELLS.images[0], **changes),))


def labels(**changes):
    return cells(labels=(replace(CELLS.labels[0], **changes),))


def population(nth, **changes):
    return replace(BASE, populations=tuple(replace(one, **changes) if nth == place else one for place, one in enumerate(BASE.populations)))


def column(**changes):
    table = CELLS.tables["measurements"]
    return cells(tables={**CELLS.tables, "measurements": replace(table, columns=(replace(table.columns[0], **changes), *table.columns[1:]))})


def cell(name, **columns):
    table = CELLS.tables[name]
    return cells(tables={**CELLS.tables, name: replace(table, frame=table.frame.with_columns(**columns))})


def marked(*rows):
    stale = pl.Series("row", rows, pl.Int32)
    return cells(tables={**CELLS.tables, "measurements": replace(CELLS.tables["measurements"], stale=stale)})


def pixels(images, place, value):
    array = images[0].pixels.array.copy()
    array[place] = value
    return (replace(images[0], pixels=ArrayPixels(array)),)


def moved(kind):
    """The study with the first vertex of every shape of a kind elsewhere."""
    shapes = (CELLS if kind is None else DRAWINGS).shapes
    coords = shapes.rings.coords.copy()
    of_kind = (shapes.frame["kind"].cast(pl.Utf8) == str(kind)).to_numpy()
    coords[shapes.rings.coord_start[:-1][of_kind]] += 0.25
    return replace(BASE, image_sets=(CELLS, replace(DRAWINGS, shapes=Shapes(shapes.frame, shapes.rings.with_coords(coords)))))


CHANGES = [
    (F.IMAGE_SETS, 1, lambda: replace(BASE, image_sets=(CELLS,))),
    (F.IMAGE_SET_NAME, 1, lambda: cells(name="another")),
    (F.IMAGE_SET_NAME, 1, lambda: cells(group=None)),
    (F.IMAGE_SET_NAME, 1, lambda: cells(position=())),
    (F.GRID_SIZE, 1, lambda: cells(grid=replace(CELLS.grid, axes=(replace(CELLS.grid.axes[0], size=25), CELLS.grid.axes[1])))),
    (F.GRID_SIZE, 1, lambda: cells(grid=CELLS.grid.without_sizes())),
    (F.PIXEL_SIZE, 1, lambda: cells(grid=CELLS.grid.without_scale())),
    (F.ORIGIN, 1, lambda: cells(grid=CELLS.grid.without_origin())),
    (F.ORIGIN, 1, lambda: cells(grid=replace(CELLS.grid, world=((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))))),
    (F.IMAGES, 1, lambda: cells(images=pixels(CELLS.images, (1, 2, 3), 0))),
    (F.IMAGES, 1, lambda: cells(images=())),
    (F.PIXEL_TYPE, 1, lambda: image(pixels=ArrayPixels(CELLS.images[0].pixels.array.astype(np.float64)))),
    (F.IMAGE_NAME, 1, lambda: image(name="another")),
    (F.CHANNEL_NAMES, 1, lambda: image(channels=())),
    (F.DATA_RANGE, 1, lambda: image(data_range=None)),
    (F.INVERTED, 1, lambda: image(inverted=True)),
    (F.LABELS, 1, lambda: cells(labels=pixels(CELLS.labels, (0, 0), 9))),
    (F.LABELS, 1, lambda: cells(labels=())),
    (F.LAYER, 1, lambda: labels(name="another")),
    (F.LAYER, 1, lambda: objects(layer=None)),
    (F.LABEL_TIME, 1, lambda: labels(persists=False)),
    (F.OBJECT_ORDER, 1, lambda: replace(BASE, image_sets=(CELLS, take_objects(DRAWINGS, np.array([14, *range(14)]))))),
    (F.OBJECT_ID, 3, lambda: objects(id=pl.col("id") + "x")),
    (F.OBJECT_LABEL, 3, lambda: objects(label=pl.col("label") + 1000)),
    (F.OBJECT_LABEL, 1, lambda: objects(label=pl.when(pl.col("label") != 300).then("label"))),
    (F.OBJECT_TIME, 3, lambda: objects(t=0)),
    (F.TRACK, 2, lambda: objects(track=None)),
    (F.OBJECT_NAME, 1, lambda: objects(name=pl.col("name").fill_null(""))),
    (F.OBJECT_COLOUR, 1, lambda: objects(colour=pl.col("colour").fill_null(0))),
    (F.OBJECT_LOCKED, 1, lambda: objects(locked=False)),
    *((kind.feature, 1, lambda kind=kind: moved(kind)) for kind in ShapeKind if kind not in (ShapeKind.IMAGE, ShapeKind.MASK)),
    (F.ARROW, 1, lambda: drawings(head=pl.when(pl.col("kind").cast(pl.Utf8) == "arrow").then(2.0).otherwise("head"))),
    (F.SHAPE_ROLE, 15, lambda: drawings(role="nucleus")),
    (F.SHAPE_PLANE, 15, lambda: drawings(c=1)),
    (F.SHAPE_STYLE, 1, lambda: drawings(text=None)),
    (F.CONNECTIONS, 1, lambda: cells(connections=Connections(CELLS.connections.frame.with_columns(tags=pl.lit([], pl.List(pl.Utf8)))))),
    (F.VALUES, 1, lambda: cell("measurements", Area=pl.col("Area").fill_nan(0))),
    (F.VALUES, 1, lambda: cell("measurements", Area=pl.col("Area").fill_null(float("nan")))),
    (F.VALUES, 1, lambda: cell("measurements", note=pl.col("note").replace("", None))),
    (F.VALUES, 1, lambda: cell("image", temperature=pl.lit(36.5))),
    (F.VALUES, 2, lambda: cells(tables={name: table for name, table in CELLS.tables.items() if name != "intensities"})),
    (F.COLUMNS, 1, lambda: column(unit="µm^2")),
    (F.COLUMNS, 1, lambda: column(path=("a",))),
    (F.STALE, 1, lambda: marked()),
    (F.STALE, 1, lambda: marked(0, 2)),
    (F.STALE, 2, lambda: marked(0)),
    (F.POPULATIONS, 1, lambda: population(0, name=("another",))),
    (F.POPULATIONS, 1, lambda: replace(BASE, populations=BASE.populations[:3])),
    (F.POPULATION_COLOUR, 1, lambda: population(0, colour=None)),
    (F.POPULATION_SETTINGS, 1, lambda: population(0, kind="tag")),
    (F.POPULATION_SETTINGS, 1, lambda: population(0, visible=False)),
    (F.RULES, 1, lambda: population(1, rule=BASE.populations[2].rule)),
    (F.MEMBERSHIP, 1, lambda: cells(membership=Membership(CELLS.membership.frame.head(2)))),
    (F.MEMBERSHIP, 3, lambda: cells(membership=Membership(CELLS.membership.frame.with_columns(labels=pl.lit("print"))))),
    (F.MEMBERSHIP, 2, lambda: cells(membership=Membership(CELLS.membership.frame.with_columns(nth_in_population=-pl.col("nth_in_population"))))),
    (F.PROPERTIES, 1, lambda: replace(BASE, properties=(replace(BASE.properties[0], name="Size"),))),
    (F.PROPERTIES, 1, lambda: replace(BASE, properties=())),
    (F.DISPLAY, 1, lambda: replace(BASE, displays=(replace(BASE.displays[0], legend=True), BASE.displays[1]))),
    (F.DISPLAY, 1, lambda: cells(display=None)),
    (F.EXTRAS, 1, lambda: cells(extras=CELLS.extras.clear())),
    (F.EXTRAS, 1, lambda: cells(aliases=CELLS.aliases.clear())),
    (F.STUDY_EXTRAS, 1, lambda: replace(BASE, extras=BASE.extras.clear())),
]


@pytest.mark.parametrize(("feature", "count", "change"), CHANGES, ids=[f"{feature.name}-{nth}" for nth, (feature, _, _) in enumerate(CHANGES)])
def test_one_change_is_counted_once_and_as_nothing_else(feature, count, change):
    assert diff(BASE, change()) == {feature: count}
    assert diff(change(), BASE) == {feature: count}


def test_every_feature_is_tried_out():
    assert set(F) - {feature for feature, _, _ in CHANGES} == {F.OBJECTS, F.IMAGE_SHAPE, F.MASK}


def test_a_missing_object_takes_its_shapes_values_and_memberships_along():
    study = replace(BASE, image_sets=(take_objects(CELLS, np.array([0, 1])), DRAWINGS))
    assert diff(BASE, study) == {F.OBJECTS: 1, F.TRACED: 1, F.VALUES: 3, F.STALE: 1}
    study = replace(BASE, image_sets=(take_objects(CELLS, np.array([1, 2])), DRAWINGS))
    assert diff(BASE, study) == {F.OBJECTS: 1, F.TRACED: 1, F.CONNECTIONS: 1, F.VALUES: 5 + 2 + 1, F.MEMBERSHIP: 2, F.EXTRAS: 2}


def test_where_an_image_set_is_missing_the_others_are_found_by_their_names():
    assert diff(BASE, replace(BASE, image_sets=(DRAWINGS,))) == {F.IMAGE_SETS: 1}
    unnamed = tuple(replace(s, name="") for s in BASE.image_sets)
    assert F.OBJECTS in diff(replace(BASE, image_sets=unnamed), replace(BASE, image_sets=unnamed[1:]))


@given(studies())
def test_the_order_of_image_sets_is_none_of_their_facts(study):
    sets = study.image_sets
    called = [(s.group, s.name, s.position) for s in sets]
    if len(set(called)) == len(called):
        assert diff(study, replace(study, image_sets=sets[::-1])) == {}


def test_image_sets_of_one_name_are_compared_in_their_order():
    other = take_objects(CELLS, np.array([0]))
    twice = replace(BASE, image_sets=(CELLS, other))
    assert diff(twice, twice) == {}
    assert diff(twice, replace(twice, image_sets=(other, CELLS)))[F.OBJECTS] > 0


def test_an_image_set_that_lost_its_name_is_not_taken_for_another_without_one():
    """Where only the first image set is kept, without its name: what the second one has is no matter."""
    study = replace(BASE, image_sets=(CELLS, replace(DRAWINGS, name="")))
    assert diff(study, replace(study, image_sets=(replace(CELLS, name=""),))) == {F.IMAGE_SETS: 1, F.IMAGE_SET_NAME: 1}


@given(study=studies())
def test_nothing_differs_from_itself(study):
    assert diff(study, study) == {}


@given(one=studies(), other=studies())
def test_it_does_not_matter_which_comes_first(one, other):
    there, back = diff(one, other), diff(other, one)
    assert all(count > 0 for count in there.values())
    symmetric = set(F) - set(SHAPE_FEATURES) - {F.COLUMNS}  # a shape that became another kind is counted as what it was
    assert {feature: count for feature, count in there.items() if feature in symmetric} == {f: count for f, count in back.items() if f in symmetric}


class TestPixels:
    def of(self, array, axes="yx"):
        return Study((ImageSet("", images=(Image(ArrayPixels(np.asarray(array)), axes),)),))

    def test_are_equal_whatever_their_axis_order(self):
        array = np.arange(24).reshape(2, 3, 4)
        assert diff(self.of(array, "tyx"), self.of(array.transpose(2, 0, 1), "xty")) == {}
        assert diff(self.of(array[:1], "tyx"), self.of(array[0])) == {}

    def test_of_another_number_type_are_noted_only_if_the_values_are_equal(self):
        assert diff(self.of([[1, 2]]), self.of([[1.0, 2.0]])) == {F.PIXEL_TYPE: 1}
        assert diff(self.of([[1, 2]]), self.of([[1.0, 2.5]])) == {F.IMAGES: 1}

    def test_of_another_byte_order_are_equal(self):
        array = np.array([[1, 2]], np.uint16)
        assert diff(self.of(array), self.of(array.astype(">u2"))) == {}

    def test_nan_equals_nan_and_nothing_else(self):
        assert diff(self.of([[np.nan, 1]]), self.of([[np.nan, 1]])) == {}
        assert diff(self.of([[np.nan, 1]]), self.of([[0.0, 1]])) == {F.IMAGES: 1}

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (np.array([[2**53 + 1]], np.int64), np.array([[2.0**53]])),
            (np.array([[2**63 - 1]], np.int64), np.array([[2.0**63]])),
            (np.array([[2**64 - 1]], np.uint64), np.array([[2.0**64]])),
            (np.array([[2**64 - 1]], np.uint64), np.array([[-1]], np.int64)),
            (np.array([[0]], np.int64), np.array([[np.nan]])),
        ],
    )
    def test_64_bit_integers_are_not_rounded(self, one, other):
        assert diff(self.of(one), self.of(other)) == {F.IMAGES: 1}
        assert diff(self.of(other), self.of(one)) == {F.IMAGES: 1}

    def test_64_bit_integers_equal_the_same_numbers_as_floats(self):
        assert diff(self.of(np.array([[2**53, -7]], np.int64)), self.of([[2.0**53, -7.0]])) == {F.PIXEL_TYPE: 1}

    def test_labels_of_another_number_type_are_the_same_labels(self):
        one, other = (Study((ImageSet("", labels=(LabelImage(ArrayPixels(np.array([[0, 7]], dtype)), "yx"),)),)) for dtype in (np.uint8, np.uint64))
        assert diff(one, other) == {}


class TestLabelsWithoutATableOfObjects:
    """A label image says which objects there are; only what a bare label cannot say is lost."""

    def test_lose_names_and_the_like_but_not_the_objects(self):
        bare = keep(BASE, {F.IMAGE_SETS, F.LABELS, F.LAYER, F.LABEL_TIME})
        found = diff(BASE, bare)
        objects = {feature: found.get(feature) for feature in (F.OBJECT_ID, F.OBJECT_NAME, F.OBJECT_COLOUR, F.TRACK, F.OBJECT_LOCKED, F.OBJECTS)}
        assert objects == {F.OBJECT_ID: 1, F.OBJECT_NAME: 2, F.OBJECT_COLOUR: 2, F.TRACK: 2, F.OBJECT_LOCKED: 1, F.OBJECTS: len(DRAWINGS.objects)}
        assert F.OBJECT_LABEL not in found
        assert F.LABELS not in found

    def test_lose_objects_that_have_no_label(self):
        changed = objects(label=pl.when(pl.col("label") != 2).then("label"))
        study = replace(changed, image_sets=changed.image_sets[:1])
        assert diff(study, keep(study, {F.LABELS}))[F.OBJECTS] == 1


class TestShapesOfAnObject:
    def of(self, *kinds):
        found = ShapeList()
        for kind in kinds:
            found.add({"object": 0, "role": "outline", "kind": kind}, [[[(0.0, 0.0), (4.0, 4.0)]]])
        return Study((ImageSet("", objects=Objects(pl.DataFrame({"id": ["a"]})), shapes=found.table()),))

    def test_are_counted_by_kind_when_one_is_missing(self):
        assert diff(self.of("line", "oval"), self.of("oval")) == {F.LINE: 1}
        assert diff(self.of("line", "oval", "line"), self.of("oval", "line")) == {F.LINE: 1}

    def test_that_became_another_kind_are_counted_as_what_they_were(self):
        assert diff(self.of("oval", "line"), self.of("rectangle", "line")) == {F.OVAL: 1}
        assert diff(self.of("oval", "line", "text"), self.of("rectangle", "line")) == {F.OVAL: 1, F.TEXT: 1}

    def test_in_another_order_are_not_equal(self):
        assert diff(self.of("oval", "line"), self.of("line", "oval")) == {F.OVAL: 1, F.LINE: 1}

    def test_nan_in_a_vertex_or_parameter_equals_nan(self):
        shapes = Shapes(pl.DataFrame({"object": [0], "kind": ["line"], "width": [np.nan]}), Rings.simple(np.array([[np.nan, 1.0], [2, 3]]), np.array([0, 2])))
        one, other = (
            Study((ImageSet("", objects=Objects(pl.DataFrame({"id": ["a"]})), shapes=Shapes(shapes.frame, rings)),))
            for rings in (shapes.rings, copy(shapes.rings))
        )
        assert diff(one, other) == {}


def copy(rings):
    return Rings(rings.coords.copy(), rings.ring_start.copy(), rings.part_start.copy(), rings.shape_start.copy())


class TestTables:
    def of(self, frame, *columns, about="objects", name="t"):
        ids = [str(nth) for nth in range(3)]
        return Study((ImageSet("", objects=Objects(pl.DataFrame({"id": ids})), tables={name: Table(about, pl.DataFrame(frame), columns)}),))

    @pytest.mark.parametrize("name", ["*", "^a.*$", "", "value", "a", "b", "_new", "nth"])
    def test_with_a_hostile_column_name_are_compared(self, name):
        one = self.of({"row": [0], name: [1.0], "a2": [5.0]}, Column(name), Column("a2"))
        other = self.of({"row": [0], name: [2.0], "a2": [5.0]}, Column(name), Column("a2"))
        assert diff(one, one) == {}
        assert diff(one, other) == {F.VALUES: 1}

    def test_in_another_order_of_rows_are_equal(self):
        column = Column("a")
        assert diff(self.of({"row": [0, 1], "a": [1.0, 2.0]}, column), self.of({"row": [1, 0], "a": [2.0, 1.0]}, column)) == {}

    def test_a_cell_that_is_null_equals_a_row_that_is_missing(self):
        assert diff(self.of({"row": [0, 1], "a": [1.0, None]}, Column("a")), self.of({"row": [0], "a": [1.0]}, Column("a"))) == {}

    def test_without_keys_are_compared_row_by_row(self):
        one, other = (self.of({"a": values}, Column("a"), about="image set") for values in ([1.0, None], [None, 1.0]))
        assert diff(one, other) == {F.VALUES: 2}

    def test_values_of_another_type_are_equal_if_the_number_is(self):
        whole = self.of({"row": [0, 1], "a": [2, 2**53 + 1]}, Column("a", "integer"))
        assert diff(whole, self.of({"row": [0, 1], "a": [2.0, 2.0**53]}, Column("a"))) == {F.COLUMNS: 1, F.VALUES: 1}

    def test_of_another_name_are_the_same_columns_elsewhere(self):
        assert diff(self.of({"row": [0], "a": [1.0]}, Column("a")), self.of({"row": [0], "a": [1.0]}, Column("a"), name="u")) == {F.COLUMNS: 1}

    def test_two_tables_may_use_the_same_column_name(self):
        tables = {name: Table("objects", pl.DataFrame({"row": [0], "a": [value]}), (Column("a"),)) for name, value in (("t", 1.0), ("u", 2.0))}
        ids = Objects(pl.DataFrame({"id": ["0"]}))
        one = Study((ImageSet("", objects=ids, tables=tables),))
        other = Study((ImageSet("", objects=ids, tables=dict(reversed(tables.items()))),))
        assert diff(one, other) == {}
        assert diff(one, self.of({"row": [0], "a": [1.0]}, Column("a")))[F.VALUES] == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda nan: cells(grid=replace(CELLS.grid, axes=(replace(CELLS.grid.axes[0], scale=nan, translation=nan), CELLS.grid.axes[1]))),
        lambda nan: image(data_range=(nan, 1.0)),
        lambda nan: replace(BASE, displays=(replace(BASE.displays[0], label_opacity=nan),)),
        lambda nan: population(2, rule=replace(BASE.populations[2].rule, terms=(Range("a", nan),))),
    ],
)
def test_nan_equals_nan_in_records_too(change):
    assert diff(change(float("nan")), change(float("nan"))) == {}
    assert len(diff(change(float("nan")), change(0.5))) >= 1


def test_grids_differ_in_size_only_where_one_says_more():
    one = Study((ImageSet("", grid=Grid((Axis("t", 1), Axis("y", 3), Axis("x", 3)))),))
    assert diff(one, Study((ImageSet("", grid=Grid((Axis("y", 3), Axis("x", 3)))),))) == {}
    assert diff(one, Study((ImageSet(""),))) == {F.GRID_SIZE: 1}


@pytest.mark.slow
def test_a_hundred_thousand_polygons_are_compared_in_a_second():
    import time

    count = 100_000
    ids = pl.int_range(count, eager=True)
    objects = Objects(pl.DataFrame({"id": ids.cast(pl.Utf8), "layer": ["labels"] * count, "label": ids + 1}))
    coords = np.random.default_rng(0).random((count * 12, 2))
    rings = [Rings.simple(coords.copy(), np.arange(count + 1) * 12) for _ in range(2)]
    shapes = [Shapes(pl.DataFrame({"object": ids, "kind": ["polygon"] * count}), one) for one in rings]
    one, other = (Study((ImageSet("", objects=objects.with_columns(name=str(nth)), shapes=table),)) for nth, table in enumerate(shapes))
    started = time.process_time()
    assert diff(one, other) == {F.OBJECT_NAME: count}
    assert time.process_time() - started < 3


def test_a_shape_that_becomes_several_counts_once():
    points = np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
    objects = Objects(pl.DataFrame({"id": ["a"]}))
    whole = Shapes(pl.DataFrame({"object": [0], "kind": ["multipoint"]}), Rings.simple(points, np.array([0, 3])))
    parted = Shapes(pl.DataFrame({"object": [0] * 3, "kind": ["point"] * 3}), Rings.simple(points, np.arange(4)))
    a, b = (Study((ImageSet("", objects=objects, shapes=shapes),)) for shapes in (whole, parted))
    assert diff(a, b) == {F.MULTIPOINT: 1}
    fewer = Study((ImageSet("", objects=objects, shapes=Shapes(pl.DataFrame({"object": [0], "kind": ["point"]}), Rings.simple(points[:1], np.arange(2)))),))
    assert diff(fewer, b) == {F.POINT: 2}

"""What segments are: label images of several layers and times, volumes, shapes that overlap, and what was measured before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import tifffile
from polars.testing import assert_frame_equal

import segue
from segue.errors import Incompatible, InvalidOption
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, Image, LabelImage
from segue.model.objects import Objects
from segue.model.rings import Rings
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet, Study
from segue.model.tables import Table
from segue.workflow.measuring.choice import choice_of
from segue.workflow.measuring.study import Measuring, measured_study

PIXELS = np.arange(600, dtype=np.float32).reshape(20, 30)


def measured(s, *statistics, **how):
    study, notes = measured_study(Study((s,)), Measuring(choice_of(statistics), **how))
    return study.image_sets[0], notes


def picture(**more):
    return ImageSet("one", grid_of("yx", (20, 30)), images=(Image(ArrayPixels(PIXELS), "yx"),), **more)


def layer(name, *boxes):
    array = np.zeros((20, 30), np.uint64)
    for label, box in boxes:
        array[box] = label
    return LabelImage(ArrayPixels(array), "yx", name)


TWO = (
    layer("cells", (1, np.s_[0:10, 0:10]), (2, np.s_[0:10, 10:30]), (2**40, np.s_[15:20, 0:5])),
    layer("nuclei", (1, np.s_[2:5, 2:5])),
)


def test_every_layer_is_measured_unless_one_is_named():
    s, _ = measured(picture(labels=TWO), "area")
    assert s.objects.frame.select("layer", "label").rows() == [("cells", 1), ("cells", 2), ("cells", 2**40), ("nuclei", 1)]
    assert s.tables["measurements"].frame["area"].to_list() == [100, 200, 25, 9]
    assert s.tables["measurements"].columns[0].layer is None
    one, _ = measured(picture(labels=TWO), "area", layer="nuclei")
    assert one.tables["measurements"].frame["area"].to_list() == [9]
    assert one.tables["measurements"].columns[0].layer == "nuclei"
    with pytest.raises(InvalidOption, match="there are: cells, nuclei"):
        measured(picture(labels=TWO), "area", layer="nucleus")


def test_objects_keep_their_ids_and_their_order():
    known = Objects(pl.DataFrame({"id": ["second", "first"], "layer": ["nuclei", "cells"], "label": [1, 2]}, schema_overrides={"label": pl.UInt64}))
    s, _ = measured(picture(labels=TWO, objects=known), "area")
    frame = s.objects.frame.with_columns(area=s.tables["measurements"].frame["area"])
    assert frame.select("id", "layer", "label", "area").rows() == [
        ("second", "nuclei", 1, 9),
        ("first", "cells", 2, 200),
        *((f"cells/{label}", "cells", label, area) for label, area in ((1, 100), (2**40, 25))),
    ]


def test_segments_that_touch_are_connected():
    s, _ = measured(picture(labels=TWO), "neighbours", neighbours=True)
    frame = s.connections.frame
    ids = s.objects.frame["id"]
    assert list(zip(ids.gather(frame["parent"]), ids.gather(frame["child"]), frame["kind"], strict=True)) == [("cells/1", "cells/2", "touches")]
    assert s.tables["contacts"].frame["contact_length"].to_list() == [10]
    assert s.tables["measurements"].frame["neighbours"].to_list() == [1, 1, 0, 0]
    again, _ = measured(s, "area", neighbours=True)
    assert len(again.connections) == 1


def test_each_time_point_has_its_own_rows():
    labels = np.zeros((3, 20, 30), np.uint8)
    labels[0, 2:5, 2:5], labels[2, 2:6, 2:6] = 1, 1
    images = (Image(ArrayPixels(np.stack([PIXELS] * 3)), "tyx"),)
    s = ImageSet("", grid_of("tyx", (3, 20, 30)), images=images, labels=(LabelImage(ArrayPixels(labels), "tyx"),))
    made, _ = measured(s, "area")
    assert made.objects.frame.select("t", "label").rows() == [(0, 1), (2, 1)]
    assert made.tables["measurements"].frame["area"].to_list() == [9, 16]


def test_what_is_not_measured_of_volumes_is_said():
    labels = np.ones((4, 20, 30), np.uint8)
    s = ImageSet("", grid_of("zyx", (4, 20, 30)), images=(Image(ArrayPixels(np.stack([PIXELS] * 4)), "zyx"),), labels=(LabelImage(ArrayPixels(labels), "zyx"),))
    made, notes = measured(s, "perimeter", "area", "mean")
    assert [one.name for one in made.tables["measurements"].columns] == ["area", "mean"]
    assert [str(note) for note in notes] == ["skipped: perimeter is not measured of volumes"]


def boxes(*corners):
    """Rectangles (x, y, x, y), each an object."""
    coords = np.array([[[a, b], [c, b], [c, d], [a, d]] for a, b, c, d in corners], np.float64).reshape(-1, 2)
    starts = np.arange(len(corners) + 1, dtype=np.int64)
    frame = pl.DataFrame({"object": np.arange(len(corners), dtype=np.int32), "kind": [str(ShapeKind.POLYGON)] * len(corners)})
    objects = Objects(pl.DataFrame({"id": [f"roi {one}" for one in range(len(corners))]}))
    return {"objects": objects, "shapes": Shapes(frame, Rings(coords, starts * 4, starts, starts))}


def test_shapes_that_overlap_are_measured_each_on_its_own():
    s, _ = measured(picture(**boxes((0, 0, 10, 10), (5, 5, 15, 15), (5, 5, 6, 6))), "area", "mean", "x")
    table = s.tables["measurements"].frame
    assert table["area"].to_list() == [100, 100, 1]
    assert table["mean"].to_list() == pytest.approx([PIXELS[:10, :10].mean(), PIXELS[5:15, 5:15].mean(), PIXELS[5, 5]])
    assert table["x"].to_list() == [5, 10, 5.5]
    assert s.objects.frame["id"].to_list() == ["roi 0", "roi 1", "roi 2"]


def test_shapes_on_planes_of_a_stack():
    stack = np.stack([PIXELS, PIXELS + 1000])
    given = boxes((0, 0, 10, 10), (0, 0, 10, 10))
    shapes = given["shapes"].with_columns(z=pl.Series([1, 0], dtype=pl.Int32))
    s = ImageSet("", grid_of("zyx", (2, 20, 30)), images=(Image(ArrayPixels(stack), "zyx"),), objects=given["objects"], shapes=shapes)
    made, _ = measured(s, "mean")
    assert made.tables["measurements"].frame["mean"].to_list() == pytest.approx([PIXELS[:10, :10].mean() + 1000, PIXELS[:10, :10].mean()])
    with pytest.raises(Incompatible, match="make a label image of them first"):
        measured(replace(s, shapes=given["shapes"]), "mean")


def test_stale_values_are_made_anew_and_others_stay():
    before, _ = measured(picture(labels=TWO[:1]), "area", "mean")
    table = before.tables["measurements"]
    old = Table("objects", table.frame.with_columns(area=pl.lit(1, pl.Int64), mean=pl.lit(0.0)), table.columns, pl.Series([1]))
    after, _ = measured(replace(before, tables={"measurements": old}), "max")
    made = after.tables["measurements"]
    assert [one.name for one in made.columns] == ["area", "mean", "max"]
    assert made.frame.select("area", "mean").equals(table.frame.select("area", "mean"))
    assert not len(made.stale)
    kept, _ = measured(replace(before, tables={"measurements": replace(old, stale=old.stale.clear())}), "max")
    assert kept.tables["measurements"].frame["area"].to_list() == [1, 1, 1]


def test_what_nobody_can_make_anew_stays_stale():
    from segue.model.tables import Column

    before, _ = measured(picture(labels=TWO[:1]), "area")
    table = before.tables["measurements"]
    frame = table.frame.with_columns(score=pl.lit(0.5))
    old = Table("objects", frame, (*table.columns, Column("score")), pl.Series([2]))
    after, _ = measured(replace(before, tables={"measurements": old}), "max")
    assert after.tables["measurements"].stale.to_list() == [2]


@pytest.mark.golden
def test_a_roi_set_and_the_labels_of_the_same_particles_give_the_same_values(golden):
    for name in ("randomshapes", "mito_t1"):
        image = golden / f"imagej/{name}.tif"
        labels, rois = (segue.measure(image, golden / f"imagej/{name}_{what}", preset="imagej") for what in ("labels.tif", "RoiSet.zip"))
        assert_frame_equal(labels.drop("label"), rois.drop("label"), rel_tol=1e-12, check_dtypes=False)


@pytest.mark.golden
def test_mantis(golden, tmp_path):
    """Mantis' own table of its own project, joined by the id of the segment."""
    folder = golden / "mantis/test/files/project/set_one"
    want = pl.read_csv(golden / "mantis/generated/set_one.csv")
    markers = ["191Ir", "b-catenin", "cd3", "cd4"]
    image = np.stack([tifffile.imread(folder / f"{name}.tif").astype(np.float32) for name in markers])
    got = segue.measure(image, folder / "segmentation.tif", preset="mantis", channels=markers).rename({"label": "Segment ID"})
    assert got["Segment ID"].to_list() == sorted(want["Segment ID"].to_list())
    joined = got.join(want.with_columns(pl.col("Segment ID").cast(pl.UInt64)), on="Segment ID", suffix=" of Mantis", validate="1:1")
    assert joined.height == 48
    for name in got.columns[1:]:
        assert joined[name].to_list() == pytest.approx(joined[f"{name} of Mantis"].to_list(), rel=1e-6), name

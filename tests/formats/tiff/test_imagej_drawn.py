"""The overlay and the active selection of an ImageJ TIFF, read and written with the image."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import roifile
import tifffile

from segue.errors import Malformed
from segue.formats.catalog import named
from segue.formats.tiff.spec import FORMAT
from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, Image
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.rings import Rings
from segue.model.shapes import Shapes
from segue.model.study import EXTRAS, ImageSet, Study
from segue.notes import Kind
from segue.storage.sink import FileSink
from segue.storage.source import Source
from segue.workflow.convert import Item, Settings, convert_item

HYPERSTACK = "imagej/zoo_hyperstack_with_overlay.tif"


def read(path, **options):
    return FORMAT.read(Source(path), FORMAT.options("read", options))


def written(study, path, **options):
    chosen = FORMAT.options("write", options)
    fitted = FORMAT.fitted(study, chosen)
    with FileSink(path) as sink:
        FORMAT.write(fitted, sink, chosen)
        sink.keep()
    return fitted


def metadata(path):
    with tifffile.TiffFile(path) as file:
        return file.imagej_metadata or {}


def image(axes, shape):
    return Image(ArrayPixels(np.arange(np.prod(shape), dtype=np.uint16).reshape(shape)), axes, "image")


def squares(count=2, axes="yx", shape=(20, 20), objects=None, **columns):
    """An image with squares on it, one object each."""
    frame = pl.DataFrame({"object": range(count), "kind": ["polygon"] * count} | columns, schema_overrides={"object": pl.Int32})
    coords = np.concatenate([np.array([(0, 0), (4, 0), (4, 4), (0, 4)], float) + 5 * row for row in range(count)])
    things = Objects(pl.DataFrame({"id": [f"cell {row}" for row in range(count)]} | (objects or {})))
    grid = grid_of(axes, shape)
    return Study((ImageSet("", grid, images=(image(axes, shape),), objects=things, shapes=Shapes(frame, Rings.simple(coords, np.arange(count + 1) * 4))),))


@pytest.mark.golden
class TestRealFile:
    def test_the_overlay_is_the_roi_set(self, golden):
        study, notes = read(golden / HYPERSTACK)
        rois, _ = named("imagej-roi").read(Source(golden / "imagej/zoo_RoiSet.zip"))
        assert not len(notes)
        assert len(study.image_sets[0].objects) == 22
        found = diff(rois, study)
        assert set(found) == {F.GRID_SIZE, F.PIXEL_SIZE, F.IMAGES, F.EXTRAS}
        payloads = dict(study.image_sets[0].extras.select("id", "payload").rows())
        assert json.loads(payloads["polygon"])["active"] == 2

    def test_it_comes_back_field_by_field(self, golden, tmp_path):
        study, _ = read(golden / HYPERSTACK)
        assert not diff(study, written(study, tmp_path / "x.tif", role="image"))
        before, after = metadata(golden / HYPERSTACK), metadata(tmp_path / "x.tif")
        assert len(after["Overlays"]) == 22
        for left, right in zip([before["ROI"], *before["Overlays"]], [after["ROI"], *after["Overlays"]], strict=True):
            one, other = roifile.ImagejRoi.frombytes(left), roifile.ImagejRoi.frombytes(right)
            for name in ("roitype", "subtype", "options", "name", "c_position", "z_position", "t_position", "group", "left", "top", "right", "bottom"):
                assert getattr(one, name) == getattr(other, name), (one.name, name)
        assert not diff(study, read(tmp_path / "x.tif")[0])

    def test_on_a_label_image_it_is_skipped_with_a_note(self, golden, tmp_path):
        overlay = metadata(golden / HYPERSTACK)["Overlays"]
        tifffile.imwrite(tmp_path / "x.tif", np.ones((9, 9), np.uint8), imagej=True, metadata={"Overlays": overlay})
        study, notes = read(tmp_path / "x.tif", role="labels")
        assert not len(study.image_sets[0].shapes)
        assert [(note.kind, note.count) for note in notes] == [(Kind.SKIPPED, 22)]

    def test_image_to_roi_set_and_roi_set_onto_image(self, golden, tmp_path):
        convert_item(Item(golden / HYPERSTACK, tmp_path / "x.zip"), Settings(to="imagej-roi"))
        assert len(named("imagej-roi").read(Source(tmp_path / "x.zip"))[0].image_sets[0].objects) == 22
        convert_item(Item(golden / HYPERSTACK, tmp_path / "copy.tif"), Settings())
        assert len(metadata(tmp_path / "copy.tif")["Overlays"]) == 22
        item = Item(golden / "imagej/mito_t1_RoiSet.zip", tmp_path / "mito.tif", image=golden / "imagej/mito_t1.tif")
        convert_item(item, Settings(options={"role": "image"}))
        assert np.array_equal(tifffile.imread(tmp_path / "mito.tif"), tifffile.imread(golden / "imagej/mito_t1.tif"))
        count = len(named("imagej-roi").read(Source(golden / "imagej/mito_t1_RoiSet.zip"))[0].image_sets[0].objects)
        assert len(metadata(tmp_path / "mito.tif")["Overlays"]) == count


class TestPlanes:
    @pytest.mark.parametrize(("axes", "shape"), [("zyx", (3, 20, 20)), ("tyx", (3, 20, 20)), ("tzcyx", (2, 3, 2, 20, 20)), ("yx", (20, 20))])
    def test_planes_of_stacks_and_hyperstacks(self, tmp_path, axes, shape):
        times = [1, 0] if "t" in axes else [None, None]
        study = squares(
            2, axes, shape, {"t": pl.Series(times, dtype=pl.Int32)}, z=pl.Series({"yx": [None, 7], "tyx": [None, None]}.get(axes, [2, None]), dtype=pl.Int32)
        )
        assert not diff(study, written(study, tmp_path / "x.tif", role="image"))
        assert not diff(study, read(tmp_path / "x.tif")[0])
        first = roifile.ImagejRoi.frombytes(metadata(tmp_path / "x.tif")["Overlays"][0])
        assert first.position == {"zyx": 3, "tyx": 2}.get(axes, 0)

    def test_plane_numbers_in_a_hyperstack_count_channels_first(self, tmp_path):
        one = roifile.ImagejRoi.frompoints(np.array([[0, 0], [4, 0], [4, 4]]))
        one.position, one.name = 8, "a"
        shape = (2, 3, 2, 9, 9)
        tifffile.imwrite(tmp_path / "x.tif", np.zeros(shape, np.uint8), imagej=True, metadata={"axes": "TZCYX", "Overlays": [one.tobytes()]})
        s = read(tmp_path / "x.tif")[0].image_sets[0]
        assert (s.objects.frame["t"][0], s.shapes.frame["z"][0], s.shapes.frame["c"][0]) == (1, 0, 1)


class TestActive:
    @pytest.mark.parametrize(("number", "overlay"), [(1, ["cell 0", "cell 2"]), (2, ["cell 0", "cell 1", "cell 2"])])
    def test_the_active_selection_stays_active(self, tmp_path, number, overlay):
        study = squares(3, objects={"name": ["cell 0", "cell 1", "cell 2"]})
        extras = pl.DataFrame([("imagej", "object", "cell 1", f'{{"active":{number}}}')], schema=EXTRAS, orient="row")
        study = Study((replace(study.image_sets[0], extras=extras),))
        fitted = written(study, tmp_path / "x.tif", role="image")
        found = metadata(tmp_path / "x.tif")
        assert roifile.ImagejRoi.frombytes(found["ROI"]).name == "cell 1"
        assert [roifile.ImagejRoi.frombytes(one).name for one in found["Overlays"]] == overlay
        assert not diff(fitted, read(tmp_path / "x.tif")[0])
        assert set(diff(study, fitted)) == ({F.OBJECT_ORDER} if number == 1 else set())

    def test_of_two_active_ones_the_first_stays(self, tmp_path):
        extras = pl.DataFrame([("imagej", "object", f"cell {row}", '{"active":1}') for row in (1, 0)], schema=EXTRAS, orient="row")
        study = Study((replace(squares(2).image_sets[0], extras=extras),))
        fitted = written(study, tmp_path / "x.tif", role="image")
        assert fitted.image_sets[0].extras["id"].to_list() == ["cell 0"]
        assert not diff(fitted, read(tmp_path / "x.tif")[0])


class TestEverythingElse:
    def test_populations_come_with_the_first_roi(self, tmp_path):
        population = Population("p", ("Tumor",), "class", 0xFF0000FF, False, 3)
        membership = Membership.of(pl.DataFrame({"population": ["p"], "object": [1]}, schema_overrides={"object": pl.Int32}))
        study = replace(squares(2), populations=(population,))
        study = replace(study, image_sets=(replace(study.image_sets[0], membership=membership),))
        assert not diff(study, written(study, tmp_path / "x.tif", role="image"))
        assert not diff(study, read(tmp_path / "x.tif")[0])

    def test_labels_are_written_without_drawings(self, tmp_path):
        study = squares(2)
        fitted = written(study, tmp_path / "x.tif", layout="plain", role="image")
        assert not len(fitted.image_sets[0].shapes)

    def test_damaged_rois_are_refused(self, tmp_path):
        tifffile.imwrite(tmp_path / "x.tif", np.ones((9, 9), np.uint8), imagej=True, metadata={"Overlays": [b"Iout" + bytes(30)]})
        with pytest.raises(Malformed, match="cut off"):
            read(tmp_path / "x.tif")

"""What segue writes into ROI files: names that every system takes, ids that survive, the image in the comment, the same bytes each time."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import polars as pl
import pytest
import roifile

from segue.codecs.roi_properties import parsed
from segue.errors import UsageError
from segue.formats.imagej_roi.spec import FORMAT
from segue.geometry.outline import outline
from segue.geometry.rasterize import rasterize
from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.grid import Axis, Grid, grid_of
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.rings import Rings
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.storage.sink import FileSink
from segue.storage.source import Source

SQUARE = np.array([(0, 0), (4, 0), (4, 4), (0, 4)], float)


def squares(count=1, *, objects=None, grid=None, study=None, **columns):
    """A study of traced squares, one per object."""
    coords = np.concatenate([SQUARE + 10 * number for number in range(count)]) if count else np.empty((0, 2))
    frame = pl.DataFrame({"object": range(count), "kind": ["traced"] * count} | columns, schema_overrides={"object": pl.Int32})
    things = pl.DataFrame({"id": [f"cell {number}" for number in range(count)]} | (objects or {}), schema_overrides={"id": pl.Utf8})
    shapes = Shapes(frame, Rings.simple(coords, np.arange(count + 1) * 4))
    s = ImageSet("", grid=grid or Grid(), objects=Objects(things), shapes=shapes)
    return Study((s,), **(study or {}))


def written(study, path, **options):
    """Fit, write, and return the fitted study."""
    chosen = FORMAT.options("write", options)
    fitted = FORMAT.fitted(study, chosen)
    with FileSink(path) as sink:
        FORMAT.write(fitted, sink, chosen)
        sink.keep()
    return fitted


def read(path):
    return FORMAT.read(Source(path))[0]


def entries(path):
    with zipfile.ZipFile(path) as archive:
        return [info.filename for info in archive.infolist()]


def rois(path):
    """As roifile reads them."""
    with zipfile.ZipFile(path) as archive:
        return [roifile.ImagejRoi.frombytes(archive.read(info)) for info in archive.infolist()]


class TestNames:
    def test_hard_names(self, tmp_path):
        names = ["a/b:c", "same", "same", "Same", "👩‍🔬", "x" * 300, "con", "..", None, "", "line\nbreak", " padded "]
        study = squares(len(names), objects={"name": names})
        fitted = written(study, tmp_path / "x.zip")
        found = entries(tmp_path / "x.zip")
        assert len({name.lower() for name in found}) == len(names)
        assert all(name.endswith(".roi") and len(name.encode()) <= 255 and not set('/\\:*?"<>|\n') & set(name) for name in found)
        assert [name for name in found if name.startswith("cell")] == ["cell 8.roi", "cell 9.roi"]
        back = read(tmp_path / "x.zip")
        assert back.image_sets[0].objects.frame["name"].to_list() == [name or None for name in names]
        assert not diff(fitted, back)
        assert diff(study, fitted) == {F.OBJECT_NAME: 1}

    def test_ordinary_names_are_the_entries(self, tmp_path):
        written(squares(2, objects={"name": ["0001-0045", "Cell (2)"]}), tmp_path / "x.zip")
        assert entries(tmp_path / "x.zip") == ["0001-0045.roi", "Cell (2).roi"]

    def test_an_old_file_leaves_nothing_behind(self, tmp_path):
        written(squares(3), tmp_path / "x.zip")
        chosen = FORMAT.options("write")
        with FileSink(tmp_path / "x.zip", overwrite=True) as sink:
            FORMAT.write(FORMAT.fitted(squares(1), chosen), sink, chosen)
            sink.keep()
        assert entries(tmp_path / "x.zip") == ["cell 0.roi"]


class TestIdentity:
    def test_ids_and_labels_beyond_16_and_32_bits(self, tmp_path):
        objects = {"id": ["70000", "é%=,\\ ", "", "18446744073709551615"], "label": [70_000, 1 << 40, 3, 2**64 - 1], "layer": ["labels", None, "%", ""]}
        study = squares(4, objects=objects)
        assert not diff(study, written(study, tmp_path / "x.zip"))
        assert not diff(study, read(tmp_path / "x.zip"))

    def test_uuids_are_what_qupath_looks_for(self, tmp_path):
        own = "123e4567-e89b-12d3-a456-426614174000"
        written(squares(2, objects={"id": [own, "7"]}), tmp_path / "x.zip")
        assert [parsed(roi.props or "").get("qupath.object.id") for roi in rois(tmp_path / "x.zip")] == [own, None]

    def test_the_option_qupath_gives_everything_a_uuid_and_a_name(self, tmp_path):
        fitted = written(squares(2, objects={"name": ["µ", None]}), tmp_path / "x.zip", qupath=True)
        first, second = (parsed(roi.props) for roi in rois(tmp_path / "x.zip"))
        assert len(first["qupath.object.id"]) == len(second["qupath.object.id"]) == 36
        assert first["qupath.object.id"] != second["qupath.object.id"]
        assert (first["qupath.object.name"], second.get("qupath.object.name")) == ("µ", None)
        assert not diff(fitted, read(tmp_path / "x.zip"))

    def test_an_object_on_several_planes_is_several_rois(self, tmp_path):
        study = squares(2)
        shapes = study.image_sets[0].shapes.take(np.array([0, 1, 0])).with_columns(z=pl.Series([0, 0, 1]))
        study = Study((ImageSet("", objects=study.image_sets[0].objects, shapes=shapes),))
        fitted = written(study, tmp_path / "x.zip")
        assert [roi.z_position for roi in rois(tmp_path / "x.zip")] == [1, 2, 1]
        assert not diff(fitted, read(tmp_path / "x.zip"))


class TestPopulations:
    def members(self, *populations, pairs):
        study = squares(3, study={"populations": populations})
        membership = Membership.of(pl.DataFrame(pairs, schema={"population": pl.Utf8, "object": pl.Int32}, orient="row"))
        s = study.image_sets[0]
        return Study((ImageSet("", objects=s.objects, shapes=s.shapes, membership=membership),), study.populations)

    def test_groups_and_classes_are_shown_and_everything_is_kept(self, tmp_path):
        group = Population("g", ("Nuclei",), "group", colour=0xFF0000FF, number=300, exclusive=True)
        cells = Population("c", ("Tumor", "CD8: µ"), "class", visible=False)
        gate = Population("gate, 1", ("CD3", "CD4"), "gate", order=4)
        study = self.members(group, cells, gate, pairs=[("gate, 1", 0), ("g", 0), ("c", 0), ("c", 2)])
        assert not diff(study, written(study, tmp_path / "x.zip"))
        assert not diff(study, read(tmp_path / "x.zip"))
        classes = [parsed(roi.props).get("qupath.object.classification") for roi in rois(tmp_path / "x.zip")]
        assert classes == ["Tumor: CD8: µ", None, "Tumor: CD8: µ"]
        assert [int.from_bytes(roi.tobytes()[4:6], "big") for roi in rois(tmp_path / "x.zip")] == [229, 228, 228]

    def test_more_definitions_than_a_comment_holds(self, tmp_path):
        many = [Population(f"p{number}", ("x" * 100,)) for number in range(1000)]
        study = self.members(*many, pairs=[("p999", 1)])
        assert not diff(study, written(study, tmp_path / "x.zip"))
        assert not diff(study, read(tmp_path / "x.zip"))
        with zipfile.ZipFile(tmp_path / "x.zip") as archive:
            assert archive.comment == b""


class TestImage:
    grid = Grid((Axis("t", 5), Axis("y", 512, 0.325, "um", -3.5), Axis("x", 700, 0.325, "um")), ((1, 0, 2), (0, 1, 0), (0, 0, 1)))

    def test_the_comment_holds_what_a_mask_needs(self, tmp_path):
        study = squares(grid=self.grid)
        written(study, tmp_path / "x.zip")
        assert not diff(study, read(tmp_path / "x.zip"))
        with zipfile.ZipFile(tmp_path / "x.zip") as archive:
            assert json.loads(archive.comment)["segue"]["image"]["axes"][1] == {"name": "y", "size": 512, "scale": 0.325, "unit": "um", "translation": -3.5}

    def test_nothing_to_say_no_comment(self, tmp_path):
        written(squares(), tmp_path / "x.zip")
        with zipfile.ZipFile(tmp_path / "x.zip") as archive:
            assert archive.comment == b""

    @pytest.mark.parametrize(("axis", "position"), [("z", "auto"), ("t", "auto"), ("z", "stack"), ("t", "stack"), ("c", "stack")])
    def test_plain_stacks_get_plane_numbers(self, tmp_path, axis, position):
        size = {axis: 9, "y": 99, "x": 99} if position == "auto" else {"y": 99, "x": 99}
        planes = {"objects": {"t": [3]}} if axis == "t" else {axis: [3]}
        study = squares(grid=grid_of("".join(size), tuple(size.values())), **planes)
        written(study, tmp_path / "x.zip", position=position)
        roi = rois(tmp_path / "x.zip")[0]
        assert (roi.position, roi.c_position, roi.z_position, roi.t_position) == (4, 0, 0, 0)
        back, notes = FORMAT.read(Source(tmp_path / "x.zip"))
        assert not diff(study, back)
        assert not len(notes)

    @pytest.mark.parametrize("size", [{"z": 9}, {"z": 9, "t": 2}, {}])
    def test_hyperstacks_get_channel_slice_and_frame(self, tmp_path, size):
        size = {name: size[name] for name in "tz" if name in size} | {"y": 99, "x": 99}
        study = squares(grid=grid_of("".join(size), tuple(size.values())), z=[3], objects={"t": [1]})
        written(study, tmp_path / "x.zip")
        roi = rois(tmp_path / "x.zip")[0]
        assert (roi.position, roi.c_position, roi.z_position, roi.t_position) == (0, 0, 4, 2)
        assert not diff(study, read(tmp_path / "x.zip"))


class TestStyle:
    def test_the_colour_of_an_object_is_shown_as_its_line(self, tmp_path):
        objects = {"colour": [0xFF800040, 0x00FF00FF, None, 0x0000FFFF]}
        study = squares(
            4, objects=objects, stroke=[None, 0x00FF00FF, 0x123456FF, 0xFF0000FF], fill=[0x01020304, None, None, None], stroke_width=[None, 1.5, 2, 0.25]
        )
        written(study, tmp_path / "x.zip")
        assert [roi.stroke_color.hex() for roi in rois(tmp_path / "x.zip")] == ["40ff8000", "ff00ff00", "ff123456", "ffff0000"]
        assert [roi.stroke_width for roi in rois(tmp_path / "x.zip")] == [0, 1, 2, 0]
        assert not diff(study, read(tmp_path / "x.zip"))

    def test_what_segue_has_no_word_for_is_written_back(self, golden, tmp_path):
        study = read(golden / "imagej/zoo_RoiSet.zip")
        assert not diff(study, written(study, tmp_path / "x.zip"))
        assert not diff(study, read(tmp_path / "x.zip"))
        assert parsed(rois(tmp_path / "x.zip")[0].props)["source"] == "zoo rect"


class TestFile:
    def test_the_same_study_makes_the_same_bytes(self, tmp_path):
        for name in ("a", "b"):
            written(squares(50), tmp_path / f"{name}.zip")
        assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()

    @pytest.mark.parametrize("level", [0, 1, 9])
    def test_compression(self, tmp_path, level):
        study = squares(20)
        written(study, tmp_path / "x.zip", compression=level)
        assert not diff(study, read(tmp_path / "x.zip"))
        with zipfile.ZipFile(tmp_path / "x.zip") as archive:
            assert {info.compress_type for info in archive.infolist()} == {8 if level else 0}

    def test_a_single_roi(self, tmp_path):
        study = squares(grid=TestImage.grid, objects={"name": ["µ"]})
        written(study, tmp_path / "x.roi")
        assert roifile.ImagejRoi.fromfile(tmp_path / "x.roi").name == "µ"
        assert not diff(study, read(tmp_path / "x.roi"))

    @pytest.mark.parametrize("count", [0, 2])
    def test_a_single_roi_of_several_is_refused(self, tmp_path, count):
        with pytest.raises(UsageError, match=r"RoiSet\.zip"):
            written(squares(count), tmp_path / "x.roi")
        assert not (tmp_path / "x.roi").exists()

    @pytest.mark.slow
    def test_more_than_65535_rois(self, tmp_path):
        study = squares(66_000)
        written(study, tmp_path / "x.zip")
        assert not diff(study, read(tmp_path / "x.zip"))


class TestGeometry:
    def traced(self, labels):
        values, rings = outline(labels)
        frame = pl.DataFrame({"object": range(len(values)), "kind": ["traced"] * len(values)}, schema_overrides={"object": pl.Int32})
        objects = Objects(pl.DataFrame({"id": [str(value) for value in values], "label": values, "layer": ["labels"] * len(values)}))
        shapes = Shapes(frame, Rings(rings.coords, rings.ring_start, rings.part_start, rings.shape_start))
        return Study((ImageSet("", grid=grid_of("yx", labels.shape), objects=objects, shapes=shapes),))

    @pytest.mark.parametrize("seed", range(3))
    def test_masks_come_back_bit_for_bit(self, tmp_path, seed):
        """Noise: holes, holes that touch corners, parts that touch corners, islands in holes."""
        rng = np.random.default_rng(seed)
        labels = rng.integers(0, 3, (40, 50)).astype(np.uint32) * rng.integers(1, 40, (40, 50)).astype(np.uint32)
        labels[10:30, 10:30] = 70_000
        labels[14:26, 14:26] = 0
        labels[18:22, 18:22] = 70_000
        study = self.traced(labels)
        assert not diff(study, written(study, tmp_path / "x.zip"))
        s = read(tmp_path / "x.zip").image_sets[0]
        back = rasterize(s.shapes.rings, s.objects.frame["label"].to_numpy().astype(np.uint32), labels.shape)[0]
        assert np.array_equal(back, labels)

    def test_traced_outlines_are_traced_polygons_and_composites(self, tmp_path):
        labels = np.zeros((9, 9), np.uint8)
        labels[1:4, 1:4], labels[5:8, 1:8], labels[6, 2] = 1, 2, 0
        written(self.traced(labels), tmp_path / "x.zip")
        one, two = rois(tmp_path / "x.zip")
        assert (one.roitype, one.composite, two.composite) == (roifile.ROI_TYPE.TRACED, False, True)
        assert one.integer_coordinates is not None
        assert one.subpixel_coordinates is None

    def test_what_does_not_fit_is_in_the_diff(self):
        frame = pl.DataFrame({"object": [0, 0, 1, 2, 3], "kind": ["polygon", "point", "rectangle", "line", "polygon"], "arc": [None, None, 5.0, None, None]})
        coords = np.array([(0.1, 0), (4, 0), (4, 4), (1, 1), (0, 0), (5, 5), (0, 0), (1, 1), (0, 0), (1e12, 0), (0, 1)])
        shapes = Shapes(frame, Rings.simple(coords, np.array([0, 3, 4, 6, 8, 11])))
        study = Study((ImageSet("", objects=Objects(pl.DataFrame({"id": list("abcd")})), shapes=shapes),))
        fitted = FORMAT.fitted(study, FORMAT.options("write"))
        assert fitted.image_sets[0].objects.frame["id"].to_list() == ["a", "b", "c"]
        assert diff(study, fitted) == {F.OBJECTS: 1, F.POLYGON: 2}

    def test_ovals_are_those_of_imagej(self):
        frame = pl.DataFrame({"object": [0, 0, 0], "kind": ["oval", "rectangle", "rectangle"]})
        shapes = Shapes(frame, Rings.simple(np.array([(0, 0), (4, 4), (0, 0), (4, 4), (0, 0), (4.5, 4)]), np.array([0, 2, 4, 6])))
        study = Study((ImageSet("", objects=Objects(pl.DataFrame({"id": ["a"]})), shapes=shapes),))
        fitted = FORMAT.fitted(study, FORMAT.options("write"))
        assert fitted.image_sets[0].shapes.frame["whole"].to_list() == [1, None, 1]
        assert diff(study, fitted) == {F.OVAL: 1, F.RECTANGLE: 1}

    @pytest.mark.parametrize("second", [[(2, 2), (6, 2), (6, 6), (2, 6)], [(1, 1), (3, 1), (3, 3), (1, 3)], [(0, 0), (4, 0), (4, 4), (0, 4)]])
    def test_overlapping_parts_are_united_and_cover_the_same_pixels(self, tmp_path, second):
        parts = Rings(np.concatenate([SQUARE, np.array(second, float)]), np.array([0, 4, 8]), np.arange(3), np.array([0, 2]))
        shapes = Shapes(pl.DataFrame({"object": [0], "kind": ["polygon"]}, schema_overrides={"object": pl.Int32}), parts)
        study = Study((ImageSet("", objects=Objects(pl.DataFrame({"id": ["a"]})), shapes=shapes),))
        fitted = written(study, tmp_path / "x.zip")
        assert diff(study, fitted) == {F.POLYGON: 1}
        assert not diff(fitted, read(tmp_path / "x.zip"))
        before, after = (rasterize(rings, np.ones(1, np.uint8), (9, 9))[0] for rings in (parts, fitted.image_sets[0].shapes.rings))
        assert np.array_equal(before, after)

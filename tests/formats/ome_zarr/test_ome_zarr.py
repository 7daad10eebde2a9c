"""OME-Zarr of every version, as other programs write it, and as others read ours."""

from __future__ import annotations

import json
import pickle
import random

import numpy as np
import pytest
import zarr

from segue.errors import Incompatible, InvalidOption, Malformed, NotFound, SegueError, TooLarge, UnsupportedVariant, WrongFormat
from segue.formats.detect import detect
from segue.formats.ome_zarr.spec import FORMAT
from segue.model.display import ChannelDisplay, Display
from segue.model.grid import Axis, Grid
from segue.model.image import ArrayPixels, Image, LabelImage, in_memory
from segue.model.study import ImageSet, Study
from segue.notes import Kind
from segue.storage.sink import FileSink
from segue.storage.source import Source
from segue.testing.damage import damages

PIXELS = np.arange(2 * 3 * 4 * 20 * 30, dtype=np.uint16).reshape(2, 3, 4, 20, 30)
LABELS = (np.arange(600, dtype=np.uint32).reshape(20, 30) // 100) * 70_000


def group(folder, attributes, arrays, version=2, **options):
    """A group with arrays, as zarr-python makes it."""
    zarr.create_group(str(folder), zarr_format=version, attributes=attributes)
    for path, array in arrays.items():
        made = zarr.create_array(
            str(folder / path), shape=array.shape, chunks=tuple(min(8, size) for size in array.shape), dtype=array.dtype, zarr_format=version, **options
        )
        made[...] = array
    return folder


def axes(letters, unit="micrometer"):
    kinds = {"t": {"type": "time", "unit": "second"}, "c": {"type": "channel"}}
    return [{"name": letter, **kinds.get(letter, {"type": "space", "unit": unit})} for letter in letters]


def multiscale(letters, *scales, translation=None, **more):
    datasets = []
    for nth, scale in enumerate(scales):
        steps = [{"type": "scale", "scale": scale}] + ([{"type": "translation", "translation": translation[nth]}] if translation else [])
        datasets.append({"path": str(nth), "coordinateTransformations": steps})
    return {"version": "0.4", "axes": axes(letters), "datasets": datasets, **more}


def read(path, **options):
    return FORMAT.read(Source(path), FORMAT.options("read", options))


def only(path, **options):
    return read(path, **options)[0].image_sets[0]


def write(study, path, **options):
    chosen = FORMAT.options("write", options)
    fitted = FORMAT.fitted(study, chosen)
    with FileSink(path) as sink:
        FORMAT.write(fitted, sink, chosen)
        sink.keep()
    return path


def steps(grid):
    return {axis.name: (axis.scale, axis.unit, axis.translation) for axis in grid.axes}


class TestVersions:
    @pytest.mark.parametrize("version", ["0.1", "0.2"])
    def test_the_first_ones_have_five_axes_without_names(self, tmp_path, version):
        attributes = {"multiscales": [{"version": version, "datasets": [{"path": "0"}]}]}
        s = only(group(tmp_path / "a.zarr", attributes, {"0": PIXELS}))
        assert (s.images[0].axes, s.images[0].pixels.chunks) == ("tczyx", (2, 3, 4, 8, 8))
        assert all(axis.scale is None for axis in s.grid.axes)
        np.testing.assert_array_equal(in_memory(s.images[0].pixels), PIXELS)

    def test_0_3_names_its_axes(self, tmp_path):
        attributes = {"multiscales": [{"version": "0.3", "axes": ["c", "y", "x"], "datasets": [{"path": "0"}]}]}
        s = only(group(tmp_path / "a.zarr", attributes, {"0": PIXELS[0, :, 0]}))
        assert s.images[0].axes == "cyx"

    def test_0_4_has_units_scales_and_channels(self, tmp_path):
        omero = {
            "channels": [
                {"label": "DAPI", "color": "0000FF", "active": True, "window": {"min": 0, "max": 65535, "start": 10, "end": 900}},
                {"label": "CD3", "color": "00ff00", "active": False, "window": {"min": 0, "max": 65535, "start": 5.5, "end": 70}},
                {"label": "CD8", "color": "nonsense"},
            ]
        }
        scale = [30.0, 1.0, 2.0, 0.5, 0.25]
        whole = multiscale("tczyx", scale, [30.0, 1.0, 2.0, 1.0, 0.5], name="raw", coordinateTransformations=[{"type": "scale", "scale": [1, 1, 1, 2, 2]}])
        folder = group(tmp_path / "a.ome.zarr", {"multiscales": [whole], "omero": omero}, {"0": PIXELS, "1": PIXELS[..., ::2, ::2]})
        s = only(folder)
        assert (s.images[0].name, s.images[0].channels) == ("raw", ("DAPI", "CD3", "CD8"))
        assert steps(s.grid) == {"t": (30.0, "s", 0.0), "z": (2.0, "um", 0.0), "y": (1.0, "um", 0.0), "x": (0.5, "um", 0.0)}
        assert s.display == Display(
            channels=(ChannelDisplay("DAPI", 0x0000FFFF, 10.0, 900.0), ChannelDisplay("CD3", 0x00FF00FF, 5.5, 70.0, visible=False), ChannelDisplay("CD8"))
        )
        assert steps(only(folder, level=1).grid)["x"] == (1.0, "um", 0.0)
        np.testing.assert_array_equal(in_memory(only(folder, level=1).images[0].pixels), PIXELS[..., ::2, ::2])
        with pytest.raises(InvalidOption, match="level is at most 1"):
            read(folder, level=2)

    @pytest.mark.parametrize("options", [{}, {"shards": (16, 16)}])
    def test_0_5_lies_on_zarr_3(self, tmp_path, options):
        ome = {"version": "0.5", "multiscales": [multiscale("yx", [0.5, 0.5])]}
        s = only(group(tmp_path / "a.zarr", {"ome": ome}, {"0": LABELS}, version=3, **options))
        assert s.images[0].pixels.chunks == (8, 8)
        np.testing.assert_array_equal(pickle.loads(pickle.dumps(s.images[0].pixels)).read((slice(3, 9), slice(7, 30))), LABELS[3:9, 7:30])

    @pytest.mark.parametrize("order", ["C", "F"])
    @pytest.mark.parametrize("separator", [".", "/"])
    def test_other_layouts_of_zarr_2(self, tmp_path, order, separator):
        attributes = {"multiscales": [multiscale("yx", [1.0, 1.0])]}
        array = LABELS.astype(">u4")
        folder = group(tmp_path / "a.zarr", attributes, {"0": array}, order=order, chunk_key_encoding={"name": "v2", "separator": separator})
        found = only(folder).images[0].pixels
        assert found.dtype == np.uint32
        assert found.dtype.isnative
        np.testing.assert_array_equal(in_memory(found), LABELS)

    def test_translations_to_the_centre_of_the_first_pixel_are_no_shift(self, tmp_path):
        """As some writers say where coarser levels lie; others leave the translation out. Both begin at the same corner."""
        whole = multiscale("yx", [0.5, 0.5], [1.0, 1.0], translation=[[10.0, 20.0], [10.25, 20.25]])
        folder = group(tmp_path / "a.zarr", {"multiscales": [whole]}, {"0": LABELS, "1": LABELS[::2, ::2]})
        assert steps(only(folder, level=1).grid) == {"y": (1.0, "um", 10.0), "x": (1.0, "um", 20.0)}


class TestLabels:
    @pytest.fixture
    def folder(self, tmp_path):
        folder = group(tmp_path / "a.zarr", {"multiscales": [multiscale("cyx", [1, 0.5, 0.5])]}, {"0": PIXELS[0, :, 0]})
        zarr.create_group(str(folder / "labels"), zarr_format=2, attributes={"labels": ["cells", "coarse", "gone", "deep/nuclei"]})
        about = {
            "version": "0.4",
            "colors": [{"label-value": 70_000, "rgba": [255, 0, 0, 128]}, {"label-value": 140_000, "rgba": [0, 255, 0, 255]}, {"label-value": "x"}],
            "properties": [{"label-value": 140_000, "area": 7, "class": "T cell"}, {"label-value": 210_000, "area": 1.5, "class": None}],
        }
        group(folder / "labels/cells", {"multiscales": [multiscale("yx", [0.5, 0.5])], "image-label": about}, {"0": LABELS})
        halves = multiscale("cyx", [1, 0.25, 0.25], [1, 0.5, 0.5])
        group(folder / "labels/deep/nuclei", {"multiscales": [halves], "image-label": {}}, {"0": np.kron(LABELS, np.ones((1, 2, 2), "u4")), "1": LABELS[None]})
        group(folder / "labels/coarse", {"multiscales": [multiscale("yx", [1.0, 1.0])], "image-label": {}}, {"0": LABELS[::2, ::2]})
        return folder

    def test_are_read_with_the_image_where_they_fit(self, folder):
        study, notes = read(folder)
        s = study.image_sets[0]
        assert [(one.name, one.axes) for one in s.labels] == [("cells", "yx"), ("deep/nuclei", "yx")]
        for one in s.labels:
            np.testing.assert_array_equal(in_memory(one.pixels), LABELS)
        assert [note.kind for note in notes] == [Kind.SKIPPED, Kind.SKIPPED]
        assert ["not the size" in note.what or "not there" in note.what for note in notes] == [True, True]

    def test_have_colours_and_properties(self, folder):
        s = only(folder)
        assert s.objects.frame.select("id", "layer", "label", "colour").rows() == [
            ("70000", "cells", 70_000, 0xFF000080),
            ("140000", "cells", 140_000, 0x00FF00FF),
            ("210000", "cells", 210_000, None),
        ]
        assert s.tables["properties"].frame.rows() == [(1, 7.0, "T cell"), (2, 1.5, None)]

    def test_can_be_read_alone(self, folder):
        s = only(folder / "labels/cells")
        assert ([one.name for one in s.labels], len(s.images), len(s.objects)) == (["cells"], 0, 3)
        assert only(folder / "labels/deep/nuclei").labels[0].name == "nuclei"

    def test_any_image_of_whole_numbers_if_asked_for(self, tmp_path):
        folder = group(tmp_path / "a.zarr", {"multiscales": [multiscale("tczyx", [1] * 5)]}, {"0": LABELS[None, None, None]})
        assert only(folder, role="labels").labels[0].axes == "tzyx"
        with pytest.raises(Incompatible, match="3 channels"):
            only(group(tmp_path / "b.zarr", {"multiscales": [multiscale("cyx", [1] * 3)]}, {"0": PIXELS[0, :, 0]}), role="labels")


class TestSeveral:
    def test_series_of_bioformats2raw(self, tmp_path):
        root = group(tmp_path / "a.zarr", {"bioformats2raw.layout": 3}, {})
        for nth in range(2):
            group(root / str(nth), {"multiscales": [multiscale("yx", [1, 1])]}, {"0": LABELS + nth})
        study, _ = read(root)
        assert [(s.name, int(in_memory(s.images[0].pixels).min())) for s in study.image_sets] == [("0", 0), ("1", 1)]
        zarr.create_group(str(root / "OME"), zarr_format=2, attributes={"series": ["1"]})
        assert [s.name for s in read(root)[0].image_sets] == ["1"]

    def test_the_fields_of_a_plate(self, tmp_path):
        wells = [{"path": "A/1", "rowIndex": 0, "columnIndex": 0}, {"path": "B/2", "rowIndex": 1, "columnIndex": 1}]
        root = group(tmp_path / "p.zarr", {"plate": {"name": "screen 7", "wells": wells}}, {})
        for well, count in (("A/1", 1), ("B/2", 2)):
            zarr.create_group(str(root / well), zarr_format=2, attributes={"well": {"images": [{"path": str(nth)} for nth in range(count)]}})
            for nth in range(count):
                group(root / well / str(nth), {"multiscales": [multiscale("yx", [1, 1])]}, {"0": LABELS})
        sets = read(root)[0].image_sets
        assert [(s.name, s.group, s.position) for s in sets] == [
            ("A/1/0", "screen 7", (("y", 0), ("x", 0))),
            ("B/2/0", "screen 7", (("y", 1), ("x", 1))),
            ("B/2/1", "screen 7", (("y", 1), ("x", 1))),
        ]


def study(**more):
    grid = Grid((Axis("z", 4, 2.0, "um"), Axis("y", 20, 0.5, "um", 10.0), Axis("x", 30, 0.5, "um")))
    image = Image(ArrayPixels(PIXELS[0].transpose(1, 2, 3, 0)), "zyxc", "raw", ("DAPI", "CD3", "CD8"), (0.0, 500.0), **more)
    volume = np.broadcast_to(LABELS, (4, 20, 30)).copy()
    return Study((ImageSet("field", grid, images=(image,), labels=(LabelImage(ArrayPixels(volume), "zyx", "cells µ"),)),))


class TestWritten:
    @pytest.mark.parametrize("version", ["0.5", "0.4"])
    def test_others_read_it(self, tmp_path, version):
        from ome_zarr_models import open_ome_zarr

        path = write(study(), tmp_path / "x.ome.zarr", version=version)
        theirs = zarr.open_group(str(path), mode="r")
        np.testing.assert_array_equal(theirs["0"][...], PIXELS[0])
        names = list((theirs["labels"].attrs.get("ome") or theirs["labels"].attrs)["labels"])
        np.testing.assert_array_equal(theirs["labels"][names[0]]["0"][2], LABELS)
        assert theirs.metadata.zarr_format == (3 if version == "0.5" else 2)
        model = open_ome_zarr(theirs)
        assert type(model).__module__.split(".")[1] == {"0.5": "v05", "0.4": "v04"}[version]
        labels = open_ome_zarr(theirs["labels"][names[0]])
        assert type(labels).__name__ == "ImageLabel"

    @pytest.mark.parametrize("version", ["0.5", "0.4"])
    def test_it_comes_back(self, tmp_path, version):
        s = only(write(study(inverted=True), tmp_path / "x.ome.zarr", version=version))
        image, labels = s.images[0], s.labels[0]
        assert (s.name, image.name, image.axes, image.channels, image.data_range, image.inverted) == (
            *("field", "raw", "czyx", ("DAPI", "CD3", "CD8")),
            *((0.0, 500.0), True),
        )
        assert (labels.name, labels.axes, labels.pixels.dtype) == ("cells µ", "zyx", np.uint32)
        assert steps(s.grid)["y"] == (0.5, "um", 10.0)

    def test_the_text_says_what_a_viewer_needs(self, tmp_path):
        ome = json.loads((write(study(), tmp_path / "x.ome.zarr") / "zarr.json").read_text())["attributes"]["ome"]
        assert ome["multiscales"][0]["axes"][1] == {"name": "z", "type": "space", "unit": "micrometer"}
        assert [one["label"] for one in ome["omero"]["channels"]] == ["DAPI", "CD3", "CD8"]
        assert ome["omero"]["channels"][0]["window"] == {"min": 0.0, "max": 65535.0, "start": 0.0, "end": 500.0}

    def test_it_is_recognised(self, tmp_path):
        assert detect(Source(write(study(), tmp_path / "x.ome.zarr")))[0] is FORMAT
        record, notes = detect(Source(tmp_path / "x.ome.zarr/labels"))
        assert (record.name, [note.kind for note in notes]) == ("ome-zarr", [Kind.ASSUMED])


def edited(path, change):
    text = json.loads(path.read_text())
    change(text)
    path.write_text(json.dumps(text))


class TestHostile:
    @pytest.fixture
    def folder(self, tmp_path):
        return group(tmp_path / "a.zarr", {"multiscales": [multiscale("yx", [0.5, 0.5])]}, {"0": LABELS})

    def test_code_in_a_file_is_not_run(self, folder):
        for change in ({"filters": [{"id": "pickle"}]}, {"compressor": {"id": "evil", "level": 1}}, {"filters": [{"id": "json2"}], "dtype": "|O"}):
            original = (folder / "0/.zarray").read_text()
            edited(folder / "0/.zarray", lambda text, change=change: text.update(change))
            with pytest.raises(UnsupportedVariant, match=r"packed with|values of the type"):
                read(folder)
            (folder / "0/.zarray").write_text(original)

    @pytest.mark.parametrize("path", ["../b.zarr/0", "/etc", "C:/x", "a/../../b", "..\\b", ""])
    def test_no_place_outside_is_read(self, folder, path):
        edited(folder / ".zattrs", lambda text: text["multiscales"][0]["datasets"][0].update(path=path))
        with pytest.raises(Malformed, match="no place inside it"):
            read(folder)

    def test_sizes_beyond_reason(self, folder):
        edited(folder / "0/.zarray", lambda text: text.update(shape=[2**40, 2**40]))
        with pytest.raises(TooLarge, match="more than any disk"):
            read(folder)
        edited(folder / "0/.zarray", lambda text: text.update(shape=[20, 30], chunks=[2**20, 2**20]))
        with pytest.raises(TooLarge, match="chunks"):
            read(folder)

    @pytest.mark.parametrize(
        ("change", "error", "says"),
        [
            (lambda text: text.update(multiscales=[]), Malformed, "list of images"),
            (lambda text: text["multiscales"][0].pop("datasets"), Malformed, "datasets"),
            (lambda text: text["multiscales"][0].update(axes=axes("yxq")), UnsupportedVariant, "axes y, x, q"),
            (lambda text: text["multiscales"][0].update(axes=axes("yy")), UnsupportedVariant, "each once"),
            (lambda text: text["multiscales"][0].update(axes=axes("zc")), UnsupportedVariant, "no axes y and x"),
            (lambda text: text["multiscales"][0].update(axes=axes("zyx")), Malformed, "each of the 3 axes"),
            (
                lambda text: text["multiscales"][0]["datasets"][0].pop("coordinateTransformations") and text["multiscales"][0].update(axes=axes("zyx")),
                *(Malformed, "2 dimensions"),
            ),
            (lambda text: text["multiscales"][0]["datasets"][0].update(path="7"), NotFound, "no Zarr array"),
            (lambda text: text.pop("multiscales"), WrongFormat, "no OME-Zarr"),
            (lambda text: (text.pop("multiscales"), text.update(plate={"wells": 3})), Malformed, "wells"),
        ],
    )
    def test_metadata_without_sense(self, folder, change, error, says):
        edited(folder / ".zattrs", change)
        with pytest.raises(error, match=says):
            read(folder)

    def test_a_damaged_chunk_is_noticed_when_it_is_read(self, folder):
        pixels = only(folder).images[0].pixels
        (folder / "0/1.1").write_bytes(b"nonsense")
        pixels.read((slice(0, 8), slice(0, 8)))
        with pytest.raises(Malformed):
            in_memory(pixels)

    def test_a_file_is_no_ome_zarr(self, tmp_path):
        (tmp_path / "x.zarr").write_bytes(b"x")
        with pytest.raises(SegueError):
            read(tmp_path / "x.zarr")


def test_only_the_chunks_of_a_region_are_read(tmp_path):
    folder = group(tmp_path / "a.zarr", {"multiscales": [multiscale("zyx", [1, 1, 1])]}, {"0": np.ones((24, 8, 8), np.uint8)})
    for path in (folder / "0").iterdir():
        if path.name.startswith(("0.", "2.")):
            path.write_bytes(b"damaged")
    assert only(folder).images[0].pixels.read((slice(8, 16), slice(0, 8), slice(0, 8))).sum() == 512


@pytest.mark.parametrize("version", ["0.5", "0.4"])
def test_segments_are_measured_through_it(tmp_path, version):
    from segue.measure.measuring import Channel, Wanted, measure

    random = np.random.default_rng(0)
    image = random.integers(0, 60_000, (2, 1100, 700), dtype=np.uint16)
    labels = np.kron(np.arange(77, dtype=np.uint32).reshape(11, 7), np.ones((100, 100), np.uint32)) * 1000
    drawn = Study(
        (ImageSet("", Grid((Axis("y", 1100), Axis("x", 700))), images=(Image(ArrayPixels(image), "cyx"),), labels=(LabelImage(ArrayPixels(labels), "yx"),)),)
    )
    s = only(write(drawn, tmp_path / "x.ome.zarr", version=version))
    wanted = Wanted(("area", "mean", "median"))
    found = measure(s.labels[0], [Channel(s.images[0], 0), Channel(s.images[0], 1)], wanted)
    expected = measure(drawn.image_sets[0].labels[0], [Channel(drawn.image_sets[0].images[0], nth) for nth in (0, 1)], wanted)
    assert found.label.tolist() == expected.label.tolist() == sorted({int(label) for label in np.unique(labels)} - {0})
    for key, column in expected.columns.items():
        np.testing.assert_array_equal(found.columns[key], column)


@pytest.mark.parametrize("name", [".zattrs", "0/.zarray", "0/0.0", "labels/.zattrs", "labels/a/.zattrs"])
def test_damaged_files_raise_only_our_errors(tmp_path, name):
    about = {"colors": [{"label-value": 1, "rgba": [1, 2, 3, 4]}], "properties": [{"label-value": 1, "a": [1, {"b": None}], "c": 1.5}]}
    omero = {"channels": [{"label": "a", "color": "FF0000", "window": {"start": 0, "end": 9}}]}
    image = {"multiscales": [multiscale("cyx", [1, 0.5, 0.5], translation=[[0, 1, 2]])], "omero": omero}
    folder = group(tmp_path / "a.zarr", image, {"0": LABELS[None]}, chunk_key_encoding={"name": "v2", "separator": "."})
    zarr.create_group(str(folder / "labels"), zarr_format=2, attributes={"labels": ["a"]})
    group(folder / "labels/a", {"multiscales": [multiscale("yx", [0.5, 0.5])], "image-label": about}, {"0": LABELS})
    path = folder / name if (folder / name).is_file() else folder / "0/0.0.0"
    original = path.read_bytes()
    for _, damaged in damages(original, random.Random(name), 50):
        path.write_bytes(damaged)
        try:
            for s in read(folder)[0].image_sets:
                for one in (*s.images, *s.labels):
                    in_memory(one.pixels)
        except SegueError:
            continue

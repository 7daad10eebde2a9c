"""HDF5 with the attributes of ilastik: what is read, and that what is written cannot be told from ilastik's own."""

import json
import pickle
import shutil
import subprocess

import h5py
import numpy as np
import pytest

from segue.codecs.axistags import render
from segue.codecs.blocks import write_blocks
from segue.errors import InvalidOption, NotFound, SegueError, SourceChanged, UnsupportedVariant
from segue.formats.detect import detect
from segue.formats.hdf5.spec import FORMAT
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, Image, in_memory
from segue.model.study import ImageSet
from segue.notes import Kind
from segue.storage.sink import FileSink
from segue.storage.source import Source
from segue.tasks.workers import Threads

GOLDEN = {
    "2d3c.h5": ("yxc", (73, 187, 3), "uint8", None),
    "2d3c_Binary_Segmentation.h5": ("yxc", (73, 187, 1), "uint8", None),
    "2d3c_Probabilities.h5": ("yxc", (73, 187, 2), "float32", None),
    "3cRGB.h5": ("xyc", (16, 15, 9), "uint8", (0.0, 255.0)),
    "3d1c-synthetic.h5": ("zyxc", (64, 56, 32, 1), "uint8", (0.0, 255.0)),
    "smallVideo.h5": ("tyxc", (7, 408, 408, 1), "float32", None),
    "smallVideoSimpleSegmentation.h5": ("tyxc", (7, 408, 408, 1), "uint8", (0.0, 1.0)),
    "smallVideo_labels.h5": ("tyxc", (7, 408, 408, 1), "uint8", None),
    "testObjectClassificationGuiReference/reference_out_object_prediction.h5": ("zyxc", (50, 60, 55, 1), "uint8", None),
}


def read(file, **options):
    return FORMAT.read(Source(file), FORMAT.options("read", options))


def export(image_set, target, workers=1, **options):
    with FileSink(target) as sink:
        with FORMAT.open_blocks(image_set, sink, FORMAT.options("write", options)) as writer:
            assert list(write_blocks(writer, image_set.images[0].pixels, Threads(workers)))
        sink.keep()
    return target


def made(array, axes, scale=None, **facts):
    image = Image(ArrayPixels(array), axes, **facts)
    return ImageSet("", grid_of(axes, array.shape, scale), images=(image,))


@pytest.fixture
def file(tmp_path):
    """A file with attributes of ilastik and one array without."""
    path = tmp_path / "scan.h5"
    with h5py.File(path, "w") as h5:
        data = h5.create_dataset("volumes/raw", data=np.arange(2 * 5 * 6 * 7, dtype="u2").reshape(2, 5, 6, 7), chunks=(1, 5, 3, 3))
        data.attrs["axistags"] = render("czyx", {"z": 2.5, "x": 0.25})
        data.attrs["axis_units"] = json.dumps({"z": "micrometer", "x": "um", "y": "nm"})
        data.attrs["drange"] = np.array([3, 400], "u2")
        h5["other"] = np.zeros((30, 40), "u1")
    return path


@pytest.mark.golden
@pytest.mark.parametrize("name", GOLDEN)
def test_files_of_ilastik(golden, name):
    axes, shape, dtype, data_range = GOLDEN[name]
    path = golden / "ilastik" / name
    study, _ = read(path)
    (image,) = study.image_sets[0].images
    assert (image.axes, image.pixels.shape, image.pixels.dtype.name, image.data_range) == (axes, shape, dtype, data_range)
    with h5py.File(path) as h5:
        assert np.array_equal(in_memory(image.pixels), next(iter(h5.values()))[()])
    assert study.image_sets[0].grid.without_scale() == study.image_sets[0].grid
    assert detect(Source(path))[0] is FORMAT


@pytest.mark.golden
def test_object_identities_are_labels(golden):
    study, notes = read(golden / "ilastik/2d3c_Object_Identities.h5")
    (labels,) = study.image_sets[0].labels
    assert (labels.axes, labels.pixels.shape, labels.pixels.dtype.name) == ("yx", (73, 187), "uint32")
    assert [note.kind for note in notes] == [Kind.ASSUMED]
    assert read(golden / "ilastik/2d3c_Object_Identities.h5", role="image")[0].image_sets[0].images


@pytest.mark.golden
def test_one_dimension_is_no_picture(golden):
    with pytest.raises(UnsupportedVariant, match=r"holds no picture, which has two to five dimensions, but data \(10\)"):
        read(golden / "ilastik/1d.h5")


@pytest.mark.golden
@pytest.mark.parametrize("name", [name for name in GOLDEN if name != "2d3c.h5"])
@pytest.mark.parametrize("compression", ["gzip", "none"])
def test_an_identity_export_shows_no_difference(golden, tmp_path, name, compression):
    if shutil.which("h5diff") is None:
        pytest.skip("h5diff is not installed (Debian: hdf5-tools)")
    path = golden / "ilastik" / name
    study, _ = read(path, role="image")
    with h5py.File(path) as h5:
        dataset = next(iter(h5))
    written = export(study.image_sets[0], tmp_path / "o.h5", workers=2, dataset=dataset, compression=compression)
    done = subprocess.run(["h5diff", "-v", written, path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_axes_units_and_range(file):
    study, notes = read(file)
    s = study.image_sets[0]
    image = s.images[0]
    assert (image.axes, image.data_range, image.pixels.chunks) == ("czyx", (3.0, 400.0), (1, 5, 3, 3))
    assert [(axis.name, axis.scale, axis.unit) for axis in s.grid.axes] == [("z", 2.5, "um"), ("y", None, "nm"), ("x", 0.25, "um")]
    assert np.array_equal(
        image.pixels.read((slice(1, 2), slice(0, 5), slice(2, 4), slice(6, 7))).ravel(), np.arange(2 * 5 * 6 * 7).reshape(2, 5, 6, 7)[1, :, 2:4, 6].ravel()
    )
    assert [note.kind for note in notes] == [Kind.SKIPPED]  # other does not name its axes


def test_a_path_behind_the_file_names_a_data_set(file):
    study, notes = read(file / "other")
    assert study.image_sets[0].images[0].pixels.shape == (30, 40)
    assert [note.what for note in notes] == ["the axes of other are yx (the option axes says otherwise)"]
    assert read(file / "volumes")[0].image_sets[0].images[0].pixels.path == "volumes/raw"
    assert read(file, path="other", axes="xy")[0].image_sets[0].images[0].axes == "xy"
    with pytest.raises(NotFound, match=r"nothing at volumes/row; it holds other, volumes/raw"):
        read(file / "volumes/row")
    with pytest.raises(InvalidOption, match="name its axes"):
        read(file / "other", axes="zyx")


def test_arrays_of_one_size_are_one_image_set(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as h5:
        h5["image"] = np.zeros((8, 9), "u1")
        h5["label"] = np.ones((8, 9), "u4")
        h5["small"] = np.zeros((4, 5), "u1")
        h5["table"] = np.zeros(20)
    study, _ = read(tmp_path / "a.h5")
    assert [(s.name, [image.name for image in s.images], [image.name for image in s.labels]) for s in study.image_sets] == [
        ("image", ["image"], ["label"]),
        ("small", ["small"], []),
    ]


@pytest.mark.parametrize(
    ("shape", "axes"), [((8, 9), "yx"), ((8, 9, 4), "yxc"), ((8, 9, 5), "zyx"), ((3, 8, 9, 2), "zyxc"), ((3, 8, 9, 7), "tzyx"), ((2, 3, 8, 9, 1), "tzyxc")]
)
def test_axes_are_guessed_as_ilastik_does(tmp_path, shape, axes):
    with h5py.File(tmp_path / "a.h5", "w") as h5:
        h5["a"] = np.zeros(shape, "u1")
    assert read(tmp_path / "a.h5")[0].image_sets[0].images[0].axes == axes


def test_other_ways_of_naming_axes(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as h5:
        h5["a"], h5["b"] = np.zeros((8, 9, 7), "u1"), np.zeros((8, 9, 7), "u1")
        for nth, letter in enumerate("tyx"):
            h5["a"].dims[nth].label = letter
        h5["b"].attrs["axes"] = "XYZ"
        h5["b"].attrs["display_mode"] = "random-colortable"
    study, _ = read(tmp_path / "a.h5")
    assert study.image_sets[0].images[0].axes == "tyx"
    assert study.image_sets[1].labels[0].axes == "xyz"


def test_what_is_written(tmp_path):
    array = np.random.default_rng(1).integers(0, 999, (3, 90, 100, 70), "u2")
    s = made(array, "tzyx", {"x": (0.5, "um"), "t": (30.0, "s")}, data_range=(0.0, 999.0))
    export(s, tmp_path / "a.h5", workers=2, dataset="volumes/raw")
    with h5py.File(tmp_path / "a.h5") as h5:
        data = h5["volumes/raw"]
        assert np.array_equal(data[()], array)
        assert (data.chunks, data.compression, data.compression_opts) == ((1, 64, 63, 63), "gzip", 1)
        assert [dim.label for dim in data.dims] == list("tzyx")
        assert sorted(data.attrs) == ["DIMENSION_LABELS", "axis_units", "axistags", "drange"]
        assert data.attrs["axistags"] == render("tzyx", {"t": 30.0, "x": 0.5})
        assert json.loads(data.attrs["axis_units"]) == {"t": "s", "x": "um"}
        assert (data.attrs["drange"].dtype, data.attrs["drange"].tolist()) == (np.uint16, [0, 999])


@pytest.mark.parametrize(("given", "chunks"), [("32", (1, 32, 32)), ("2,8,16", (2, 8, 16)), ("1000", (1, 40, 50))])
def test_chunks_may_be_given(tmp_path, given, chunks):
    s = made(np.zeros((3, 40, 50), "f4"), "cyx", channels=("a", "b", "c"))
    with h5py.File(export(s, tmp_path / "a.h5", chunks=given, compression="none")) as h5:
        assert (h5["exported_data"].chunks, h5["exported_data"].compression) == (chunks, None)
    assert read(tmp_path / "a.h5")[0].image_sets[0].images[0].channels == ("a", "b", "c")


def test_chunks_that_do_not_fit_are_refused(tmp_path):
    with pytest.raises(InvalidOption, match="each axis"):
        export(made(np.zeros((3, 4), "u1"), "yx"), tmp_path / "a.h5", chunks="1,2,3")
    assert list(tmp_path.iterdir()) == []


def test_labels_are_said_to_be_labels(tmp_path):
    export(made(np.arange(12, dtype="u1").reshape(3, 4), "yx"), tmp_path / "a.h5", role="labels")
    with h5py.File(tmp_path / "a.h5") as h5:
        assert h5["exported_data"].attrs["display_mode"] == "random-colortable"
    assert read(tmp_path / "a.h5")[0].image_sets[0].labels


def test_references_can_be_pickled_and_notice_changes(file):
    pixels = read(file)[0].image_sets[0].images[0].pixels
    region = tuple(slice(0, 2) for _ in pixels.shape)
    assert np.array_equal(pickle.loads(pickle.dumps(pixels)).read(region), pixels.read(region))
    file.write_bytes(file.read_bytes() + b"\0")
    with pytest.raises(SourceChanged):
        pixels.read(region)


def test_a_heap_that_would_never_end_is_refused(file):
    data = bytearray(file.read_bytes())
    at = data.index(b"GCOL") + 24
    data[at : at + 8] = b"\xf0\xff\xff\xff\xff\xff\xff\xff"
    file.write_bytes(data)
    with pytest.raises(SegueError, match="damaged"):
        read(file)


def test_links_lead_nowhere(tmp_path, file):
    with h5py.File(tmp_path / "a.h5", "w") as h5:
        h5["away"] = h5py.ExternalLink(str(file), "other")
        h5["a"] = np.zeros((3, 4), "u1")
    assert len(read(tmp_path / "a.h5")[0].image_sets) == 1
    with pytest.raises(NotFound):
        read(tmp_path / "a.h5/away")

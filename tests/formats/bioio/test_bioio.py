"""Files of microscopes by way of bioio, which a module stands in for where it is not installed."""

from __future__ import annotations

import pickle
import sys
from datetime import timedelta
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from segue.errors import Malformed, MissingDependency, SegueError, UnsupportedVariant
from segue.formats.bioio.spec import FORMAT
from segue.formats.detect import detect
from segue.model.image import in_memory
from segue.notes import Kind
from segue.storage.source import Source

VOLUME = np.random.default_rng(0).integers(0, 60_000, (2, 3, 4, 20, 30)).astype(np.uint16)
SCENES = {"first": ("TCZYX", VOLUME), "second": ("TCZYX", VOLUME[:1, :1, :1]), "colours": ("TCZYXS", VOLUME[:1, :1, :1, :, :, None].repeat(3, -1))}


class Lazy:
    """What of a Dask array is used."""

    def __init__(self, array):
        self.array, self.shape, self.dtype = array, array.shape, array.dtype
        self.chunksize = (*(1 for _ in array.shape[:-2]), *array.shape[-2:])

    def __getitem__(self, region):
        return Lazy(self.array[region])

    def compute(self, scheduler):
        assert scheduler == "synchronous"
        return self.array


class UnsupportedFileFormatError(Exception):
    """Of bioio."""


class BioImage:
    """What of bioio's class is used, as its documentation says it."""

    physical_pixel_sizes = SimpleNamespace(Z=2.0, Y=0.5, X=0.5)
    time_interval = timedelta(seconds=90)

    def __init__(self, path):
        content = path.read_bytes()
        if content == b"unknown":
            raise UnsupportedFileFormatError("no plugin")
        if content != b"scan":
            raise KeyError("header")
        self.scenes = tuple(SCENES)
        self.set_scene(0)

    def set_scene(self, nth):
        self.order, self.array = SCENES[self.scenes[nth]]
        self.dims, self.shape = SimpleNamespace(order=self.order), self.array.shape
        self.channel_names = [f"dye {nth}" for nth in range(self.array.shape[1])]

    def get_image_dask_data(self, order):
        kept = tuple(slice(None) if name in order else 0 for name in self.order)
        return Lazy(self.array[kept])


@pytest.fixture
def scan(tmp_path, monkeypatch):
    module = ModuleType("bioio")
    module.BioImage = BioImage
    monkeypatch.setitem(sys.modules, "bioio", module)
    (tmp_path / "scan.czi").write_bytes(b"scan")
    return tmp_path / "scan.czi"


def read(path):
    return FORMAT.read(Source(path))


def test_every_scene_is_an_image_set(scan):
    study, notes = read(scan)
    assert [(s.name, s.images[0].axes, s.images[0].channels) for s in study.image_sets] == [
        ("first", "tczyx", ("dye 0", "dye 1", "dye 2")),
        ("second", "yx", ("dye 0",)),
        ("colours", "yxc", ()),
    ]
    assert [(axis.name, axis.size, axis.scale, axis.unit) for axis in study.image_sets[0].grid.axes] == [
        *(("t", 2, 90.0, "s"), ("z", 4, 2.0, "um"), ("y", 20, 0.5, "um"), ("x", 30, 0.5, "um")),
    ]
    assert [(note.kind, note.count) for note in notes] == [(Kind.ASSUMED, 3)]


def test_pixels_are_read_region_by_region_elsewhere(scan):
    pixels = pickle.loads(pickle.dumps(read(scan)[0].image_sets[0].images[0].pixels))
    region = (slice(1, 2), slice(0, 2), slice(1, 4), slice(3, 9), slice(0, 30))
    np.testing.assert_array_equal(pixels.read(region), VOLUME[region])
    assert (pixels.chunks, pixels.dtype) == ((1, 1, 1, 20, 30), np.uint16)
    colours = read(scan)[0].image_sets[2].images[0].pixels
    np.testing.assert_array_equal(in_memory(colours), VOLUME[0, 0, 0][..., None].repeat(3, -1))


def test_it_claims_only_what_nothing_else_reads(scan, tmp_path):
    assert detect(Source(scan))[0] is FORMAT
    (tmp_path / "a.xyz").write_bytes(b"scan")
    with pytest.raises(SegueError):
        detect(Source(tmp_path / "a.xyz"))


@pytest.mark.parametrize(("content", "error", "says"), [(b"unknown", UnsupportedVariant, "bioio-czi"), (b"damaged", Malformed, "KeyError")])
def test_what_bioio_raises_is_one_sentence(scan, content, error, says):
    scan.write_bytes(content)
    with pytest.raises(error, match=says):
        read(scan)


def test_without_bioio_it_says_what_to_install(scan, monkeypatch):
    monkeypatch.setitem(sys.modules, "bioio", None)
    with pytest.raises(MissingDependency, match=r"segue\[bioio\]"):
        read(scan)


def test_the_real_one_reads_a_tiff(tmp_path):
    pytest.importorskip("bioio")
    pytest.importorskip("bioio_tifffile")
    import tifffile

    tifffile.imwrite(tmp_path / "a.tif", VOLUME[0].transpose(1, 0, 2, 3), imagej=True, metadata={"axes": "ZCYX"})
    s = read(tmp_path / "a.tif")[0].image_sets[0]
    np.testing.assert_array_equal(in_memory(s.images[0].pixels).transpose([s.images[0].axes.index(axis) for axis in "czyx"]), VOLUME[0])

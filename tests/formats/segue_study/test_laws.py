"""A study comes back as it was, and the same study gives the same bytes."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import tifffile

from segue.codecs.tiff import TiffPixels
from segue.errors import SinkError
from segue.formats.segue_study.spec import FORMAT
from segue.model.diff import diff
from segue.model.features import Feature
from segue.model.grid import Axis, Grid
from segue.model.image import ArrayPixels, Image, LabelImage, in_memory
from segue.model.populations import Population
from segue.model.study import Event, ImageSet, Study
from segue.model.tables import Column, Table
from segue.storage.discard import DiscardSink
from segue.storage.lock import write_lock
from segue.storage.sink import FileSink
from segue.storage.source import Source


def definitions(study):
    """Everything that is not a table, as text: NaN is NaN there."""
    shared = repr((study.populations, study.properties, study.displays))
    return [shared] + [repr((s.name, s.group, s.position, s.grid, s.display, s.history, [i.data_range for i in s.images])) for s in study.image_sets]


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def back(rich_folder):
    return FORMAT.read(Source(rich_folder))[0]


class TestEverythingComesBack:
    def test_what_diff_sees(self, rich, back):
        assert diff(rich, back) == {}

    def test_every_definition(self, rich, back):
        assert definitions(back) == definitions(rich)

    def test_every_table_bit_by_bit(self, rich, back):
        for one, other in zip(rich.image_sets, back.image_sets, strict=True):
            for name in ("objects", "connections", "membership"):
                assert getattr(other, name).frame.equals(getattr(one, name).frame)
            assert other.extras.equals(one.extras)
            assert other.aliases.equals(one.aliases)
            assert list(other.tables) == list(one.tables)
            for name, table in one.tables.items():
                assert (other.tables[name].about, other.tables[name].columns) == (table.about, table.columns)
                assert other.tables[name].frame.equals(table.frame)
                assert other.tables[name].stale.equals(table.stale)

    def test_every_vertex_bit_by_bit(self, rich, back):
        one, other = rich.image_sets[0].shapes, back.image_sets[0].shapes
        assert other.frame.equals(one.frame)
        assert other.rings.coords.tobytes() == one.rings.coords.tobytes()
        for name in ("ring_start", "part_start", "shape_start"):
            assert np.array_equal(getattr(other.rings, name), getattr(one.rings, name))

    def test_every_pixel_with_its_type_and_axes(self, rich, back):
        pairs = [pair for s, t in zip(rich.image_sets, back.image_sets, strict=True) for pair in zip(s.images + s.labels, t.images + t.labels, strict=True)]
        for one, other in pairs:
            assert (other.name, other.axes) == (one.name, one.axes)
            assert other.pixels.dtype == one.pixels.dtype.newbyteorder("=")
            assert in_memory(other.pixels).tobytes() == np.ascontiguousarray(in_memory(one.pixels).astype(other.pixels.dtype)).tobytes()

    def test_channels_and_time(self, rich, back):
        assert [image.channels for image in back.image_sets[0].images] == [image.channels for image in rich.image_sets[0].images]
        assert [image.persists for image in back.image_sets[0].labels] == [image.persists for image in rich.image_sets[0].labels]

    def test_an_empty_study(self, write, read):
        assert diff(read(write(Study())), Study()) == {}

    def test_text_that_is_no_unicode(self, write, read):
        half = "half \ud83d a pair"
        pixels = ArrayPixels(np.ones((2, 2), np.uint8))
        table = Table("image set", pl.DataFrame({"a": [1.0]}), (Column("a", unit=half),))
        s = ImageSet(
            half, images=(Image(pixels, "yx", half, (half,)),), labels=(LabelImage(pixels, "yx", half),), tables={half: table}, history=(Event(half, ""),)
        )
        study = Study((s,), (Population(half, (half,)),))
        back = read(write(study))
        assert diff(study, back) == {}
        assert back.image_sets[0].history == s.history

    def test_numbers_of_numpy(self, write, read):
        study = Study((ImageSet("", Grid((Axis("y", np.int64(3), np.float32(0.5)), Axis("x")))),), (Population("a", ("a",), colour=np.uint32(7)),))
        assert diff(study, read(write(study))) == {}


def test_every_feature_is_declared_exact():
    assert all(FORMAT.keeps[feature].exactly for feature in Feature)


def test_fit_changes_nothing(rich):
    assert FORMAT.fitted(rich) is rich


def test_numbers_that_zarr_does_not_have_are_left_out():
    strange = Image(ArrayPixels(np.zeros((2, 2), np.dtype([("a", "u1")]))), "yx")
    study = Study((ImageSet("", images=(strange,)),))
    assert diff(study, FORMAT.fitted(study)) == {Feature.IMAGES: 1}


def test_the_same_study_gives_the_same_bytes(rich, rich_folder, write):
    assert contents(write(rich)) == contents(rich_folder)


def test_a_second_trip_changes_nothing(read, write, rich_folder):
    assert contents(write(read(rich_folder), "again.segue")) == contents(rich_folder)


def test_the_input_is_untouched(rich_folder, read, write):
    before = contents(rich_folder)
    read(rich_folder)
    assert contents(rich_folder) == before


def test_names_inside_work_on_every_system(rich_folder):
    from segue.storage.names import safe_name

    paths = [path.relative_to(rich_folder) for path in rich_folder.rglob("*")]
    assert [part for path in paths for part in path.parts if safe_name(part) != part] == []
    assert len({path.as_posix().casefold() for path in paths}) == len(paths)
    assert max(len(path.as_posix()) for path in paths) < 150


def test_pixels_travel_to_other_processes(rich, read, rich_folder):
    image = read(rich_folder).image_sets[0].images[0]
    sent = pickle.dumps(image.pixels)
    assert len(sent) < 1000
    region = tuple(slice(0, 1 if axis == "t" else size) for axis, size in zip(image.axes, image.pixels.shape, strict=True))
    assert np.array_equal(pickle.loads(sent).read(region), rich.image_sets[0].images[0].pixels.read(region))


class TestReplacing:
    def test_a_study_that_another_segue_is_writing_is_refused(self, write, rich):
        folder = write(Study())
        with write_lock(folder), pytest.raises(SinkError, match="another segue"):
            write(rich)
        write(rich)

    def test_a_failed_write_leaves_the_old_study(self, write, read):
        class Broken:
            shape, dtype = (4, 4), np.dtype("u1")

            def read(self, region):
                raise SinkError("disk full")

        folder = write(Study((ImageSet("old"),)))
        before = contents(folder)
        with pytest.raises(SinkError):
            write(Study((ImageSet("new", images=(Image(Broken(), "yx"),)),)))
        assert contents(folder) == before
        assert [path.name for path in folder.parent.iterdir()] == [folder.name]

    def test_a_study_can_be_replaced_by_what_was_read_from_it(self, write, read, rich):
        folder = write(rich)
        assert diff(rich, read(write(read(folder)))) == {}

    def test_a_dry_run_writes_nothing(self, rich, tmp_path):
        FORMAT.write(rich, DiscardSink(tmp_path / "x.segue"))
        assert list(tmp_path.iterdir()) == []


class TestReferences:
    def test_pixels_stay_where_they_are(self, rich, write, read, rich_folder, tmp_path):
        folder = write(read(rich_folder), "light.segue", pixels="reference")
        assert not list(folder.rglob("zarr.json"))
        assert diff(rich, read(folder)) == {}

    def test_pixels_of_another_format_stay_where_they_are(self, write, read, tmp_path):
        array = np.arange(48, dtype=">u2").reshape(2, 4, 6)
        tifffile.imwrite(tmp_path / "cells.tif", array, byteorder=">", photometric="minisblack")
        study = Study((ImageSet("", images=(Image(TiffPixels.of(Source(tmp_path / "cells.tif")), "zyx"),)),))
        folder = write(study, pixels="reference")
        assert '"../cells.tif"' not in (folder / "study.json").read_text()
        assert '"cells.tif"' in (folder / "study.json").read_text(), "relative to the folder that the study stands in"
        assert not list(folder.rglob("zarr.json"))
        assert np.array_equal(in_memory(read(folder).image_sets[0].images[0].pixels), array)

    def test_pixels_in_memory_are_copied(self, rich, write, read):
        folder = write(rich, pixels="reference")
        assert list(folder.rglob("zarr.json"))
        assert diff(rich, read(folder)) == {}

    def test_pixels_of_the_study_that_is_replaced_are_copied(self, rich, write, read):
        folder = write(rich)
        write(read(folder), pixels="reference")
        assert diff(rich, read(folder)) == {}

    def test_an_original_that_is_gone_or_changed_is_named(self, write, read, tmp_path):
        from segue.errors import NotFound, SourceChanged

        image = Image(ArrayPixels(np.ones((3, 3), np.uint8)), "yx")
        original = write(Study((ImageSet("", images=(image,)),)), "original.segue")
        light = write(read(original), "light.segue", pixels="reference")
        metadata = next(original.rglob("0/zarr.json"))
        metadata.write_bytes(metadata.read_bytes() + b"\n")
        with pytest.raises(SourceChanged):
            read(light)
        original.rename(tmp_path / "moved.segue")
        with pytest.raises(NotFound, match=r"original\.segue"):
            read(light)


def test_pixels_are_found_from_another_folder(write, read, monkeypatch, tmp_path):
    folder = write(Study((ImageSet("", images=(Image(ArrayPixels(np.ones((2, 2), np.uint8)), "yx"),)),)))
    monkeypatch.chdir(folder.parent)
    pixels = read(Path(folder.name)).image_sets[0].images[0].pixels
    monkeypatch.chdir("/")
    assert in_memory(pixels).sum() == 4


def test_large_pixels_are_copied_block_by_block(write, read, monkeypatch):
    from segue.codecs import zarr_layout

    monkeypatch.setattr(zarr_layout, "BLOCK_BYTES", 1 << 20)
    seen = []

    class Ramp:
        shape, dtype = (3, 1200, 1100), np.dtype("u2")

        def read(self, region):
            seen.append(region)
            z, y, x = np.ogrid[region]
            return ((z * 7 + y * 3 + x) % 65_000).astype("u2")

    back = read(write(Study((ImageSet("", images=(Image(Ramp(), "zyx"),)),)))).image_sets[0].images[0]
    assert max(np.prod([one.stop - one.start for one in region]) * 2 for region in seen) <= 1 << 20
    whole = tuple(slice(0, size) for size in Ramp.shape)
    assert np.array_equal(back.pixels.read(whole), Ramp().read(whole))


def test_ten_thousand_objects_in_shuffled_tables(write, read):
    from segue.model.objects import Objects

    count = 10_000
    order = np.random.default_rng(0).permutation(count).astype(np.int32)
    s = ImageSet(
        "",
        objects=Objects(pl.DataFrame({"id": [f"{n}" for n in order]})),
        tables={"t": Table("objects", pl.DataFrame({"row": order[::-1], "v": np.arange(count) / 7}), (Column("v"),))},
    )
    study = replace(Study(), image_sets=(s,))
    back = read(write(study))
    assert diff(study, back) == {}
    assert back.image_sets[0].tables["t"].frame.equals(s.tables["t"].frame)


def test_a_written_study_is_recognised(rich_folder, tmp_path):
    assert FORMAT.evidence(Source(rich_folder)).score == 100
    assert FORMAT.evidence(Source(tmp_path)).score == 0
    (tmp_path / "study.json").write_text('{"format": "other"}')
    assert FORMAT.evidence(Source(tmp_path)).score == 0
    assert FORMAT.evidence(Source(tmp_path / "study.json")).score == 0
    (tmp_path / "x.segue").mkdir()
    assert FORMAT.evidence(Source(tmp_path / "x.segue")).score == 50


def test_a_sink_is_used_once(rich, tmp_path):
    with FileSink(tmp_path / "a.segue") as sink:
        FORMAT.write(rich, sink)
        with pytest.raises(SinkError):
            FORMAT.write(rich, sink)

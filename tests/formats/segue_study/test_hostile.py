"""Damaged and hostile studies raise errors of segue with one sentence, nothing else, and nothing outside the folder is read."""

from __future__ import annotations

import copy
import json
import shutil

import numpy as np
import polars as pl
import pytest

from segue.errors import Malformed, NotFound, SegueError, SourceError, TooLarge, UnsupportedVariant, WrongFormat
from segue.formats.segue_study.spec import FORMAT
from segue.model.diff import diff
from segue.model.image import in_memory
from segue.model.study import Study


@pytest.fixture
def folder(rich_folder, tmp_path):
    return shutil.copytree(rich_folder, tmp_path / "hurt.segue")


@pytest.fixture
def change(folder):
    """Change study.json: ``change(function)``."""

    def change(edit):
        path = folder / "study.json"
        stated = json.loads(path.read_text(encoding="utf-8"))
        edit(stated)
        path.write_text(json.dumps(stated), encoding="utf-8")

    return change


def refused(read, folder, *kinds, **options):
    """Reading raises one sentence of one of the kinds."""
    with pytest.raises(kinds or SegueError) as caught:
        everything(read(folder, **options))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def read_or_refused(read, folder, **options):
    """Reading works, or raises one sentence."""
    try:
        read(folder, **options)
    except SegueError as error:
        sentence = str(error)
    else:
        sentence = ""
    assert "\n" not in sentence


def everything(study):
    for s in study.image_sets:
        for image in (*s.images, *s.labels):
            in_memory(image.pixels)


class TestWhatStudyJsonSays:
    def test_a_newer_format_is_not_read(self, change, read, folder):
        change(lambda stated: stated.update(version=2, segue="9.9"))
        assert "update" in refused(read, folder, UnsupportedVariant)

    def test_a_newer_format_is_not_read_even_if_it_looks_different(self, read, folder):
        (folder / "study.json").write_text('{"format": "segue-study", "version": 7}')
        refused(read, folder, UnsupportedVariant)

    def test_pending_edits_are_not_passed_over(self, change, read, folder):
        change(lambda stated: stated.update(journal="journal.jsonl"))
        assert "study.json is not what segue wrote" in refused(read, folder, Malformed)
        entry = {"path": "journal.jsonl", "edits": 3, "bytes": 100, "pending": True, "revision": 0}
        change(lambda stated: stated.update(journal=entry))
        assert "journal.jsonl" in refused(read, folder, NotFound)
        change(lambda stated: stated.update(journal=entry | {"path": "../journal.jsonl"}))
        assert "not inside the study" in refused(read, folder, Malformed)

    @pytest.mark.parametrize("version", [0, -1, True, "1", None, 1.5, [], 10**400])
    def test_a_version_is_a_number(self, change, read, folder, version):
        change(lambda stated: stated.update(version=version))
        refused(read, folder, Malformed, UnsupportedVariant)

    @pytest.mark.parametrize("text", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"a": ' * 100_000, b'{"format": "other"}', b"1" * 5000, b"\0" * 100])
    def test_something_else(self, read, folder, text):
        (folder / "study.json").write_bytes(text)
        refused(read, folder, Malformed, WrongFormat)

    def test_no_study_json(self, read, folder, tmp_path):
        (folder / "study.json").unlink()
        refused(read, folder, WrongFormat)
        (tmp_path / "file.segue").write_text("x")
        refused(read, tmp_path / "file.segue", WrongFormat)

    def test_any_value_of_another_type(self, read, folder):
        path = folder / "study.json"
        original = small(json.loads(path.read_text(encoding="utf-8")))
        for place in places(original):
            for value in (None, -1, 10**30, "x", [], {"$number": "nan"}):
                hurt = copy.deepcopy(original)
                put(hurt, place, value)
                path.write_text(json.dumps(hurt), encoding="utf-8")
                read_or_refused(read, folder)

    def test_any_key_missing(self, read, folder):
        path = folder / "study.json"
        original = small(json.loads(path.read_text(encoding="utf-8")))
        for place in places(original):
            if isinstance(place[-1], str):
                hurt = copy.deepcopy(original)
                put(hurt, place, None, remove=True)
                path.write_text(json.dumps(hurt), encoding="utf-8")
                read_or_refused(read, folder)


def small(stated):
    """Less of everything, so that many ways to hurt it can be tried."""
    first = stated["image_sets"][0]
    kept = {name: first[name][:1] for name in ("images", "labels", "tables")}
    return {**stated, "image_sets": [{**first, **kept}]}


def places(value, path=(), depth=0):
    """Key paths into plain data; of long lists only the first two."""
    items = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


def put(value, place, new, *, remove=False):
    for key in place[:-1]:
        value = value[key]
    if remove:
        del value[place[-1]]
    else:
        value[place[-1]] = new


class TestFiles:
    @pytest.mark.parametrize(
        "path",
        ["../outside", "/etc/passwd", "a/../../x", "", ".", "..", "a//b", "C:/x", "a\\..\\b", "x\0y", "a/./b", "x" * 5000, "link"],
    )
    def test_no_path_leads_outside(self, change, read, folder, path, tmp_path):
        (tmp_path / "outside").write_bytes((folder / "populations.json").read_bytes())
        (folder / "link").symlink_to(tmp_path / "outside")
        change(lambda stated: stated["populations"].update(path=path))
        refused(read, folder, SourceError, trust_changes=True)
        change(lambda stated: stated["image_sets"][0]["images"][0]["pixels"].update(path=path))
        refused(read, folder, SourceError)

    def test_every_file_missing(self, read, folder):
        for path in tables(folder):
            moved = path.rename(path.with_name("away"))
            refused(read, folder, NotFound)
            moved.rename(path)

    def test_every_file_cut_off(self, read, folder):
        for path in tables(folder):
            data = path.read_bytes()
            for end in (0, 1, len(data) // 2, len(data) - 1):
                path.write_bytes(data[:end])
                refused(read, folder, Malformed)
            path.write_bytes(data)

    def test_a_flipped_bit_is_found(self, read, folder):
        for path in tables(folder):
            data = bytearray(path.read_bytes())
            data[len(data) // 3] ^= 4
            path.write_bytes(data)
            assert path.name in refused(read, folder, Malformed)
            data[len(data) // 3] ^= 4
            path.write_bytes(data)

    def test_a_table_that_another_program_changed_is_read_on_request(self, read, folder):
        path = next(folder.glob("*/objects.parquet"))
        pl.read_parquet(path).with_columns(name=pl.lit("new")).write_parquet(path)
        assert "trust_changes" in refused(read, folder, Malformed)
        assert set(read(folder, trust_changes=True).image_sets[0].objects.frame["name"]) == {"new"}

    def test_damage_in_trusted_files_is_no_crash(self, read, folder):
        for path in [path for path in tables(folder) if path.suffix != ".parquet"]:
            data = path.read_bytes()
            for place in range(0, len(data), max(1, len(data) // 60)):
                path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
                read_or_refused(read, folder, trust_changes=True)
            path.write_bytes(data)

    def test_damage_in_trusted_tables_ends_no_process(self, read, folder):
        """Decoded elsewhere, because polars can abort."""
        (path,) = [path for path in tables(folder) if path.name == "objects.parquet"][:1]
        data = path.read_bytes()
        for place in range(0, len(data), max(1, len(data) // 25)):
            path.write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
            read_or_refused(read, folder, trust_changes=True)


def tables(folder):
    return [*folder.rglob("*.parquet"), *folder.rglob("*.jsonl"), folder / "populations.json"]


class TestTablesThatDoNotFit:
    """What a program that changes tables can do wrong (``trust_changes``)."""

    @pytest.mark.parametrize(
        ("name", "edit"),
        [
            ("objects", lambda frame: frame.with_columns(id=pl.lit("same"))),
            ("objects", lambda frame: frame.with_columns(id=pl.lit(None))),
            ("objects", lambda frame: frame.drop("id")),
            ("objects", lambda frame: frame.with_columns(extra=1)),
            ("objects", lambda frame: frame.with_columns(label=pl.lit(-1))),
            ("objects", lambda frame: frame.head(1)),
            ("connections", lambda frame: frame.with_columns(parent=pl.lit("nobody"))),
            ("connections", lambda frame: frame.with_columns(kind=pl.lit("friend"))),
            ("connections", lambda frame: frame.drop("child")),
            ("membership", lambda frame: frame.with_columns(object=pl.lit(None))),
            ("membership", lambda frame: frame.with_columns(population=pl.lit("nobody"))),
            ("extras", lambda frame: frame.rename({"id": "ID"})),
            ("shapes", lambda frame: frame.drop("x")),
            ("shapes", lambda frame: frame.with_columns(x=pl.lit(None).cast(pl.List(pl.Float64)))),
            ("shapes", lambda frame: frame.with_columns(x=pl.col("x").list.head(1))),
            ("shapes", lambda frame: frame.with_columns(ring=pl.col("ring") * 2)),
            ("shapes", lambda frame: frame.with_columns(ring=pl.col("ring") * -1)),
            ("shapes", lambda frame: frame.with_columns(part=pl.col("part").list.eval(pl.element() + 2**62))),
            ("shapes", lambda frame: frame.with_columns(part=pl.col("part").shift(1).fill_null([]))),
            ("shapes", lambda frame: frame.with_columns(kind=pl.lit("blob"))),
            ("shapes", lambda frame: frame.with_columns(object=pl.lit("nobody"))),
        ],
    )
    def test_is_said(self, read, folder, name, edit):
        path = next(folder.glob(f"*/{name}.parquet"))
        edit(pl.read_parquet(path)).write_parquet(path)
        refused(read, folder, Malformed, trust_changes=True)

    @pytest.mark.parametrize("key", ["segue.about", "segue.key", "segue.columns"])
    @pytest.mark.parametrize("value", ["", "nonsense", "[]", "{}", '[{"name": "row"}]', None])
    def test_descriptions_that_make_no_sense(self, read, folder, key, value):
        path = next(folder.glob("*/tables/statistics.parquet"))
        described = {name: text for name, text in pl.read_parquet_metadata(path).items() if name.startswith("segue.")} | {key: value}
        pl.read_parquet(path).write_parquet(path, metadata={name: text for name, text in described.items() if text is not None})
        refused(read, folder, Malformed, trust_changes=True)


class TestPixels:
    @pytest.fixture
    def array(self, folder):
        return next(folder.glob("*/stack.ome.zarr/0"))

    def edit(self, path, **changes):
        stated = json.loads(path.read_text())
        stated.update(changes)
        path.write_text(json.dumps(stated))

    def state(self, change, **changes):
        change(lambda stated: stated["image_sets"][0]["images"][0]["pixels"].update(changes))

    @pytest.mark.parametrize("shape", [[2**62, 2**62, 6, 7], [2, 3, 6, 2**61], [-1, 3, 6, 7], [2, 3], [], "x", [2, 3, 6, 7.5], [2, 3, 6, None]])
    def test_absurd_shapes(self, read, folder, array, change, shape):
        self.edit(array / "zarr.json", shape=shape)
        refused(read, folder, Malformed)
        change(lambda stated: stated["image_sets"][0]["images"][0]["pixels"].update(shape=shape))
        refused(read, folder, Malformed, TooLarge)

    def test_a_shape_that_no_memory_holds(self, read, folder, array, change):
        self.edit(array / "zarr.json", shape=[2, 3, 10**8, 10**8])
        self.state(change, shape=[3, 10**8, 2, 10**8])
        read(folder)
        refused(read, folder, TooLarge)

    def test_chunks_that_no_memory_holds(self, read, folder, array):
        self.edit(array / "zarr.json", chunk_grid={"name": "regular", "configuration": {"chunk_shape": [2**20, 2**20, 6, 7]}})
        refused(read, folder, TooLarge)

    @pytest.mark.parametrize(
        "change_it",
        [{"data_type": "int8"}, {"data_type": "nonsense"}, {"codecs": []}, {"codecs": [{"name": "evil"}]}, {"zarr_format": 2}, {"node_type": "group"}],
    )
    def test_other_metadata(self, read, folder, array, change_it):
        self.edit(array / "zarr.json", **change_it)
        refused(read, folder, Malformed)

    @pytest.mark.parametrize("text", [b"", b"{}", b"[]", b"\xff", b"[" * 100_000])
    def test_broken_metadata(self, read, folder, array, text):
        (array / "zarr.json").write_bytes(text)
        refused(read, folder, Malformed)

    def test_no_array(self, read, folder, array):
        shutil.rmtree(array)
        refused(read, folder, NotFound)

    def test_damaged_chunks_are_found(self, read, folder, array):
        chunks = [path for path in array.rglob("*") if path.is_file() and path.name != "zarr.json"]
        for path in chunks:
            data = path.read_bytes()
            for hurt in (b"", data[:-1], data[: len(data) // 2], data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]):
                path.write_bytes(hurt)
                refused(read, folder, Malformed)
            path.write_bytes(data)

    @pytest.mark.parametrize("change_it", [{"type": "object"}, {"type": "O"}, {"axes": "tcyxq"}, {"axes": "tcyy"}, {"axes": ""}, {"path": None}])
    def test_pixels_described_in_nonsense(self, read, folder, change, change_it):
        self.state(change, **change_it)
        refused(read, folder, Malformed)


class TestReferences:
    @pytest.mark.parametrize(
        "reference",
        [
            {},
            {"$class": "os:system"},
            {"$class": "segue.codecs.zarr_pixels:Path"},
            {"$class": "segue.codecs.zarr_pixels:ZarrPixels"},
            {"$class": "segue.codecs.zarr_pixels:nothing"},
            {"$class": "segue.codecs.nothing:nothing"},
            {"$class": 5},
            {"$class": "segue.formats.segue_study.files:Files", "root": "/"},
            {"$file": "../../etc/passwd"},
            {"$file": "x\0", "size": 1, "mtime_ns": 1},
            {"$file": 5, "size": 1, "mtime_ns": 1},
            {"$type": "nonsense"},
        ],
    )
    def test_only_pixels_of_segue_are_made(self, read, folder, change, reference):
        change(lambda stated: stated["image_sets"][0]["images"][0]["pixels"].update(path=None, reference=reference))
        refused(read, folder, SourceError)


def test_trailing_files_are_ignored(read, folder, rich):
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / "001-other").mkdir()
    assert len(read(folder).image_sets) == len(rich.image_sets)


def test_an_unreadable_folder(read, tmp_path):
    with pytest.raises(NotFound):
        read(tmp_path / "nothing.segue")


def test_evidence_never_raises(folder):
    from segue.storage.source import Source

    (folder / "study.json").unlink()
    (folder / "study.json").mkdir()
    assert FORMAT.evidence(Source(folder)).score == 50


def test_the_smallest_study(tmp_path, read):
    (tmp_path / "study.json").write_text(
        '{"format": "segue-study", "version": 1, "segue": "", "journal": null, "populations": null, "properties": [], "displays": [], "image_sets": []}'
    )
    assert diff(read(tmp_path), Study()) == {}
    assert np.array_equal([], read(tmp_path).image_sets)

"""Importing into a study: appended, never doubled, never overwriting unless told; all or nothing; undone exactly."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segue
from segue.errors import Incompatible, InvalidOption, UsageError
from segue.formats.segue_study.layout import StudyEntry
from segue.formats.segue_study.patch_text import from_plain, to_plain
from segue.formats.segue_study.read import entry_of
from segue.model.connections import Connections
from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.grid import Axis, Grid
from segue.model.image import ArrayPixels, Image, LabelImage
from segue.model.objects import Objects
from segue.model.patch import patched
from segue.model.populations import Membership, Population
from segue.model.rings import Rings
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Property, Study
from segue.model.tables import Column, Table
from segue.notes import Kind
from segue.storage.source import Source
from segue.testing.strategies import studies
from segue.workflow.merging.mapping import mapping_of
from segue.workflow.merging.study import merged
from segue.workflow.merging.wish import OVERWRITES, Wish


def squares(ids, t=None, at=0.0, **columns):
    """Objects, each a square of its own."""
    count = len(ids)
    objects = Objects(pl.DataFrame({"id": ids, "t": pl.Series(t if t is not None else [None] * count, dtype=pl.Int32)}))
    corners = np.array([(0, 0), (4, 0), (4, 4), (0, 4)], float)
    coords = np.concatenate([corners + np.array([5 * nth + at, at]) for nth in range(count)]) if count else np.zeros((0, 2))
    rings = Rings(coords, np.arange(0, 4 * count + 1, 4), np.arange(count + 1), np.arange(count + 1))
    return objects.with_columns(**columns), Shapes(pl.DataFrame({"object": range(count), "kind": ["polygon"] * count}), rings)


def annotations(ids, *, t=None, at=0.0, links=(), tags=None, values=None, axes=(), properties=(), called="", **columns):
    """A study as an annotation tool has it."""
    objects, shapes = squares(ids, t, at, **columns)
    rows = {one: nth for nth, one in enumerate(ids)}
    connections = Connections(
        pl.DataFrame(
            {"id": [f"{a}-{b}" for a, b in links], "kind": ["link"] * len(links), "parent": [rows[a] for a, _ in links], "child": [rows[b] for _, b in links]}
        )
        if links
        else Connections.empty().frame
    )
    tags = tags or {}
    pairs = pl.DataFrame(
        {"population": [tag for tag, of in tags.items() for _ in of], "object": [rows[one] for of in tags.values() for one in of]},
        schema={"population": pl.Utf8, "object": pl.Int32},
    )
    tables = {}
    if values is not None:
        columns_ = tuple(Column(key, property=next((one.id for one in properties if one.name == key), None)) for key in values)
        frame = pl.DataFrame({"row": range(len(ids)), **values}, schema_overrides={"row": pl.Int32})
        tables = {"values": Table("objects", frame, columns_)}
    s = ImageSet(
        called,
        Grid((*axes, Axis("y", 50), Axis("x", 60))),
        objects=objects,
        shapes=shapes,
        connections=connections,
        tables=tables,
        membership=Membership.of(pairs),
    )
    return Study((s,), tuple(Population(tag, (tag,), "tag") for tag in tags), tuple(properties))


def join(study, coming, **wish):
    return merged(study, coming, Wish(**wish), "coming.json")


def ids(study):
    return study.image_sets[0].objects.frame["id"].to_list()


def said(result, kind=Kind.DONE):
    return [note.sentence for note in result.notes.of_kind(kind)]


class TestAppending:
    def test_new_objects_stand_behind_those_that_are_there_with_all_that_belongs_to_them(self):
        study = annotations(["a", "b"], tags={"cell": ["b", "a"]}, values={"area": [1.0, 2.0]}, links=[("a", "b")])
        coming = annotations(["c", "d"], at=20.0, tags={"cell": ["d"], "odd": ["c"]}, values={"area": [3.0, None]}, links=[("c", "d")])
        result = join(study, coming)
        s = result.study.image_sets[0]
        assert ids(result.study) == ["a", "b", "c", "d"]
        assert s.connections.frame["id"].to_list() == ["a-b", "c-d"]
        assert s.connections.frame["parent"].to_list() == [0, 2]
        assert s.tables["values"].frame["area"].to_list() == [1.0, 2.0, 3.0, None]
        assert [one.id for one in result.study.populations] == ["cell", "odd"]
        members = s.membership.frame.filter(population="cell").sort("nth_in_population")
        assert members["object"].to_list() == [1, 0, 3]
        assert np.array_equal(s.shapes.rings.coords[-4], [25.0, 20.0])

    def test_what_is_there_already_is_not_doubled(self):
        study = annotations(["a", "b"], tags={"cell": ["a"]}, links=[("a", "b")], values={"area": [1.0, 2.0]})
        result = join(study, study)
        assert result.patches == ()
        assert said(result) == ["2 objects in the study already", "1 connection in the study already"]

    def test_another_object_of_the_same_id_gets_an_id_of_its_own_and_its_connections_follow(self):
        study = annotations(["a", "b"], links=[("a", "b")])
        result = join(study, annotations(["a", "z"], at=20.0, links=[("a", "z")]))
        assert ids(result.study) == ["a", "b", "a-2", "z"]
        assert result.study.image_sets[0].connections.frame.select("parent", "child").rows() == [(0, 1), (2, 3)]
        assert "1 object got another id: the study has another object of theirs" in said(result, Kind.CHANGED)

    def test_a_known_object_gets_tags_names_and_values_that_it_did_not_have(self):
        study = annotations(["a", "b"], values={"area": [None, 2.0]})
        result = join(study, annotations(["a", "b"], tags={"new": ["b"]}, values={"area": [1.0, 9.0], "round": [0.5, 0.6]}, name=pl.Series(["one", None])))
        s = result.study.image_sets[0]
        assert s.objects.frame["name"].to_list() == ["one", None]
        assert s.tables["values"].frame.rows() == [(0, 1.0, 0.5), (1, 2.0, 0.6)]
        assert s.membership.frame.select("population", "object").rows() == [("new", 1)]
        assert said(result, Kind.SKIPPED) == ["1 value kept as in the study, although another came (--overwrite ids takes the other)"]

    def test_segments_of_a_label_image_are_known_by_their_outlines(self):
        pixels = np.zeros((50, 60), np.uint16)
        pixels[0:4, 0:4] = 1
        pixels[0:4, 5:8] = 2
        study = Study((ImageSet("", Grid((Axis("y", 50), Axis("x", 60))), labels=(LabelImage(ArrayPixels(pixels), "yx", "labels"),)),))
        result = join(study, annotations(["1", "2"], tags={"T": ["1"]}))
        assert ids(result.study) == ["1", "2", "2-2"]
        s = result.study.image_sets[0]
        assert s.membership.frame.select("population", "object").rows() == [("T", 0)]
        assert s.objects.frame["label"].to_list() == [1, 2, None]
        assert s.shapes.frame["object"].to_list() == [2]

    def test_an_object_has_one_class_and_the_study_says_which(self):
        study = annotations(["a"], tags={"B cell": ["a"]})
        coming = annotations(["a"], tags={"T cell": ["a"]})
        classes = [replace(one, populations=tuple(replace(p, kind="class", exclusive=True) for p in one.populations)) for one in (study, coming)]
        result = join(*classes)
        assert result.study.image_sets[0].membership.frame["population"].to_list() == ["B cell"]
        assert said(result, Kind.SKIPPED) == ["1 object kept the class that the study says, although another came"]


class TestDefinitions:
    AREA = Property("p1", "Area", "blob metrics", "{}")

    def test_identical_properties_are_one_whatever_their_ids(self):
        study = annotations(["a"], values={"Area": [1.0]}, properties=[self.AREA])
        coming = annotations(["b"], at=20.0, values={"Area": [2.0]}, properties=[replace(self.AREA, id="x9")])
        result = join(study, coming)
        assert [one.id for one in result.study.properties] == ["p1"]
        table = result.study.image_sets[0].tables["values"]
        assert table.frame["Area"].to_list() == [1.0, 2.0]

    def test_different_properties_of_one_id_stay_two(self):
        study = annotations(["a"], values={"Area": [1.0]}, properties=[self.AREA])
        coming = annotations(["b"], at=20.0, values={"Girth": [2.0]}, properties=[replace(self.AREA, name="Girth")])
        result = join(study, coming)
        assert [(one.id, one.name) for one in result.study.properties] == [("p1", "Area"), ("p1-2", "Girth")]
        assert [column.property for column in result.study.image_sets[0].tables["values"].columns] == ["p1", "p1-2"]


class TestWhatFits:
    TIMES = (Axis("t", 3),)

    def film(self, times=(0, 1, 2)):
        return annotations([f"s{t}" for t in times], t=list(times), axes=self.TIMES, at=30.0)

    def test_time_points_that_the_study_does_not_have_stop_everything_and_are_named(self):
        coming = annotations(["a", "b", "c"], t=[2, 3, 3], links=[("a", "b"), ("a", "c")], axes=(Axis("t", 4),))
        with pytest.raises(Incompatible, match=r"2 objects, with 2 connections \('a-b', 'a-c'\), are at time point 4 of 3 \(--map time=...\): 'b', 'c'"):
            join(self.film(), coming)
        result = join(self.film(), coming, skip_incompatible=True)
        assert ids(result.study) == ["s0", "s1", "s2", "a"]
        assert [note.count for note in result.notes.of_kind(Kind.SKIPPED)] == [2, 2]

    def test_planes_are_mapped(self):
        coming = annotations(["a", "b"], t=[3, 4], axes=(Axis("t", 5),))
        result = join(self.film(), coming, mapping=mapping_of(["time=-3"]))
        assert result.study.image_sets[0].objects.frame["t"].to_list() == [0, 1, 2, 0, 1]
        result = join(self.film(), coming, mapping=mapping_of(["time=3:2", "time=4:0"]))
        assert result.study.image_sets[0].objects.frame["t"].to_list()[-2:] == [2, 0]

    def test_channels_are_mapped_by_name(self):
        study = annotations([])
        image = Image(ArrayPixels(np.zeros((2, 50, 60), np.uint8)), "cyx", "image", ("CD3", "DAPI"))
        study = replace(study, image_sets=(replace(study.image_sets[0], images=(image,)),))
        coming = annotations(["a"])
        coming = coming.map(lambda s: replace(s, shapes=s.shapes.with_columns(c=2)))
        with pytest.raises(Incompatible, match="at channel 3 of 2"):
            join(study, coming)
        result = join(study, coming, mapping=mapping_of(["channel=2:DAPI"]))
        assert result.study.image_sets[0].shapes.frame["c"].to_list() == [1]
        with pytest.raises(InvalidOption, match="nothing says which channel 'CD8' is"):
            join(study, coming, mapping=mapping_of(["channel=2:CD8"]))

    @pytest.mark.parametrize("text", ["time", "time=", "time=3", "colour=1:2", "channel=+1", "z=1:"])
    def test_a_mapping_that_says_nothing_is_refused(self, text):
        with pytest.raises(InvalidOption, match="write time=\\+1"):
            mapping_of([text])

    def test_images_of_other_sizes_and_pixel_sizes(self):
        other = annotations(["a"]).map(lambda s: replace(s, grid=Grid((Axis("y", 50), Axis("x", 61)))))
        with pytest.raises(Incompatible, match="its image is 61 pixels along x, that of the study 60"):
            join(annotations([]), other)
        sized = [
            annotations([one]).map(lambda s, n=n: replace(s, grid=Grid((Axis("y", 50, n, "um"), Axis("x", 60, n, "um")))))
            for one, n in (("a", 0.5), ("b", 0.25))
        ]
        with pytest.raises(Incompatible, match=r"its pixel size along y is 0\.25 um, that of the study 0\.5 um"):
            join(*sized)

    def test_an_image_that_the_study_does_not_have(self):
        one, two = annotations(["a"]), annotations(["b"])
        named = [replace(study.image_sets[0], name=name) for study, name in ((one, "f1.tif"), (two, "f2"))]
        study = Study(tuple(named))
        coming = Study((replace(named[0], name="f1"), replace(named[1], name="f9")))
        with pytest.raises(Incompatible, match=r"is about 'f9', which the study does not have; its image sets are 'f1\.tif', 'f2'"):
            join(study, coming)
        assert join(study, coming, skip_incompatible=True).patches == ()


class TestOverwriting:
    STUDY = annotations(["a", "b", "c"], tags={"x": ["a"], "y": ["b"]}, links=[("a", "b"), ("b", "c")], values={"area": [1.0, 2.0, 3.0]})

    def test_the_same_ids(self):
        result = join(self.STUDY, annotations(["a"], at=20.0, values={"area": [9.0]}), overwrite="ids")
        s = result.study.image_sets[0]
        assert ids(result.study) == ["a", "b", "c"]
        assert s.tables["values"].frame["area"].to_list() == [9.0, 2.0, 3.0]
        assert len(s.connections) == 2
        mine = s.shapes.rings.take(np.flatnonzero(s.shapes.frame["object"].to_numpy() == 0))
        assert np.array_equal(mine.coords[0], [20.0, 20.0])

    def test_the_same_tags(self):
        result = join(self.STUDY, annotations(["n"], at=20.0, tags={"x": ["n"]}), overwrite="tags")
        assert ids(result.study) == ["b", "c", "n"]
        s = result.study.image_sets[0]
        assert s.connections.frame["id"].to_list() == ["b-c"]
        assert s.tables["values"].frame.rows() == [(0, 2.0), (1, 3.0)]

    def test_the_same_planes(self):
        film = annotations(["a", "b"], t=[0, 1], axes=(Axis("t", 2),))
        result = join(film, annotations(["n"], t=[1], at=20.0, axes=(Axis("t", 2),)), overwrite="planes")
        assert ids(result.study) == ["a", "n"]

    def test_all(self):
        result = join(self.STUDY, annotations(["n"], at=20.0), overwrite="all")
        assert ids(result.study) == ["n"]
        assert said(result) == ["1 object imported", "3 objects of the study removed"]

    def test_nothing_goes_when_nothing_fits(self):
        other = annotations(["n"]).map(lambda s: replace(s, grid=Grid((Axis("y", 7), Axis("x", 61)))))
        with pytest.raises(Incompatible):
            join(self.STUDY, other, overwrite="all")


class TestChoosing:
    COMING = annotations(["a", "n"], tags={"x": ["a", "n"]}, links=[("a", "n")], values={"area": [1.0, 2.0]})

    def test_only_values_are_joined_to_objects_that_are_there(self):
        result = join(annotations(["a"]), self.COMING, only=("values",))
        s = result.study.image_sets[0]
        assert ids(result.study) == ["a"]
        assert s.tables["values"].frame.rows() == [(0, 1.0)]
        assert not len(s.membership)

    def test_annotations_without_connections(self):
        result = join(annotations(["a"]), self.COMING, only=("annotations",))
        s = result.study.image_sets[0]
        assert (ids(result.study), len(s.connections), dict(s.tables), result.study.populations) == (["a", "n"], 0, {}, ())

    def test_connections_need_both_their_ends(self):
        result = join(annotations(["a"]), self.COMING, only=("connections",))
        assert result.patches == ()
        assert said(result, Kind.SKIPPED) == ["1 connection with an end that is not there"]


@given(study=studies(), coming=studies(), overwrite=st.sampled_from((None, *OVERWRITES)))
def test_whatever_is_imported_can_be_taken_back_through_the_journal(study, coming, overwrite):
    result = join(study, coming, overwrite=overwrite, skip_incompatible=True)
    patches = [from_plain(to_plain(patch), "the journal") for patch in result.patches]
    there = study
    for patch in patches:
        there = patched(there, patch)
    assert diff(there, result.study) == {}
    for patch in reversed(patches):
        there = patched(there, patch.inverted())
    assert diff(there, study) == {}


@given(study=studies(), coming=studies())
def test_importing_twice_is_importing_once(study, coming):
    once = join(study, coming, skip_incompatible=True)
    assert join(once.study, coming, skip_incompatible=True).patches == ()


def content(path: Path) -> dict[str, str]:
    """The checksum of every table of a study, by what it is; and study.json, but for the journal and the names of files."""
    entry: StudyEntry = entry_of(Source(path))
    found = {"populations": entry.populations.sha256 if entry.populations else "", "properties": str(entry.properties)}
    for nth, one in enumerate(entry.image_sets):
        found |= {f"{nth} {name}": file.sha256 for name, file in one.files.items() if name != "history"}
        found |= {f"{nth} table {table.name}": table.file.sha256 for table in one.tables}
    return found


class TestInAFile:
    def test_undo_restores_every_table_byte_for_byte(self, tmp_path):
        study = tmp_path / "cells.segue"
        segue.write(TestOverwriting.STUDY, study)
        segue.write(annotations(["n", "a"], at=20.0, tags={"z": ["n"]}, links=[("n", "a")]), tmp_path / "new.segue")
        before = content(study)
        outcome = segue.merge(tmp_path / "new.segue", study)
        assert outcome.number == 1
        with segue.read(study) as after:
            assert ids(after) == ["a", "b", "c", "n", "a-2"]
        assert content(study) != before
        segue.undo(study)
        assert content(study) == before
        assert not [file for file in study.rglob("*.parquet") if "-r1" in file.name]

    def test_a_dry_run_says_what_would_differ_and_writes_nothing(self, tmp_path):
        study = tmp_path / "cells.segue"
        segue.write(TestOverwriting.STUDY, study)
        segue.write(annotations(["n"], at=20.0), tmp_path / "new.segue")
        files = {path: path.stat().st_mtime_ns for path in study.rglob("*")}
        outcome = segue.merge(tmp_path / "new.segue", study, dry_run=True)
        assert outcome.differences[F.OBJECTS] == 1
        assert {path: path.stat().st_mtime_ns for path in study.rglob("*")} == files

    def test_of_several_files_all_are_imported_or_none(self, tmp_path):
        study = tmp_path / "cells.segue"
        segue.write(annotations(["a"]), study)
        segue.write(annotations(["b"], at=20.0), tmp_path / "1.segue")
        segue.write(annotations(["c"]).map(lambda s: replace(s, grid=Grid((Axis("y", 1), Axis("x", 1))))), tmp_path / "2.segue")
        with pytest.raises(Incompatible, match=r"2\.segue does not fit"):
            segue.merge([tmp_path / "1.segue", tmp_path / "2.segue"], study)
        with segue.read(study) as after:
            assert ids(after) == ["a"]

    def test_the_journal_names_files_not_places(self, tmp_path):
        study = tmp_path / "cells.segue"
        segue.write(annotations(["a"]), study)
        segue.write(annotations(["b"], at=20.0), tmp_path / "new.segue")
        segue.merge(tmp_path / "new.segue", study)
        assert str(tmp_path) not in (study / "journal.jsonl").read_text()

    def test_something_that_is_no_study(self, tmp_path):
        segue.write(annotations(["a"]), tmp_path / "a.geojson")
        with pytest.raises(UsageError, match="is no study"):
            segue.merge(tmp_path / "a.geojson", tmp_path / "a.geojson")

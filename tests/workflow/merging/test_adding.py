"""Image sets that the study does not have: refused with what to do, or added with their images; undone to the byte."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import tifffile
from hypothesis import given, settings

import segue
from segue.errors import Incompatible, SinkError, UnsupportedVariant
from segue.formats.segue_study import added
from segue.formats.segue_study.editing import Editing
from segue.formats.segue_study.files import Files
from segue.formats.segue_study.patch_text import from_plain, to_plain
from segue.formats.segue_study.spec import FORMAT
from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.grid import Axis, Grid
from segue.model.image import ArrayPixels, Image, LabelImage, in_memory
from segue.model.objects import Objects
from segue.model.patch import patched
from segue.model.select import take_objects
from segue.model.study import ImageSet, Study
from segue.notes import Kind
from segue.storage.source import Source
from segue.testing.canonical import canonical
from segue.testing.strategies import studies
from segue.testing.trips import PlainSink
from segue.workflow.edit import undoable
from segue.workflow.edits.apply import apply
from segue.workflow.edits.records import edits_of
from segue.workflow.merging.mapping import mapping_of
from segue.workflow.merging.study import merged
from segue.workflow.merging.wish import Wish

GRID = Grid((Axis("y", 8), Axis("x", 9)))


def field(name: str, value: int = 1, **more) -> ImageSet:
    """An image set with an image and its segmentation."""
    labels = np.zeros((8, 9), np.uint8)
    labels[1:4, 1:5] = 1
    labels[5:7, 2:8] = 2
    image = Image(ArrayPixels(np.full((8, 9), value, np.uint16)), "yx")
    return ImageSet(name, GRID, images=(image,), labels=(LabelImage(ArrayPixels(labels), "yx"),), **more)


def join(study, coming, where="coming.segue", **wish):
    return merged(study, coming, Wish(add_image_sets=True, **wish), where)


def names(study):
    return [s.name for s in study.image_sets]


class TestWhatIsNew:
    STUDY = Study((field("f1"), field("f2")))

    def test_it_is_refused_with_what_to_do(self):
        with pytest.raises(Incompatible, match=r"is about 'f9', which the study does not have; .* 'f1', 'f2'.*are added with --add-image-sets"):
            merged(self.STUDY, Study((field("f9"),)), Wish(), "coming.segue")

    def test_it_is_added_behind_the_others_with_everything(self):
        coming = canonical()
        result = join(self.STUDY, coming)
        assert names(result.study) == ["f1", "f2", "field 1", "field 2"]
        lists = Study(result.study.image_sets[2:], result.study.populations, result.study.properties, coming.displays, coming.extras)
        assert set(diff(coming, lists)) <= {F.RULES}
        assert next(note.sentence for note in result.notes.of_kind(Kind.DONE)) == "2 image sets added: 'field 1', 'field 2'"

    def test_what_the_study_has_is_merged_as_before(self):
        result = join(self.STUDY, Study((field("f2.tif"), field("f3"))))
        assert names(result.study) == ["f1", "f2", "f3"]
        assert len(result.patches) == 1

    def test_an_image_without_a_name_is_called_as_its_file(self):
        result = join(Study((field("f1"),)), Study((field(""),)), "f7.ome.tif")
        assert names(result.study) == ["f1", "f7"]
        assert join(result.study, Study((field(""),)), "f7.ome.tif").patches == ()
        assert names(join(self.STUDY, Study((field(""), field(""))), "a.lif").study)[2:] == ["a 1", "a 2"]

    def test_a_file_that_names_no_image_is_about_that_of_its_own_name(self):
        rois = Study((take_objects(canonical().image_sets[1], np.zeros(0, np.int64)),)).map(lambda s: ImageSet("", shapes=s.shapes))
        for where in ("f2.geojson", "f2_mask.tif", "f2.csv"):
            result = merged(self.STUDY, rois, Wish(), where)
            assert [note.sentence for note in result.notes.of_kind(Kind.ASSUMED)] == [f"by its name, {where} is about the image set f2"]
        with pytest.raises(Incompatible, match="says which image it is about"):
            merged(self.STUDY, rois, Wish(), "f9_mask.tif")

    def test_many_are_named_in_one_sentence(self):
        with pytest.raises(Incompatible, match="about 'a0', 'a1', 'a2', 'a3', 'a4' and 3 more, which the study does not have"):
            merged(self.STUDY, Study(tuple(field(f"a{nth}") for nth in range(8))), Wish(), "x.segue")

    def test_annotations_of_which_nothing_says_the_image_are_of_the_only_one(self):
        coming = Study((ImageSet("", GRID, shapes=replace(canonical().image_sets[1]).shapes, objects=canonical().image_sets[1].objects),))
        result = join(Study((ImageSet("cells"),)), coming, "rois.geojson")
        assert names(result.study) == ["cells"]
        assert len(result.study.image_sets[0].objects) == len(coming.image_sets[0].objects)

    def test_two_that_nothing_tells_apart_are_not_added(self):
        with pytest.raises(Incompatible, match="nothing tells it from another image set that comes with it"):
            join(self.STUDY, Study((field("f9"), field("f9.tif"))))
        assert join(self.STUDY, Study((field("f9"), field("f9.tif"))), skip_incompatible=True).patches == ()

    def test_objects_outside_their_own_image_do_not_come(self):
        s = canonical().image_sets[1]
        s = replace(s, objects=s.objects.with_columns(t=7))
        with pytest.raises(Incompatible, match="time point 8 of 2"):
            join(self.STUDY, Study((s,)))
        assert len(join(self.STUDY, Study((s,)), skip_incompatible=True).study.image_sets[2].objects) == 0

    def test_planes_are_mapped(self):
        s = canonical().image_sets[1]
        s = take_objects(replace(s, objects=s.objects.with_columns(t=0)), np.arange(3))
        result = join(self.STUDY, Study((s,)), mapping=mapping_of(["time=+1"]))
        assert result.study.image_sets[2].objects.frame["t"].to_list() == [1, 1, 1]

    def test_only_some_parts(self):
        coming = replace(canonical(), image_sets=canonical().image_sets[:1])
        s = join(self.STUDY, coming, only=("annotations",)).study.image_sets[2]
        assert (len(s.images), len(s.labels), len(s.objects) > 0, len(s.connections), dict(s.tables), len(s.membership)) == (1, 1, True, 0, {}, 0)
        s = join(self.STUDY, coming, only=("values",)).study.image_sets[2]
        assert (len(s.images), len(s.labels), len(s.objects), dict(s.tables)) == (1, 0, 0, {})

    def test_objects_that_only_labels_stand_for_are_known_again(self):
        s = field("f3")
        s = replace(s, objects=Objects(pl.DataFrame({"id": ["2"], "layer": ["labels"], "label": [2]})))
        once = join(self.STUDY, Study((s,)))
        assert join(once.study, Study((s,))).patches == ()


@settings(max_examples=max(10, settings().max_examples // 3))
@given(study=studies(), coming=studies())
def test_importing_twice_is_importing_once(study, coming):
    once = join(study, coming, skip_incompatible=True)
    assert join(once.study, coming, skip_incompatible=True).patches == ()


@settings(max_examples=max(10, settings().max_examples // 3))
@given(study=studies(), coming=studies())
def test_whatever_is_added_can_be_taken_back_through_the_journal(study, coming):
    result = join(study, coming, skip_incompatible=True)
    there = study
    with tempfile.TemporaryDirectory() as folder:
        root, patches = Path(folder), []
        for patch in result.patches:
            stay = names(there)
            sets = tuple(added.with_pixels(s, root, f"{len(stay) + nth + 1:03}", linked=False) for nth, s in enumerate(patch.sets_come))
            patches.append(from_plain(json.loads(json.dumps(to_plain(replace(patch, sets_come=sets), root, stay))), "the journal", Files(root)))
            there = patched(there, patches[-1])
        assert diff(there, result.study) == {}
        for patch in reversed(patches):
            there = patched(there, patch.inverted())
    assert diff(there, study) == {}


@dataclass(frozen=True)
class Failing:
    """Pixels that cannot be read to the end."""

    error: type[BaseException]
    shape: tuple[int, ...] = (64, 64)

    @property
    def dtype(self):
        return np.dtype(np.uint8)

    def read(self, region):
        raise self.error(28, "no space left") if self.error is OSError else self.error()


def everything(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def without_journal(folder: Path) -> dict[str, bytes]:
    """All files, but for what counts edits."""
    found = everything(folder)
    stated = json.loads(found.pop("study.json"))
    stated.pop("journal")
    return {name: data for name, data in found.items() if name not in ("journal.jsonl", ".segue-lock")} | {"study.json": json.dumps(stated).encode()}


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "cells.segue"
    FORMAT.write(Study((field("f1"),)), PlainSink(path))
    return path


@pytest.fixture
def coming(tmp_path):
    """An image with its own name, and a study of two."""
    FORMAT.write(Study((field("f1"), field("f2", 7))), PlainSink(tmp_path / "more.segue"))
    tifffile.imwrite(tmp_path / "f3.tif", np.arange(72, dtype=np.uint16).reshape(8, 9))
    return [tmp_path / "more.segue", tmp_path / "f3.tif"]


class TestInAFile:
    def test_pixels_come_along_and_undo_restores_every_file(self, folder, coming):
        before = without_journal(folder)
        outcome = segue.merge(coming, folder, add_image_sets=True)
        assert outcome.number == 1
        for path in coming:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        with segue.read(folder) as study:
            assert names(study) == ["f1", "f2", "f3"]
            assert [int(in_memory(s.images[0].pixels).max()) for s in study.image_sets] == [1, 7, 71]
            assert study.image_sets[1].labels[0].fingerprint() == field("").labels[0].fingerprint()
            assert [event.what for event in study.image_sets[2].history] == ["edit"]
        segue.undo(folder)
        assert without_journal(folder) == before

    def test_a_study_with_added_image_sets_is_edited_and_undone_like_any_other(self, folder, coming):
        segue.merge(coming, folder, add_image_sets=True)
        before = without_journal(folder)
        with Editing(folder) as session:
            (one,) = edits_of({"edit": "delete", "image_set": "f2", "objects": ["1"]})
            session.record(one.plain(), apply(session.study, one).patches)
        with segue.read(folder) as study:
            assert in_memory(study.image_sets[1].labels[0].pixels).max() == 2
            assert not (in_memory(study.image_sets[1].labels[0].pixels) == 1).any()
        segue.undo(folder)
        after = without_journal(folder)
        assert {name for name in before if name not in after and "labels" not in name and "history" not in name} == set()
        segue.undo(folder)
        with segue.read(folder) as study:
            assert names(study) == ["f1"]

    def test_importing_twice_changes_nothing(self, folder, coming):
        segue.merge(coming, folder, add_image_sets=True)
        assert segue.merge(coming, folder, add_image_sets=True).number is None

    def test_pixels_can_stay_where_they_are(self, folder, coming):
        segue.merge(coming, folder, add_image_sets=True, pixels="reference")
        assert not [path for path in folder.rglob("*.ome.zarr") if "001-" not in str(path)]
        with segue.read(folder) as study:
            assert int(in_memory(study.image_sets[2].images[0].pixels).max()) == 71
        segue.undo(folder)
        with segue.read(folder) as study:
            assert names(study) == ["f1"]

    def test_an_intensity_image_that_is_meant_for_something_else_is_refused_with_what_to_do(self, folder, tmp_path):
        tifffile.imwrite(tmp_path / "f5.tif", np.zeros((2, 8, 9), np.uint16), imagej=True, metadata={"axes": "CYX"})
        with pytest.raises(UnsupportedVariant, match=r"2 channels.*is added with --add-image-sets"):
            segue.merge(tmp_path / "f5.tif", folder)
        segue.merge(tmp_path / "f5.tif", folder, add_image_sets=True)
        assert [step.what for step in undoable(folder)] == ["merge f5.tif add image sets"]

    def test_a_dry_run_shows_it_and_writes_nothing(self, folder, coming):
        before = everything(folder)
        outcome = segue.merge(coming, folder, add_image_sets=True, dry_run=True)
        assert outcome.differences[F.IMAGE_SETS] == 2
        assert everything(folder) == before

    @pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
    def test_a_copy_that_fails_leaves_nothing(self, folder, error):
        before = everything(folder)
        s = ImageSet("f9", images=(Image(Failing(error), "yx"),))
        patches = join(Study((field("f1"),)), Study((s,))).patches
        with pytest.raises(SinkError if error is OSError else error), Editing(folder) as session:
            session.record({"edit": "merge"}, patches)
        assert {name: data for name, data in everything(folder).items() if name != ".segue-lock"} == before

    def test_a_crash_before_it_is_acknowledged_leaves_what_the_next_session_removes(self, folder, coming, monkeypatch, tmp_path):
        before, crashed = without_journal(folder), tmp_path / "crashed" / "cells.segue"

        def fails(*_):
            shutil.copytree(folder, crashed)
            raise KeyError

        monkeypatch.setattr("segue.formats.segue_study.journal.append", fails)
        with pytest.raises(KeyError):
            segue.merge(coming, folder, add_image_sets=True)
        assert without_journal(folder) == before
        assert (crashed / "002-f2").is_dir()
        with segue.read(crashed) as study:
            assert names(study) == ["f1"]
        with Editing(crashed):
            pass
        assert without_journal(crashed) == before

    def test_a_crash_after_it_was_acknowledged_loses_nothing(self, folder, coming, monkeypatch):
        monkeypatch.setattr("segue.formats.segue_study.fold.write_changes", lambda *_: (_ for _ in ()).throw(KeyError))
        with pytest.raises(KeyError):
            segue.merge(coming, folder, add_image_sets=True)
        monkeypatch.undo()
        with segue.read(folder) as study:
            assert names(study) == ["f1", "f2", "f3"]
            assert int(in_memory(study.image_sets[1].images[0].pixels).max()) == 7
        with Editing(folder) as session:
            session.undo()
        with segue.read(folder) as study:
            assert names(study) == ["f1"]
        assert sorted(path.name for path in folder.iterdir() if path.is_dir()) == ["001-f1"]

    def test_a_folder_of_somebody_else_is_not_touched(self, folder, coming):
        (folder / "002-f2").mkdir()
        (folder / "002-f2" / "notes.txt").write_text("mine")
        with pytest.raises(SinkError, match="holds a folder 002-f2 that is no part of the study; move it elsewhere"):
            segue.merge(coming, folder, add_image_sets=True)
        assert (folder / "002-f2" / "notes.txt").read_text() == "mine"
        assert [path.name for path in (folder / "002-f2").iterdir()] == ["notes.txt"]

    def test_other_programs_find_the_labels(self, folder, coming):
        segue.merge(coming, folder, add_image_sets=True)
        group = json.loads((folder / "002-f2/image.ome.zarr/labels/zarr.json").read_text())
        assert group["attributes"]["ome"]["labels"] == ["labels"]
        assert FORMAT.read(Source(folder))[0].image_sets[1].name == "f2"

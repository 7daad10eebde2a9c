"""A study is edited in place: the journal first, then the tables; whatever happens in between, an acknowledged edit is there."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from segue.errors import Malformed, SinkError, UsageError
from segue.formats.segue_study import editing, journal
from segue.formats.segue_study.editing import Editing
from segue.formats.segue_study.patch_text import from_plain, to_plain
from segue.formats.segue_study.spec import FORMAT
from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.image import in_memory
from segue.model.patch import patched
from segue.storage.source import Source
from segue.testing.canonical import canonical
from segue.testing.strategies import studies
from segue.testing.trips import PlainSink, snapshot
from segue.workflow.edits.apply import apply
from segue.workflow.edits.records import edits_of

RENAME = {"edit": "rename", "objects": ["1"], "name": "CD3/CD8 🧬, =1+1"}
DELETE = {"edit": "delete", "objects": ["cell-300"]}
MERGE = {"edit": "merge", "objects": ["1", "2"]}


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "cells.segue"
    FORMAT.write(start(), PlainSink(path), FORMAT.options("write"))
    return path


def start():
    return canonical().map(lambda s: replace(s, objects=s.objects.with_columns(locked=False)))


def read(path):
    return FORMAT.read(Source(path))[0]


def edit(session, body):
    (one,) = edits_of(body)
    made = apply(session.study, one)
    return session.record(one.plain(), made.patches)


def crash(folder, *steps):
    """Open, do something, and end without closing."""
    session = Editing(folder).__enter__()
    for step in steps:
        step(session) if callable(step) else edit(session, step)
    session.__exit__(KeyError, KeyError(), None)


def edited(*bodies):
    study = start()
    for one in edits_of(bodies):
        study = apply(study, one).study
    return study


def stated(path):
    return json.loads((path / "study.json").read_text())


class TestOneSession:
    def test_is_what_the_edits_say(self, folder):
        with Editing(folder) as session:
            assert [edit(session, body) for body in (RENAME, MERGE, DELETE)] == [1, 2, 3]
        assert diff(read(folder), edited(RENAME, MERGE, DELETE)) == {}
        assert diff(start(), read(folder))[F.OBJECTS] == 2

    def test_leaves_no_files_that_study_json_does_not_name(self, folder):
        before = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
        with Editing(folder) as session:
            edit(session, MERGE)
        after = {path.relative_to(folder).as_posix().replace("-r1", "") for path in folder.rglob("*")}
        gone = {f"001-field 1/{name}.parquet" for name in ("connections",)}  # the only connection was between the two that are one now
        assert after - {"journal.jsonl", ".segue-lock", "001-field 1/history.jsonl"} == before - gone

    def test_says_what_was_done_in_the_history(self, folder):
        with Editing(folder) as session:
            edit(session, RENAME)
            session.undo()
        events = read(folder).image_sets[0].history
        assert [(event.what, json.loads(event.recipe)["edit"]) for event in events] == [("edit", "rename"), ("undo", "rename")]

    def test_without_edits_changes_nothing(self, folder):
        before = (folder / "study.json").read_bytes()
        with Editing(folder):
            pass
        assert (folder / "study.json").read_bytes() == before

    def test_writes_only_what_changed(self, folder):
        with Editing(folder) as session:
            edit(session, RENAME)
        assert sorted(path.name for path in folder.rglob("*-r1*")) == ["history-r1.jsonl", "objects-r1.parquet"]

    def test_other_programs_find_the_label_image(self, folder):
        with Editing(folder) as session:
            edit(session, DELETE)
        group = json.loads((folder / "001-field 1/raw.ome.zarr/labels/zarr.json").read_text())
        assert group["attributes"]["ome"]["labels"] == ["labels-r1"]
        assert (folder / "001-field 1/raw.ome.zarr/labels/labels-r1/0/zarr.json").is_file()


class TestPending:
    """A session that ended without closing, as after a crash."""

    @pytest.fixture
    def crashed(self, folder):
        crash(folder, RENAME, MERGE)
        return folder

    def test_edits_are_stated_and_read(self, crashed):
        assert stated(crashed)["journal"] == {"path": "journal.jsonl", "edits": 0, "bytes": 0, "pending": True, "revision": 0}
        assert len((crashed / "journal.jsonl").read_text().splitlines()) == 2
        assert diff(read(crashed), edited(RENAME, MERGE)) == {}

    def test_edits_are_folded_by_the_next_session(self, crashed):
        with Editing(crashed) as session:
            edit(session, DELETE)
        assert stated(crashed)["journal"]["pending"] is False
        assert stated(crashed)["journal"]["edits"] == 3
        assert diff(read(crashed), edited(RENAME, MERGE, DELETE)) == {}

    @pytest.mark.parametrize("tail", [b'{"sha256": "', b"x" * 5000, b"\0" * 100, b'{"sha256": "00", "number": 3}\n', b"\n"])
    def test_a_line_that_was_never_whole_is_left_out_and_overwritten(self, crashed, tail):
        with (crashed / "journal.jsonl").open("ab") as file:
            file.write(tail)
        assert diff(read(crashed), edited(RENAME, MERGE)) == {}
        with Editing(crashed) as session:
            assert edit(session, DELETE) == 3
        assert diff(read(crashed), edited(RENAME, MERGE, DELETE)) == {}

    def test_every_cut_of_the_journal_is_a_state_that_was_acknowledged(self, crashed):
        data = (crashed / "journal.jsonl").read_bytes()
        first = data.index(b"\n") + 1
        states = {0: start(), 1: edited(RENAME), 2: edited(RENAME, MERGE)}
        for end in [*range(0, len(data), 997), first - 1, first, first + 1, len(data) - 1, len(data)]:
            (crashed / "journal.jsonl").write_bytes(data[:end])
            assert diff(read(crashed), states[(end >= first) + (end == len(data))]) == {}

    def test_a_damaged_line_in_between_is_an_error(self, crashed):
        data = bytearray((crashed / "journal.jsonl").read_bytes())
        data[200] ^= 1
        (crashed / "journal.jsonl").write_bytes(data)
        with pytest.raises(Malformed, match="the line of edit 1 is damaged"):
            read(crashed)

    def test_a_journal_of_another_study_is_an_error(self, crashed, tmp_path):
        other = tmp_path / "other.segue"
        FORMAT.write(start().map(lambda s: replace(s, objects=s.objects.with_columns(id=pl.col("id") + "x"))), PlainSink(other), FORMAT.options("write"))
        shutil.copy(crashed / "journal.jsonl", other)
        (other / "study.json").write_text(json.dumps(stated(other) | {"journal": stated(crashed)["journal"]}))
        with pytest.raises(Malformed):
            read(other)

    def test_missing_journal_that_was_never_written_is_empty(self, folder):
        crash(folder, lambda session: session._announce())
        assert diff(read(folder), start()) == {}


class TestCrashWhileFolding:
    @pytest.mark.parametrize("step", ["write_changes", "put_entry", "clean"])
    def test_at_any_step_the_edits_are_there_and_leftovers_go(self, folder, monkeypatch, step):
        original = getattr(editing.fold, step)

        def fails(*args):
            if step == "write_changes":
                original(*args)
            raise ZeroDivisionError

        def folds(session):
            monkeypatch.setattr(editing.fold, step, fails)
            with pytest.raises(ZeroDivisionError):
                session.fold()

        crash(folder, MERGE, DELETE, folds)
        monkeypatch.undo()
        assert diff(read(folder), edited(MERGE, DELETE)) == {}
        with Editing(folder) as session:
            edit(session, RENAME)
        assert diff(read(folder), edited(MERGE, DELETE, RENAME)) == {}
        tables = [path for path in folder.rglob("*.parquet") if path.name.startswith("objects")]
        assert len(tables) == 2, "one per image set"


class TestUndo:
    def test_takes_back_the_last_edits_also_after_folding(self, folder):
        for body in (RENAME, MERGE, DELETE):
            with Editing(folder) as session:
                edit(session, body)
        with Editing(folder) as session:
            assert [one.number for one in session.undoable()] == [1, 2, 3]
            assert [one.number for one in session.undo(2)] == [3, 2]
        assert diff(read(folder), edited(RENAME)) == {}
        with Editing(folder) as session:
            assert [one.edit["edit"] for one in session.undo()] == ["rename"]
        assert diff(read(folder), start()) == {}

    def test_goes_on_after_a_new_edit(self, folder):
        with Editing(folder) as session:
            edit(session, RENAME)
            edit(session, MERGE)
            session.undo()
            edit(session, DELETE)
            session.undo(2)
        assert diff(read(folder), start()) == {}

    def test_knows_when_there_is_nothing_left(self, folder):
        with Editing(folder) as session, pytest.raises(UsageError, match="knows no edit that can be taken back"):
            session.undo()
        with Editing(folder) as session:
            edit(session, RENAME)
            with pytest.raises(UsageError, match="knows only one edit"):
                session.undo(2)

    def test_is_bounded(self, folder, monkeypatch):
        monkeypatch.setattr(editing, "KEPT_EDITS", 3)
        monkeypatch.setattr(editing, "FOLD_EVERY", 4)
        for number in range(10):
            with Editing(folder) as session:
                edit(session, RENAME | {"name": str(number)})
        with Editing(folder) as session:
            assert [one.number for one in session.undoable()] == [8, 9, 10]
            session.undo(3)
        assert read(folder).image_sets[0].objects.frame["name"][0] == "6"
        assert len(list(folder.glob("journal*"))) == 1


def test_many_edits_are_folded_on_the_way(folder, monkeypatch):
    monkeypatch.setattr(editing, "FOLD_EVERY", 3)
    with Editing(folder) as session:
        for number in range(8):
            edit(session, {"edit": "relabel", "objects": ["cell-300"], "label": 301 + number})
        assert stated(folder)["journal"]["edits"] == 6
    assert stated(folder)["journal"]["edits"] == 8
    assert 308 in in_memory(read(folder).image_sets[0].labels[0].pixels)
    assert len(list((folder / "001-field 1/raw.ome.zarr/labels").glob("labels*"))) == 1


def test_one_writer_at_a_time(folder):
    with Editing(folder), pytest.raises(SinkError, match="being written by another segue"):
        Editing(folder).__enter__()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_study_that_may_not_be_written_is_an_error(folder):
    folder.chmod(0o500)
    with pytest.raises(SinkError):
        Editing(folder).__enter__()


@settings(max_examples=max(20, settings().max_examples // 2), phases=[Phase.explicit, Phase.generate])
@given(study=studies(), data=st.data())
def test_every_patch_survives_being_written_down(study, data):
    for nth, s in enumerate(study.image_sets):
        ids = s.objects.frame["id"].to_list()
        bodies = [{"edit": "relabel-all"}, {"edit": "tag", "population": "é / 🧬", "objects": ["all"]}, {"edit": "lock", "locked": False, "objects": ["all"]}]
        bodies += [{"edit": "split", "objects": ["all"]}, {"edit": "delete", "objects": [f"id:{one}" for one in ids[:2]]}]
        named = s.name if [one.name for one in study.image_sets].count(s.name) == 1 else None
        for body in bodies if named is not None and ids else ():
            (one,) = edits_of(body | {"image_set": named})
            try:
                patches = apply(study, one).patches
            except UsageError:
                continue
            for patch in patches:
                plain = json.loads(json.dumps(to_plain(patch)))
                again = from_plain(plain, "here")
                assert snapshot(patched(study, again)) == snapshot(patched(study, patch))
                study = patched(study, patch)
        assert nth < 3


def test_a_line_is_json_with_a_checksum(folder):
    with Editing(folder) as session:
        edit(session, RENAME)
    (line,) = (folder / "journal.jsonl").read_text().splitlines()
    plain = json.loads(line)
    assert list(plain) == ["sha256", "number", "edit", "undoes", "segue", "patches"]
    assert plain["edit"] == RENAME
    for at in range(0, len(line), 101):
        damaged = bytearray(line.encode() + b"\n")
        damaged[at] ^= 4
        assert journal.decode(bytes(damaged), "here") == ([], 0)


def test_a_label_image_that_stays_in_its_own_file_is_copied_when_it_is_edited(tmp_path):
    import tifffile

    import segue

    tifffile.imwrite(tmp_path / "mask.tif", np.kron(np.arange(1, 5, dtype=np.uint8).reshape(2, 2), np.ones((5, 5), np.uint8)))
    segue.convert(tmp_path / "mask.tif", tmp_path / "mask.segue", role="labels", pixels="reference")
    with Editing(tmp_path / "mask.segue") as session:
        edit(session, {"edit": "delete", "objects": ["label:3"]})
    expected = np.kron(np.array([[1, 2], [0, 4]], np.uint8), np.ones((5, 5), np.uint8))
    assert np.array_equal(in_memory(read(tmp_path / "mask.segue").image_sets[0].labels[0].pixels), expected)
    assert np.array_equal(np.unique(tifffile.imread(tmp_path / "mask.tif")), [1, 2, 3, 4])

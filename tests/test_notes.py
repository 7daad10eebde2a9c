"""Notes are plain values: they can be counted, merged and sent."""

from __future__ import annotations

import json
import pickle

from segue.model.features import Feature
from segue.notes import Kind, Note, Notes

LOST = Note(Kind.LOST, "TIFF has no names", Feature.OBJECT_NAME, count=1234)
CHANGED = Note(Kind.CHANGED, "become polygons", Feature.ELLIPSE, "field 1")
ASSUMED = Note(Kind.ASSUMED, "whole numbers are taken for labels")
NOTES = Notes.of(LOST, CHANGED, ASSUMED)


def test_a_note_is_one_line():
    assert str(LOST) == "lost: 1,234 object names (TIFF has no names)"
    assert str(CHANGED) == "changed: ellipses (become polygons)"
    assert str(ASSUMED) == "assumed: whole numbers are taken for labels"
    assert str(Note(Kind.LOST, "", Feature.TRACK, count=2)) == "lost: 2 tracks"


def test_counts_stand_in_the_sentence():
    assert Note(Kind.DONE, "{count object} imported", count=2).sentence == "2 objects imported"
    assert Note(Kind.SKIPPED, "{count foreign detail} left out").sentence == "1 foreign detail left out"


def test_only_what_is_lost_or_changed_is_refused_by_strict():
    assert list(NOTES.refused) == [LOST, CHANGED]
    assert list(NOTES.of_kind(Kind.ASSUMED)) == [ASSUMED]
    assert not Notes.of(ASSUMED, Note(Kind.REPAIRED, "x"), Note(Kind.SKIPPED, "y")).refused


def test_notes_are_counted_by_feature():
    assert (NOTES + NOTES).counts() == {Feature.OBJECT_NAME: 2468, Feature.ELLIPSE: 2}
    assert Notes().counts() == {}


def test_notes_are_joined_in_order():
    assert list(Notes.joined([Notes.of(LOST), Notes(), Notes.of(CHANGED, ASSUMED)])) == list(NOTES)
    assert len(NOTES + Notes()) == 3


def test_notes_learn_where_they_belong_once():
    assert [note.where for note in NOTES.at("cells.tif").at("other.tif")] == ["cells.tif", "field 1", "cells.tif"]


def test_equal_notes_of_many_files_are_merged():
    merged = Notes.joined([NOTES.at("a"), NOTES.at("b")]).merged()
    assert [(note.kind, note.count, note.where) for note in merged] == [(Kind.LOST, 2468, ""), (Kind.CHANGED, 2, ""), (Kind.ASSUMED, 2, "")]


def test_notes_can_be_written_as_json_and_pickled():
    assert json.loads(json.dumps(NOTES.to_json()))[0] == {
        "kind": "lost",
        "feature": "object names",
        "where": "",
        "what": "TIFF has no names",
        "count": 1234,
    }
    assert pickle.loads(pickle.dumps(NOTES)) == NOTES

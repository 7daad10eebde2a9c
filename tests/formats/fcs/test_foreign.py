"""Files of other programs: cytometers, FlowJo, imaging pipelines."""

from __future__ import annotations

import numpy as np
import pytest

from segue.codecs.fcs_write import Named, write_fcs
from segue.errors import InvalidOption
from segue.notes import Kind
from segue.storage.source import Source

EVENTS = np.array([[1.5, 4, 8, 10, 20], [2.5, 9, 8, 11, 21], [3.5, 4, 9, 12, 22]], np.float32)


@pytest.fixture
def foreign(tmp_path):
    def foreign(names, stains=(), events=EVENTS, **words):
        path = tmp_path / "foreign.fcs"
        channels = [Named(name, stain) for name, stain in zip(names, stains or [""] * len(names), strict=True)]
        with path.open("wb") as file:
            write_fcs(file, channels, events[:, : len(names)], words)
        return Source(path)

    return foreign


def test_a_cytometers_file_is_a_table(foreign, load):
    found, notes = load(foreign(["FSC-A", "FL1-A", "FL1-H"], ["", "CD3", "CD3"], **{"$OP": "Jane Doe", "$INST": "a hospital", "$SPILLOVER": "0"}))
    (one,) = found.image_sets
    assert one.objects.frame["id"].to_list() == ["#1", "#2", "#3"]
    assert [(column.name, column.channel) for column in one.tables["measurements"].columns] == [("FSC-A", None), ("FL1-A", "CD3"), ("FL1-H", "CD3")]
    assert one.name == ""
    skipped = [note for note in notes if note.kind is Kind.SKIPPED]
    assert skipped[0].count == 3
    assert "Jane" not in repr(found)


def test_columns_may_be_called_by_their_stains(foreign, load):
    found, _ = load(foreign(["FSC-A", "FL1-A", "FL1-H"], ["", "CD3", "CD3"]), columns="stain")
    assert found.image_sets[0].tables["measurements"].frame.columns == ["row", "FSC-A", "CD3", "CD3-2"]


@pytest.mark.parametrize("label", ["label", "CellID", "Segment ID", "ObjectNumber", "cell_id", "FJComp-SegmentID", "SegmentID :: nuclei", "label-A"])
def test_labels_by_well_known_names(foreign, load, label):
    found, _ = load(foreign(["mean", label]))
    assert [s.objects.frame["label"].to_list() for s in found.image_sets] == [[4, 9, None]]


def test_images_by_well_known_names_and_by_option(foreign, load):
    for names, options in ((["mean", "CellID", "ImageNumber"], {}), (["mean", "a", "b"], {"label": "a", "image": "B"})):
        found, _ = load(foreign(names), **options)
        assert [(s.name, s.objects.frame["label"].to_list()) for s in found.image_sets] == [("8", [4, 9]), ("9", [4])]


def test_positions_and_their_origin(foreign, load):
    names = ["mean", "CellID", "n", "X_position", "Y_position"]
    assert load(foreign(names))[0].image_sets[0].shapes.rings.coords[0].tolist() == [10.5, 20.5]
    assert load(foreign(names), read_origin="corner")[0].image_sets[0].shapes.rings.coords[0].tolist() == [10, 20]
    assert len(load(foreign(names), x="", y="")[0].image_sets[0].shapes) == 0
    assert load(foreign(names), x="CellID", y="n")[0].image_sets[0].shapes.rings.coords[0].tolist() == [4, 8]


def test_a_label_column_can_be_refused(foreign, load):
    found, _ = load(foreign(["mean", "CellID"]), label="")
    assert found.image_sets[0].tables["measurements"].frame["CellID"].to_list() == [4, 9, 4]


def test_a_channel_that_is_not_there(foreign, load):
    with pytest.raises(InvalidOption, match="it has mean, CellID"):
        load(foreign(["mean", "CellID"]), label="Segment")


def test_what_cannot_be_a_label_is_none(foreign, load):
    events = np.array([[1.5], [np.nan], [-2], [7], [0]], np.float32)
    found, notes = load(foreign(["label"], events=events))
    assert found.image_sets[0].objects.frame["label"].to_list() == [None, None, None, 7, None]
    assert [note.count for note in notes if note.kind is Kind.REPAIRED] == [3]


def test_labels_that_may_have_been_rounded_are_noted(foreign, load):
    _, notes = load(foreign(["CellID"], events=np.array([[16_777_216], [16_777_218]], np.float32)))
    assert any("beyond 16,777,216" in str(note) and note.count == 1 for note in notes)


def test_logarithms_are_not_applied_and_that_is_said(foreign, load):
    source = foreign(["FL1"], **{"$DATE": "x"})
    data = source.path.read_bytes()
    source.path.write_bytes(data.replace(b"$P1E\x0c0,0", b"$P1E\x0c4,1", 1))
    _, notes = load(Source(source.path))
    assert any("$PnE" in str(note) and "FL1" in str(note) for note in notes)

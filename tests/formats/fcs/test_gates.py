"""The way through another program: events are selected, shuffled, concatenated, channels moved and renamed; labels and image sets stay known."""

from __future__ import annotations

import numpy as np
import pytest

from segue.codecs.fcs_read import data_sets
from segue.codecs.fcs_write import Named, write_fcs
from segue.formats.fcs.names import matched
from segue.storage.source import Source

ROWS = [9, 0, 5, 7, 4, 11]


def treated(source, path, *, rows=ROWS, rename=str, keyword=True, order=None, more=()):
    """What a gate leaves: some events in another order, other names, perhaps without foreign keywords, written by nobody in particular."""
    one = data_sets(source)[0]
    places = np.arange(len(one.layout.channels)) if order is None else np.asarray(order)
    events = np.column_stack([one.array()[rows][:, places], *(np.full(len(rows), 7.0) for _ in more)]).astype(np.float32)
    channels = [Named(rename(one.layout.channels[place].name), "") for place in places] + [Named(name) for name in more]
    with path.open("wb") as file:
        write_fcs(file, channels, events, {"SEGUE": one.words["SEGUE"]} if keyword else {"$CYT": "FlowJo"})
    return Source(path)


def members(study):
    return {s.name: s.objects.frame["label"].to_list() for s in study.image_sets}


def expected(labels):
    both = [(name, label) for name in ("roi 1", "ROI/2") for label in labels]
    found = [both[row] for row in ROWS]
    return {name: [label for one, label in found if one == name] for name in ("roi 1", "ROI/2")}


@pytest.mark.parametrize(
    "rename", [str, lambda name: f"FJComp-{name}", lambda name: f"{name}_1", lambda name: f"{name} :: stain", lambda name: f"{name}-A", str.upper]
)
@pytest.mark.parametrize("backwards", [False, True])
def test_gated_cells_are_known_whatever_the_channels_are_called(study, save, load, tmp_path, labels, rename, backwards):
    source = save(study("roi 1", "ROI/2"))
    count = len(data_sets(source)[0].layout.channels)
    order = np.random.default_rng(4).permutation(count) if backwards else None
    found, _ = load(treated(source, tmp_path / "gate.fcs", rename=rename, order=order))
    assert members(found) == expected(labels)
    one = found.image_sets[0]
    assert one.objects.frame["id"].to_list() == [str(label) for label in members(found)["roi 1"]]
    assert one.tables["measurements"].columns[0].unit == "a.u."
    assert one.tables["measurements"].frame["CD4/CD8"].to_list() == [labels.index(label) for label in members(found)["roi 1"]]


def test_without_the_keyword_the_channels_are_known_by_their_names(study, save, load, tmp_path, labels):
    found, notes = load(treated(save(study("roi 1", "ROI/2")), tmp_path / "gate.fcs", keyword=False))
    assert members(found) == {"1": expected(labels)["roi 1"], "2": expected(labels)["ROI/2"]}
    assert found.image_sets[0].shapes.rings.coords[0].tolist() == [0.5, 0]
    assert "pixels from the corner" in str(list(notes))


def test_suffixes_hide_labels_and_images_neither_without_the_keyword(study, save, load, tmp_path, labels):
    found, _ = load(treated(save(study("roi 1", "ROI/2")), tmp_path / "gate.fcs", keyword=False, rename=lambda name: f"{name} :: x"))
    assert members(found) == {"1": expected(labels)["roi 1"], "2": expected(labels)["ROI/2"]}


def test_concatenated_samples_are_taken_apart(study, save, load, tmp_path, labels):
    one = save(study("roi 1"), "one.fcs", image_index=4)
    two = save(study("ROI/2"), "two.fcs", image_index=5)
    events = np.concatenate([data_sets(source)[0].array() for source in (one, two)])
    channels = [Named(channel.name) for channel in data_sets(one)[0].layout.channels]
    path = tmp_path / "both.fcs"
    with path.open("wb") as file:
        write_fcs(file, [*channels, Named("SampleID")], np.column_stack([events, np.ones(len(events))]), {"SEGUE": data_sets(one)[0].words["SEGUE"]})
    found, notes = load(Source(path))
    assert members(found) == {"roi 1": labels, "5": labels}
    assert any("known only by its number" in str(note) for note in notes)
    assert "SampleID" in found.image_sets[0].tables["measurements"].frame.columns


def test_ids_and_names_of_cells_without_a_label_stay_with_them(study, save, load, tmp_path):
    whole = study("a", labels=[1, 2, 3])
    s = whole.image_sets[0]
    frame = s.objects.frame.with_columns(label=None, layer=None).with_columns(id=s.objects.frame["id"] + "-x", name=s.objects.frame["id"] + "th")
    source = save(type(whole)((type(s)("a", s.grid, objects=type(s.objects)(frame)),)))
    found, _ = load(treated(source, tmp_path / "gate.fcs", rows=[2, 0]))
    assert found.image_sets[0].objects.frame["id"].to_list() == ["3-x", "1-x"]
    assert found.image_sets[0].objects.frame["name"].to_list() == ["3th", "1th"]


def test_ids_that_are_labels_stay_so_in_several_layers(study, save, load):
    whole = study("a", labels=[1, 2])
    s = whole.image_sets[0]
    mixed = type(s)("a", s.grid, objects=s.objects.with_columns(layer=s.objects.frame["id"] + "th"))
    assert load(save(type(whole)((mixed,))))[0].image_sets[0].objects.frame["id"].to_list() == ["1", "2"]


def test_matching_names():
    assert matched(["FJComp-CD3-A", "CD3-2_x", "cd4", "new"], ["CD3", "CD3-2", "CD4"]) == {0: 0, 1: 1, 2: 2}
    assert matched(["CD33", "CD3"], ["CD3"]) == {1: 0}
    assert matched(["CD33"], ["CD3"]) == {}, "another marker, not a suffix"


def test_flowkit_makes_the_gate(study, save, load, tmp_path, labels):
    flowkit = pytest.importorskip("flowkit")
    sample = flowkit.Sample(str(save(study("roi 1", "ROI/2")).path))
    inside = np.zeros(12, bool)
    inside[ROWS] = True
    sample.subsample_indices, sample.event_count_subsampled = np.flatnonzero(inside), len(ROWS)
    sample.export("gate.fcs", source="raw", directory=str(tmp_path), subsample=True)
    found, _ = load(Source(tmp_path / "gate.fcs"))
    assert [sorted(one) for one in members(found).values()] == [sorted(one) for one in expected(labels).values()]

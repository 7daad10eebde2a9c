"""A real tracking of ilastik (the video of its tests, with a merger of two cells) as a folder of the Cell Tracking Challenge."""

from __future__ import annotations

from dataclasses import replace

import h5py
import numpy as np
import pytest

from segue.formats.catalog import named
from segue.formats.ctc.spec import FORMAT
from segue.model.image import ArrayPixels, LabelImage, in_memory
from segue.storage.source import Source
from segue.testing.trips import PlainSink


def tracks_of(golden, labels):
    """frame, label, track of every line of the Multi-Worm-Tracker export: the label is what lies at the centre."""
    track, found = 0, []
    for line in (golden / "ilastik/smallVideo_Multi-Worm-Tracker_reference.blobs").read_text().splitlines():
        if line.startswith("%"):
            track = int(line[1:])
            continue
        t, x, y = (float(one) for one in line.split()[1:4])
        found.append((int(t), int(labels[int(t), int(y), int(x)]), track + 1))
    return sorted(found)


@pytest.mark.golden
def test_a_real_tracking_with_a_merger(golden, tmp_path):
    """Label 3 of frame 1 and label 6 of frame 2 are two cells that touch: one track keeps them, and those that it took them from have gaps."""
    with h5py.File(golden / "ilastik/smallVideo_labels.h5") as file:
        labels = file["labels"][..., 0]
    rows = tracks_of(golden, labels)
    (tmp_path / "x.csv").write_text("frame,labelimageId,trackId\n" + "".join(f"{t},{label},{track}\n" for t, label, track in rows))
    study, notes = named("ilastik-tracking").read(Source(tmp_path / "x.csv"))
    assert [(str(note.kind), note.count) for note in notes] == [("repaired", 2)]
    image = LabelImage(ArrayPixels(labels), "tyx", "labels", persists=False)
    FORMAT.write(FORMAT.fitted(study.map(lambda s: replace(s, labels=(image,)))), PlainSink(tmp_path / "01_RES"))
    lines = (tmp_path / "01_RES" / "res_track.txt").read_text().splitlines()
    assert lines == ["2 0 0 0", "3 0 1 0", "4 0 6 0", "5 5 6 0", "6 2 6 2", "7 3 6 3"]
    back, notes = FORMAT.read(Source(tmp_path / "01_RES"))
    masks = in_memory(back.image_sets[0].labels[0].pixels)
    np.testing.assert_array_equal(masks > 0, labels > 0)
    assert [note.count for note in notes] == [2]
    assert "ends earlier than in the frame before" in notes.items[0].what

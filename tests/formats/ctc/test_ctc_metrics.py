"""What segue writes is valid for py-ctcmetrics, the metrics of the Cell Tracking Challenge; what it calls invalid, segue notes."""

from __future__ import annotations

import warnings

import numpy as np
import polars as pl
import pytest

from segue.formats.ctc.spec import FORMAT
from segue.model.connections import Connections
from segue.model.image import ArrayPixels, LabelImage
from segue.model.objects import Objects
from segue.model.study import ImageSet, Study
from segue.storage.source import Source
from segue.testing.trips import PlainSink

metrics = pytest.importorskip("ctc_metrics.metrics.validation.valid", reason="py-ctcmetrics is not installed")
filesystem = pytest.importorskip("ctc_metrics.utils.filesystem")


def verdict(folder):
    """(1 if it is valid, what it warns of besides empty frames)."""
    import tifffile

    files = filesystem.parse_masks(str(folder))
    labels = [np.setdiff1d(np.unique(tifffile.imread(one)), [0]) for one in files]
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        valid = metrics.valid(files, filesystem.read_tracking_file(str(folder / "res_track.txt")), labels)
    return valid, [str(one.message) for one in found if "Empty frame" not in str(one.message)]


def drawn(seed):
    """Objects that come and go, with or without numbers of tracks, and links between any of them."""
    random = np.random.default_rng(seed)
    frames, most = int(random.integers(2, 9)), 6
    there = random.random((frames, most)) < 0.6
    there[0, 0] = True
    masks = np.zeros((frames, 3, most + 2), np.uint16)
    t, nth = np.nonzero(there)
    masks[t, 1, nth + 1] = nth + 1
    tracks = [None if random.random() < 0.4 else int(one) for one in random.integers(-1, 5, len(t))]
    data = {"id": [str(one) for one in range(len(t))], "layer": "labels", "label": nth + 1, "t": t, "track": pl.Series(tracks, dtype=pl.Int64)}
    parent, child = random.integers(0, len(t), (2, int(random.integers(0, 12))))
    links = pl.DataFrame({"parent": parent, "child": child}).unique(maintain_order=True).with_row_index("id")
    links = links.select(pl.col("id").cast(pl.Utf8), pl.lit("track").alias("kind"), "parent", "child", pl.lit([], pl.List(pl.Utf8)).alias("tags"))
    image = LabelImage(ArrayPixels(masks), "tyx", "labels", persists=bool(random.random() < 0.5))
    return Study((ImageSet("", labels=(image,), objects=Objects(pl.DataFrame(data)), connections=Connections(links)),))


@pytest.mark.parametrize("seed", range(60))
def test_whatever_is_written_is_valid(tmp_path, seed):
    FORMAT.write(FORMAT.fitted(drawn(seed)), PlainSink(tmp_path / "01_RES"))
    assert verdict(tmp_path / "01_RES") == (1, [])
    _, notes = FORMAT.read(Source(tmp_path / "01_RES"))
    assert [str(note) for note in notes if "frame" not in note.what] == []


@pytest.mark.parametrize("text", ["1 0 1 0\n1 0 1 0\n", "1 0 0 0\n", "1 0 1 0\n2 0 1 0\n", "2 0 1 0\n"])
def test_what_is_invalid_there_is_noted_here(tmp_path, text):
    masks = np.zeros((2, 3, 3), np.uint16)
    masks[:, 1, 1] = 1
    FORMAT.write(FORMAT.fitted(Study((ImageSet("", labels=(LabelImage(ArrayPixels(masks), "tyx"),)),))), PlainSink(tmp_path / "01_RES"))
    assert verdict(tmp_path / "01_RES")[0] == 1
    assert len(FORMAT.read(Source(tmp_path / "01_RES"))[1]) == 0
    (tmp_path / "01_RES" / "res_track.txt").write_text(text)
    assert verdict(tmp_path / "01_RES")[0] == 0
    assert len(FORMAT.read(Source(tmp_path / "01_RES"))[1]) > 0

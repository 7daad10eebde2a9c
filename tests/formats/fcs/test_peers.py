"""What segue writes is read identically by flowio, fcsparser, FlowKit and readfcs; and a gate that FlowKit makes comes back as exactly its cells.

The programs are optional: ``pip install flowio fcsparser flowkit readfcs`` into any folder on the path.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from segue.codecs.fcs_write import Named, write_fcs
from segue.model.study import Study
from segue.workflow.gates import with_populations


def flowio(path):
    flowio = pytest.importorskip("flowio")
    found = flowio.FlowData(str(path))
    return found.pnn_labels, found.as_array(preprocess=False)


def fcsparser(path):
    fcsparser = pytest.importorskip("fcsparser")
    _, frame = fcsparser.parse(str(path), channel_naming="$PnN")
    return list(frame.columns), frame.to_numpy()


def flowkit(path):
    flowkit = pytest.importorskip("flowkit")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = flowkit.Sample(str(path))
    return found.pnn_labels, found.get_events(source="raw")


def readfcs(path):
    readfcs = pytest.importorskip("readfcs")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = readfcs.ReadFCS(str(path))
    return list(found.channels["PnN"]), found.data.to_numpy()


PEERS = [flowio, fcsparser, flowkit, readfcs]
NUMBERS = np.random.default_rng(8).normal(40, 1000, (50, 3)).astype(np.float32)
NAMES = ["CD4/CD8", "CD3 mean", "µm² |\\ 50%"]
CASES = {
    "a slash in a name": NUMBERS,
    "NaN": np.where(NUMBERS < 0, np.float32(np.nan), NUMBERS),
    "infinity": np.where(NUMBERS > 900, np.float32(np.inf), NUMBERS),
    "labels up to 2^24": np.full((4, 3), 2.0**24, np.float32),
}


def written(path, events, names=NAMES):
    with path.open("wb") as file:
        write_fcs(file, [Named(name, f"stain {nth}") for nth, name in enumerate(names)], events, {"$CYT": "segue"})
    return path


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("peer", PEERS)
def test_numbers_and_names_are_the_same(tmp_path, peer, case):
    names, events = peer(written(tmp_path / "x.fcs", CASES[case]))
    assert list(names) == NAMES
    np.testing.assert_array_equal(np.asarray(events, np.float32), CASES[case])


@pytest.mark.parametrize("peer", PEERS)
def test_a_file_without_events(tmp_path, peer):
    path = written(tmp_path / "x.fcs", NUMBERS[:0])
    names, events = peer(path)
    assert list(names) == NAMES
    assert np.asarray(events).size == 0


@pytest.mark.parametrize("peer", PEERS)
def test_a_million_events_of_forty_channels_beyond_a_hundred_megabytes(tmp_path, peer):
    peer_of = {flowio: "flowio", fcsparser: "fcsparser", flowkit: "flowkit", readfcs: "readfcs"}
    pytest.importorskip(peer_of[peer])
    events = np.arange(40_000_000, dtype=np.float32).reshape(1_000_000, 40)
    path = written(tmp_path / "x.fcs", events, [f"Ch{number}" for number in range(40)])
    assert path.stat().st_size > 160_000_000
    assert np.array_equal(np.asarray(peer(path)[1], np.float32), events)


@pytest.mark.parametrize("peer", PEERS)
def test_a_whole_study(study, save, labels, peer):
    names, events = peer(save(study("roi 1", "ROI/2")).path)
    low, high, highest = (np.asarray(events)[:6, list(names).index(name)].astype(np.int64) for name in ("label", "label_high", "label_highest"))
    assert [int(a) + (int(b) << 24) + (int(c) << 48) for a, b, c in zip(low, high, highest, strict=True)] == labels
    assert np.asarray(events)[:, list(names).index("image_index")].tolist() == [1] * 6 + [2] * 6


def test_a_gate_of_flowkit_is_exactly_its_cells(study, save, tmp_path):
    """Gated, shuffled, channels permuted and renamed, two samples concatenated, labels beyond 2^24: written by FlowKit."""
    flowkit = pytest.importorskip("flowkit")
    sets = ("roi 1", "ROI/2")
    labels = [3, 2**24 - 1, 2**24, 2**24 + 1, 2**40 + 5]
    whole = study(*sets, labels=labels)
    gate = flowkit.gates.RectangleGate("high", [flowkit.Dimension("CD4/CD8", range_min=1.5)])
    strategy = flowkit.GatingStrategy()
    strategy.add_gate(gate, ("root",))
    parts = []
    for number, s in enumerate(whole.image_sets, 1):
        sample = flowkit.Sample(str(save(Study((s,), whole.populations), f"{number}.fcs", image_index=number).path))
        inside = strategy.gate_sample(sample).get_gate_membership("high")
        parts.append(sample.get_events(source="raw")[inside])
    events = np.concatenate(parts)
    rng = np.random.default_rng(6)
    order = rng.permutation(events.shape[1])
    both = rng.permutation(events)[:, order]
    called = [f"FJComp-{sample.pnn_labels[place]}-A" for place in order]
    flowkit.Sample(both, channel_labels=called, sample_id="gated").export("high.fcs", source="raw", directory=str(tmp_path))
    joined, notes = with_populations(whole, [tmp_path / "high.fcs"])
    one = next(one for one in joined.populations if one.name == ("high",))
    for s in joined.image_sets:
        rows = s.membership.frame.filter(population=one.id)["object"]
        assert s.objects.frame["label"].gather(rows).to_list() == labels[2:]
    assert "done: 6 objects in population high" in map(str, notes)

"""Studies as FCS: what stands in the file, and what comes back."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import polars as pl
import pytest

from segue.codecs.fcs_read import data_sets
from segue.errors import SegueError
from segue.formats.detect import detect
from segue.formats.fcs import flat as flat_module
from segue.formats.fcs.names import plain, unique
from segue.formats.fcs.spec import FORMAT
from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.objects import Objects
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table
from segue.notes import Kind
from segue.storage.source import Source


def names(source):
    return [channel.name for channel in data_sets(source)[0].layout.channels]


def table(*columns, **values):
    height = len(next(iter(values.values())))
    frame = pl.DataFrame({"row": pl.int_range(height, dtype=pl.Int32, eager=True), **values}, strict=False)
    objects = Objects(pl.DataFrame({"id": [str(number + 1) for number in range(height)], "label": range(1, height + 1), "layer": ["labels"] * height}))
    return Study((ImageSet("", objects=objects, tables={"measurements": Table("objects", frame, columns)}),))


def test_everything_comes_back(study, save, load):
    whole = study("roi 1", "ROI/2")
    found, notes = load(save(whole))
    assert diff(whole, found) == {}
    assert len(notes) == 0


def test_what_stands_in_the_file(study, save):
    one = data_sets(save(study("roi 1", "ROI/2")))[0]
    assert [channel.name for channel in one.layout.channels] == (
        "CD3_ mean,CD4/CD8,T cells: CD4,x,y,label,label_high,label_highest,image_index".replace("CD3_ mean,", "CD3_ mean|").replace(",", "|").split("|")
    )
    assert [channel.stain for channel in one.layout.channels[:3]] == ["CD3, mean", "CD4/CD8", "T cells: CD4"]
    words = one.words
    assert {key: words[key] for key in ("$DATATYPE", "$BYTEORD", "$MODE", "$P1E", "$P2R", "$PAR", "$TOT", "$FIL", "$CYT")} == {
        **{"$DATATYPE": "F", "$BYTEORD": "1,2,3,4", "$MODE": "L", "$P1E": "0,0", "$P2R": "8", "$PAR": "9", "$TOT": "12", "$FIL": "cells.fcs", "$CYT": "segue"}
    }
    assert not {"$SPILLOVER", "$DATE", "$BTIM"} & set(words), "nothing to compensate, and no clock"


def test_labels_are_exact_beyond_single_precision(study, save, load, labels):
    assert load(save(study("a")))[0].image_sets[0].objects.frame["label"].to_list() == labels
    small = save(study("a", labels=[1, 2**24 - 1]), "small.fcs")
    assert "label_high" not in names(small), "one channel is enough"


@pytest.mark.parametrize(("nan", "expected"), [("zero", [1.5, 0, 0, 0, -3]), ("lowest", [1.5, -3, -3, -3, -3]), ("keep", [1.5, None, np.nan, np.inf, -3])])
def test_missing_undefined_and_infinite_values(save, load, nan, expected):
    whole = table(Column("v"), v=[1.5, None, np.nan, np.inf, -3.0])
    found = load(save(whole, nan=nan))[0].image_sets[0].tables["measurements"].frame["v"]
    assert pl.Series(expected, dtype=pl.Float64).equals(found, null_equal=True)
    changed = diff(whole, FORMAT.fitted(whole, FORMAT.options("write", {"nan": nan})))
    assert changed == ({} if nan == "keep" else {F.VALUES: 3}), "what is replaced is noted"


def test_rounded_values_are_noted():
    whole = table(Column("v"), v=[0.1, 0.5, 1e300])
    assert diff(whole, FORMAT.fitted(whole)) == {F.VALUES: 2}
    whole = table(Column("n", "integer"), n=[2**24, 2**24 + 1, 2**63 - 1])
    fitted = FORMAT.fitted(whole)
    assert diff(whole, fitted) == {F.VALUES: 2}
    assert fitted.image_sets[0].tables["measurements"].frame["n"].to_list() == [2**24, 2**24, 2**63 - 2**39]


def test_texts_and_truth_values_are_numbers_that_the_keyword_explains(save, load):
    whole = table(Column("phase", "text"), Column("alive", "boolean"), phase=["G1", None, "G2", "G1"], alive=[True, False, True, True])
    source = save(whole)
    assert data_sets(source)[0].array()[:, :2].tolist() == [[1, 1], [0, 0], [2, 1], [1, 1]]
    assert diff(whole, load(source)[0]) == {}


def test_texts_without_room_are_lost_with_a_note(monkeypatch, save, load):
    monkeypatch.setattr(flat_module, "MOST_TEXT", 30)
    whole = table(Column("t", "text"), t=["x" * 20, "y" * 20])
    assert diff(whole, FORMAT.fitted(whole)) == {F.VALUES: 2}
    assert diff(FORMAT.fitted(whole), load(save(whole))[0]) == {}


def test_hostile_names_become_plain_and_unique():
    assert [plain(name) for name in ("µm²", "a,b", "é\u0301", "細胞", "a\nb", "  x ", "")] == ["um2", "a_b", "e", "__", "a_b", "x", ""]
    assert unique(["a", "A", "a", "", "x"], ["x"]) == ["a", "A-2", "a-3", "channel", "x-2"]


def test_no_objects_at_all(save, load):
    empty = Study((ImageSet("nothing here"),))
    source = save(empty)
    assert data_sets(source)[0].layout.events == 0
    assert diff(empty, load(source)[0]) == {}


def test_a_damaged_keyword_is_passed_over(study, save, load):
    source = save(study("a", labels=[1, 2]))
    data = source.path.read_bytes()
    source.path.write_bytes(data.replace(b'"channels":', b'"chanels!":', 1))
    found, notes = load(Source(source.path))
    assert found.image_sets[0].objects.frame["label"].to_list() == [1, 2]
    assert next(note.kind for note in notes) is Kind.REPAIRED


def test_it_is_recognised_by_its_content(study, save):
    source = save(study("a"), "cells.dat")
    found, notes = detect(source)
    assert found.name == "fcs"
    assert len(notes) == 1


def test_a_million_cells_without_a_python_object_each(save, load):
    """Time is measured in benchmarks/p5_fcs.py; this is about memory and correctness."""
    count = 200_000
    values = {f"c{number}": np.arange(count, dtype=np.float64) * number for number in range(4)}
    whole = table(*(Column(name) for name in values), **values)
    found = load(save(whole))[0]
    assert diff(FORMAT.fitted(whole), found) == {}
    assert len(found.image_sets[0].objects) == count


@pytest.mark.parametrize("nth", range(12))
def test_any_flipped_byte_is_refused_or_read(study, save, load, nth):
    source = save(study("a", "b", labels=[1, 2, 3]))
    data = bytearray(source.path.read_bytes())
    place = 256 + nth * (len(data) - 300) // 12
    data[place] ^= 1 << (nth % 8)
    source.path.write_bytes(data)
    with suppress(SegueError):
        assert load(Source(source.path))[0].image_sets


def test_flowio_reads_the_same(study, save, labels):
    flowio = pytest.importorskip("flowio")
    found = flowio.FlowData(str(save(study("roi 1", "ROI/2")).path))
    events = found.as_array(preprocess=False)
    assert found.pnn_labels[:2] == ["CD3_ mean", "CD4/CD8"]
    assert found.pns_labels[:3] == ["CD3, mean", "CD4/CD8", "T cells: CD4"]
    at = found.pnn_labels.index
    rejoined = [int(low) + (int(high) << 24) + (int(top) << 48) for low, high, top in events[:6, [at("label"), at("label_high"), at("label_highest")]]]
    assert rejoined == labels
    assert events[:, at("image_index")].tolist() == [1] * 6 + [2] * 6


def test_signalling_nan_in_any_channel_is_no_number(study, save, load):
    source = save(study("a", labels=[1, 2, 3]))
    one = data_sets(source)[0]
    data = bytearray(source.path.read_bytes())
    for place in range(len(one.layout.channels)):
        at = one.layout.begin + 4 * place
        data[at : at + 4] = b"\x01\x00\x80\x7f"
    source.path.write_bytes(bytes(data))
    back, _ = load(Source(source.path))
    assert back.image_sets[0].objects.frame["label"].to_list() == [None, 2, 3]

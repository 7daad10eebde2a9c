"""Gates of Mantis Viewer as CSV: read as rules, written from rules."""

from __future__ import annotations

import pytest

import segue
from segue.errors import Incompatible, WrongFormat
from segue.formats.catalog import FORMATS
from segue.formats.detect import detect
from segue.model.diff import diff
from segue.model.features import Feature
from segue.model.populations import Population
from segue.model.rules import GateRule, ListRule, PolygonTerm, Range
from segue.model.study import ImageSet, Study
from segue.storage.source import Source
from segue.testing.trips import PlainSink

FORMAT = FORMATS["mantis-gates"]


@pytest.fixture
def read(tmp_path):
    def reading(text):
        path = tmp_path / "gates.csv"
        path.write_bytes(text.encode())
        study, notes = FORMAT.read(Source(path))
        return {": ".join(one.name): [(term.column, term.low, term.high) for term in one.rule.terms] for one in study.populations}, [str(one) for one in notes]

    return reading


def written(tmp_path, *populations):
    path = tmp_path / "out.csv"
    FORMAT.write(FORMAT.fitted(Study((), populations)), PlainSink(path))
    return path.read_text(encoding="utf-8")


@pytest.mark.golden
def test_gates_of_a_file_are_rules(golden):
    source = Source(golden / "mantis/generated/gates.csv")
    study, notes = FORMAT.read(source)
    assert detect(source)[0] is FORMAT
    assert {one.name: one.rule for one in study.populations} == {
        ("CD3+CD4+",): GateRule((Range("cd3 Mean", 2, 4), Range("cd4 Mean", 1.5, 10))),
        ("Segment Area 40.0 - 100.0",): GateRule((Range("Segment Area", 40, 100),)),
    }
    assert {one.kind for one in study.populations} == {"gate"}
    assert not len(notes)


@pytest.mark.parametrize(
    ("text", "found", "said"),
    [
        ("a,1,2\nb,1,2\n\n", {"a 1.0 - 2.0": [("a", 1, 2)], "b 1.0 - 2.0": [("b", 1, 2)]}, "an empty line"),
        ("feature,min,max,name\na,1,2,G\n", {"G": [("a", 1, 2)]}, "names of the columns"),
        ("name,feature,max,min\nG,a,2,1\n", {"G": [("a", 1, 2)]}, "names of the columns"),
        (" a ,1,2,G\nb,1, 2 , G\n", {"G": [("a", 1, 2), ("b", 1, 2)]}, "blanks around the name of the gate (line 2)"),
        ("a;1;2;G\nb;1;3;G\n", {"G": [("a", 1, 2), ("b", 1, 3)]}, "semicolons"),
        ("a,1,2,G\nb,x,3,G\n", {"G": [("a", 1, 2)]}, "skipped: 1 row without two numbers as ends (line 2)"),
        ("a,1,2,G\n,1,3,G\n", {"G": [("a", 1, 2)]}, "skipped: 1 row without a feature (line 2)"),
        ("a,1,2,G\nb,1,3\n", {"G": [("a", 1, 2)], "b 1.0 - 3.0": [("b", 1, 3)]}, "3 cells where other rows have 4"),
        ("a,5,2,G\n", {"G": [("a", 5, 2)]}, "nothing is selected (line 1)"),
    ],
)
def test_what_mantis_refuses_is_read(read, text, found, said):
    gates, notes = read(text)
    assert gates == found
    assert any(said in one for one in notes), notes


def test_the_last_range_of_a_feature_counts(read):
    gates, notes = read("a,1,2,G\na,3,4,G\n")
    assert gates == {"G": [("a", 3, 4)]}
    assert "changed: 1 row about a feature that their gate has already" in notes[0]


def test_open_ends(read, tmp_path):
    text = written(tmp_path, Population("1", ("G",), "gate", rule=GateRule((Range("a", None, 4), Range("b", 0.00001, None)))))
    assert text == "a,-Infinity,4,G\nb,0.00001,Infinity,G\n"
    assert read(text)[0] == {"G": [("a", None, 4), ("b", 1e-5, None)]}


def test_parents_are_written_with_their_gates(tmp_path):
    cells = Population("1", ("cells",), "gate", rule=GateRule((Range("area", 10, 100), Range("dna", 5, None))))
    bright = Population("2", ("cells", "bright"), "gate", rule=GateRule((Range("area", 50, 500),), parent="1"))
    assert written(tmp_path, cells, bright) == "area,10,100,cells\ndna,5,Infinity,cells\narea,50,100,cells: bright\ndna,5,Infinity,cells: bright\n"


@pytest.mark.parametrize(
    "rule",
    [
        *(ListRule(), GateRule(()), GateRule((Range("a", 1, 2),), parent="G"), GateRule((Range("a", 1, 2),), parent="elsewhere")),
        *(GateRule((PolygonTerm("a", "b", ((0, 0), (1, 0), (0, 1))),)), GateRule((Range("a", float("nan"), 2),)), GateRule((Range(" ", 1, 2),))),
    ],
)
def test_what_is_no_range_is_left_out_and_counted(tmp_path, rule):
    study = Study((ImageSet(""),), (Population("G", ("G",), "gate", rule=rule),))
    assert diff(study, FORMAT.fitted(study)) == {Feature.POPULATIONS: 1}
    assert written(tmp_path, *study.populations) == ""


def test_without_a_gate_nothing_is_written(tmp_path):
    with pytest.raises(Incompatible, match="gates can be written from an image set only if"):
        segue.write(Study((ImageSet(""),), (Population("G", ("G",)),)), tmp_path / "x_gates.csv")


@pytest.mark.parametrize("text", ["hello\n", "a,b,c\nd,e,f\n", "1,2\n"])
def test_what_holds_no_gate_is_refused(read, text):
    with pytest.raises(WrongFormat, match="holds no gate"):
        read(text)


@pytest.mark.golden
@pytest.mark.parametrize("name", ["populations_project", "populations_active_color", "channel_mappings", "segment_features_image", "set_one", "regions"])
def test_other_files_are_not_taken_for_gates(golden, name):
    assert FORMAT.evidence(Source(golden / f"mantis/generated/{name}.csv")).score <= 30


@pytest.mark.parametrize("text", ["id,x,y\na,1,2\nb,3,4\n", "img,1,2\nimg,1,3\nimg,1,4\n", "image,label,area\na,1,5\nb,2,6\n"])
def test_tables_are_not_taken_for_gates(tmp_path, text):
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    assert FORMAT.evidence(Source(tmp_path / "t.csv")).score <= 30

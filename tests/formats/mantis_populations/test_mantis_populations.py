"""Populations of Mantis Viewer as CSV: read as they are meant, written as Mantis wants them."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

import segue
from segue.errors import AmbiguousFormat, Malformed, SegueError
from segue.formats.catalog import FORMATS
from segue.formats.detect import detect
from segue.model.features import Feature
from segue.model.populations import Membership, Population
from segue.model.study import ImageSet, Study
from segue.notes import Kind
from segue.storage.source import Source
from segue.testing.trips import PlainSink

FORMAT = FORMATS["mantis-populations"]


@pytest.fixture
def read(tmp_path):
    def reading(text, **options):
        path = tmp_path / "mine.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return FORMAT.read(Source(path), FORMAT.options("read", options))

    return reading


@pytest.fixture
def written(tmp_path):
    def writing(study, **options):
        chosen = FORMAT.options("write", options)
        path = tmp_path / "out.csv"
        path.unlink(missing_ok=True)
        FORMAT.write(FORMAT.fitted(study, chosen), PlainSink(path), chosen)
        return path.read_text(encoding="utf-8")

    return writing


def members(study, nth=0):
    s = study.image_sets[nth]
    names = {one.id: ": ".join(one.name) for one in study.populations}
    found = {}
    for population, row in s.membership.frame.select("population", "object").rows():
        found.setdefault(names[population], []).append(s.objects.frame["label"][row])
    return found


def sentences(notes):
    return [str(note) for note in notes]


class TestReading:
    @pytest.mark.golden
    def test_the_populations_of_one_image(self, golden):
        study, notes = FORMAT.read(Source(golden / "mantis/generated/populations_active.csv"))
        assert members(study) == {"CD4 High Cells": [23, 45, 46, 55], 'a, quoted "pop"': [46, 55, 56, 76]}
        assert study.image_sets[0].name == ""
        assert not len(notes)

    @pytest.mark.golden
    def test_the_populations_of_a_project(self, golden):
        study, notes = FORMAT.read(Source(golden / "mantis/generated/populations_project.csv"))
        assert [s.name for s in study.image_sets] == ["set_one"]
        assert members(study) == {"CD4 High Cells": [23, 45, 46, 55], 'a, quoted "pop"': [46, 55, 56, 76]}
        assert not len(notes)

    @pytest.mark.golden
    def test_colours_are_decimal_or_hexadecimal(self, golden):
        study, _ = FORMAT.read(Source(golden / "mantis/generated/populations_active_color.csv"))
        assert [(one.name, one.colour) for one in study.populations] == [(("CD4 High Cells",), 0xFF0000FF), (("Other",), 0x00FF00FF)]

    def test_a_name_is_one_population_in_all_images_and_its_last_colour_counts(self, read):
        study, _ = read("one,1,A,255\ntwo,1,B,\ntwo,2,A,0xFF\none,5,A,65280\n")
        assert [s.name for s in study.image_sets] == ["one", "two"]
        assert [(one.name[0], one.colour) for one in study.populations] == [("A", 0x00FF00FF), ("B", None)]
        assert [members(study, nth) for nth in (0, 1)] == [{"A": [1, 5]}, {"A": [2], "B": [1]}]

    def test_black_is_a_colour_and_an_empty_cell_is_none(self, read):
        study, _ = read("4,A,0\n5,B,\n")
        assert [one.colour for one in study.populations] == [0x000000FF, None]

    @pytest.mark.parametrize(
        ("text", "found", "said"),
        [
            ("4,A\n5,A\n\n", {"A": [4, 5]}, "repaired: an empty line, passed over (line 3)"),
            ("4,A\n\n\n5,A\n", {"A": [4, 5]}, "repaired: an empty line, passed over (lines 2, 3)"),
            ('4,A\n5,CD4 "x"\n', {"A": [4], 'CD4 "x"': [5]}, "quotes inside a text that are not doubled, or a quote that is never closed (line 2)"),
            ('4,A\n5, "A"\n', {"A": [4, 5]}, "quotes inside"),
            ("\ufeffone,4,A\none,5,A\n", {"A": [4, 5]}, "repaired: a byte order mark (line 1)"),
            ("4;A\n5;A\n", {"A": [4, 5]}, "semicolons instead of commas"),
            ("4\tA\n5\tA\n", {"A": [4, 5]}, "tabs instead of commas"),
            ("4,A,255\n5,A\n6,A,255\n", {"A": [4, 5, 6]}, "repaired: 2 cells where other rows have 3 (line 2)"),
            ("4,A\n5, A \n6,A\n", {"A": [4, 5, 6]}, "repaired: 1 row with blanks around a name (line 2)"),
            ("4,A\n,A\n6,A\n", {"A": [4, 6]}, "skipped: 1 row without a segment (line 2)"),
            ("4,A\n0,A\n6,A\n", {"A": [4, 6]}, "skipped: 1 row about segment 0, which is the background (line 2)"),
            ("4,A\n12.5,A\nx,A\n6,A\n7,A\n", {"A": [4, 6, 7]}, "skipped: 2 rows whose segment is no whole number (lines 2, 3)"),
            ("4,A\n5,\n6,A\n", {"A": [4, 6]}, "skipped: 1 row without the name of a population (line 2)"),
            ("4,A\n4,A\n6,A\n", {"A": [4, 6]}, "skipped: 1 row that are there already (line 2)"),
            ("4,A,#ff0000\n6,A,255\n", {"A": [4, 6]}, "repaired: 1 row with a colour such as #ff0000, which Mantis does not understand (line 1)"),
            ("4,A,red\n6,A,255\n7,A,1\n8,A,2\n", {"A": [4, 6, 7, 8]}, "the colour is left out (line 1)"),
            ("segment_id,population_name\n4,A\n", {"A": [4]}, "assumed: the first line holds the names of the columns"),
            ("Nummer,Name\n4,A\n5,A\n", {"A": [4, 5]}, "assumed: the first line holds the names of the columns"),
            ("1e2,A\n 16 ,A\n0x10,B\n", {"A": [100, 16], "B": [16]}, ""),
            ("4,A\r\n5,A\r\n", {"A": [4, 5]}, ""),
            ("4,A\r5,A", {"A": [4, 5]}, ""),
            ("23,a;b\n24,a;c\n", {"a;b": [23], "a;c": [24]}, ""),
            ('4,"two\nlines"\n5,A\n', {"two\nlines": [4], "A": [5]}, ""),
        ],
    )
    def test_what_mantis_refuses_is_read(self, read, text, found, said):
        study, notes = read(text)
        assert members(study) == found
        assert any(said in one for one in sentences(notes)) if said else not len(notes), sentences(notes)

    def test_a_latin_file_is_read(self, read):
        study, notes = read("4,Zellen gr\xfcn\n5,A\n".encode("cp1252"))
        assert members(study) == {"Zellen grün": [4], "A": [5]}
        assert "not UTF-8" in sentences(notes)[0]

    def test_columns_are_found_by_their_names(self, read):
        study, _ = read("Population Name,Segment ID,Image Set\nA,4,one\nA,5,two\n")
        assert [(s.name, s.objects.frame["label"].to_list()) for s in study.image_sets] == [("one", [4]), ("two", [5])]

    def test_three_columns_of_numbers_are_ambiguous(self, read):
        with pytest.raises(AmbiguousFormat, match="read_form=active"):
            read("1,23,5\n1,24,5\n")
        assert members(read("1,23,5\n1,24,5\n", read_form="project")[0]) == {"5": [23, 24]}
        assert members(read("1,23,5\n2,24,6\n", read_form="active")[0]) == {"23": [1], "24": [2]}
        assert members(read("1,23,0x000005\n2,24,0x000005\n")[0]) == {"23": [1], "24": [2]}

    @pytest.mark.parametrize("text", ["\n\n", "hello\n", "a,b\nc,d\n", ",\n"])
    def test_what_names_no_segment_is_refused(self, read, text):
        with pytest.raises(SegueError):
            read(text)

    def test_many_rows_are_read_as_columns(self, read):
        rows = "".join(f"{nth % 50_000 + 1},P{nth // 50_000}\n" for nth in range(200_000))
        study, notes = read(rows)
        assert len(study.image_sets[0].membership) == 200_000
        assert len(study.populations) == 4
        assert not len(notes)


class TestDetection:
    @pytest.mark.golden
    @pytest.mark.parametrize("name", ["populations_active", "populations_active_color", "populations_project"])
    def test_mantis_files_are_recognised(self, golden, name):
        assert detect(Source(golden / f"mantis/generated/{name}.csv"))[0] is FORMAT

    @pytest.mark.golden
    @pytest.mark.parametrize("name", ["gates", "channel_mappings", "segment_features_image", "segment_features_project", "set_one", "regions"])
    def test_other_files_are_not(self, golden, name):
        assert FORMAT.evidence(Source(golden / f"mantis/generated/{name}.csv")).score <= 30

    @pytest.mark.parametrize(
        "text",
        [
            "label,populations\n1,A\n2,A;B\n3,A\n4,B\n5,A\n",
            "id,area\n1,5\n2,6\n",
            "1,2\n3,4\n",
            "x,y\n1.5,2\n2.5,3\n",
            "id,name,area\n1,A,4\n2,B,5\n",
            "1,A,0.5\n2,B,0.7\n",
        ],
    )
    def test_tables_stay_tables(self, tmp_path, text):
        (tmp_path / "t.csv").write_text(text, encoding="utf-8")
        assert FORMAT.evidence(Source(tmp_path / "t.csv")).score <= 30

    @pytest.mark.parametrize(
        "text", ["id,Name\n1,a\n", "id,population\n1,A\n2,A\n3,A\n4,B\n", "label,name,colour\n1,a,#ff0000\n2,a,#ff0000\n3,b,#00ff00\n4,c,#00ff00\n"]
    )
    def test_columns_that_any_table_can_have_make_it_a_table(self, tmp_path, text):
        (tmp_path / "t.csv").write_text(text, encoding="utf-8")
        assert detect(Source(tmp_path / "t.csv"))[0].name == "table"

    def test_columns_called_as_in_mantis_make_it_one(self, tmp_path):
        (tmp_path / "t.csv").write_text("segment_id,population_name\n1,a\n", encoding="utf-8")
        assert detect(Source(tmp_path / "t.csv"))[0] is FORMAT

    def test_numbers_with_one_name_each_are_ambiguous(self, tmp_path):
        (tmp_path / "t.csv").write_text("1,Tumor\n3,Stroma\n", encoding="utf-8")
        with pytest.raises(AmbiguousFormat, match="--from mantis-populations"):
            detect(Source(tmp_path / "t.csv"))


def made(*image_sets, populations=("A", "B"), colours=(None, None)):
    """A study of (name, {population: labels})."""
    sets = []
    for name, found in image_sets:
        labels = sorted({label for many in found.values() for label in many} | {99})
        objects = segue.model.objects.Objects(pl.DataFrame({"id": [str(one) for one in labels], "label": labels, "layer": ["labels"] * len(labels)}))
        pairs = [(population, labels.index(label)) for population, many in found.items() for label in many]
        sets.append(
            ImageSet(name, objects=objects, membership=Membership.of(pl.DataFrame(pairs, schema={"population": pl.Utf8, "object": pl.Int32}, orient="row")))
        )
    return Study(tuple(sets), tuple(Population(one, (one,), colour=colour) for one, colour in zip(populations, colours, strict=True)))


class TestWriting:
    @pytest.mark.golden
    @pytest.mark.parametrize("name", ["populations_active.csv", "populations_project.csv"])
    def test_the_bytes_are_those_of_mantis(self, golden, written, name):
        original = golden / "mantis/generated" / name
        assert written(FORMAT.read(Source(original))[0]) == original.read_text(encoding="utf-8")

    def test_colours_stand_in_a_last_column_that_all_rows_have(self, written):
        study = made(("", {"A": [5, 4], "B": [4]}), colours=(0xFF0000FF, None))
        assert written(study) == "5,A,0xFF0000\n4,A,0xFF0000\n4,B,\n"
        assert written(study, colours=False) == "5,A\n4,A\n4,B\n"

    def test_several_images_are_a_project(self, written):
        study = made(("one", {"B": [7]}), ("two", {"A": [4], "B": [5]}))
        assert written(study) == "one,7,B\ntwo,5,B\ntwo,4,A\n"
        assert written(study, form="active") == "7,B\n"

    def test_names_are_made_such_that_mantis_keeps_them(self, written):
        study = made(("", {"": [4], " x ": [5], "x": [6]}), populations=("", " x ", "x"), colours=(None,) * 3)
        assert written(study) == "4,Selection 1\n5,x\n6,x-2\n"

    def test_a_project_is_not_mistaken_for_one_image(self, written, read):
        text = written(made(("1", {"23": [4]}), ("2", {"23": [5]}), populations=("23",), colours=(None,)))
        assert text == "1,4,23,\n2,5,23,\n"
        assert [s.name for s in read(text)[0].image_sets] == ["1", "2"]

    def test_without_members_the_file_is_empty_and_reads_as_such(self, written, read):
        text = written(made(("", {})))
        assert text == ""
        assert not len(read(text)[0].populations)

    def test_what_has_no_place_is_counted(self, tmp_path):
        notes = segue.write(made(("", {"A": [4]})), tmp_path / "x_populations.csv")
        assert any("changed: populations" in one for one in sentences(notes))
        assert any("changed: objects" in one for one in sentences(notes))


def test_an_empty_table_is_refused_elsewhere(read):
    with pytest.raises(Malformed):
        read("   \n")


def test_members_that_lose_only_what_they_were_made_on_are_not_called_lost(tmp_path):
    study = made(("", {"A": [4, 5]}), populations=("A",), colours=(None,))
    pairs = study.image_sets[0].membership.frame.with_columns(labels=pl.lit("0" * 64))
    study = replace(study, image_sets=(replace(study.image_sets[0], membership=Membership(pairs)),))
    notes = [note for note in segue.write(study, tmp_path / "x_populations.csv") if note.feature is Feature.MEMBERSHIP]
    assert [(note.kind, note.count) for note in notes] == [(Kind.CHANGED, 2)]

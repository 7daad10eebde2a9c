"""What a joined table says again is recognised; what it says otherwise is kept beside it, and said."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import tifffile

import segue
from segue.model.tables import Column, Table
from segue.workflow.convert import Item, Settings, convert_item
from segue.workflow.joined_columns import with_columns


def document(*values, xy=(0, 0, 0)):
    annotations = [
        {
            "_id": letter * 24,
            "shape": "polygon",
            "channel": 0,
            "location": {"XY": at, "Z": 0, "Time": 0},
            "tags": ["cell"],
            "coordinates": [{"x": 1, "y": 1}, {"x": 9, "y": 1}, {"x": 9, "y": 9}],
        }
        for letter, at in zip("abc", xy, strict=True)
    ]
    definitions = [{"_id": "e" * 24, "name": "Blob metrics"}, {"_id": "f" * 24, "name": "Note"}]
    cells = {letter * 24: {"e" * 24: {"Area": area, "Centroid": {"x": area / 3}}, "f" * 24: f"n{area}"} for letter, area in zip("abc", values, strict=True)}
    return {"annotations": annotations, "annotationConnections": [], "annotationProperties": definitions, "annotationPropertyValues": cells}


@pytest.fixture
def nimbus(tmp_path):
    def making(*values, **more):
        path = tmp_path / "dish.json"
        path.write_text(json.dumps(document(*values, **more)))
        return path

    return making


def columns(study):
    return {name: [column.name for column in table.columns] for s in study.image_sets for name, table in s.tables.items()}


def test_the_table_of_the_same_annotations_changes_nothing(nimbus, tmp_path):
    path = nimbus(4, 7.25, 1e-9)
    segue.convert(path, tmp_path / "dish.csv", to="nimbus-csv")
    alone, joined = segue.read(path), segue.read(path, table=tmp_path / "dish.csv")
    assert columns(joined) == {"properties": ["Blob metrics / Area", "Blob metrics / Centroid / x", "Note"]}
    assert segue.diff(alone, joined) == {}


def test_new_columns_stand_beside_those_that_are_there(nimbus, tmp_path):
    path = nimbus(4, 7, 8)
    segue.convert(path, tmp_path / "dish.csv", to="nimbus-csv", columns="area")
    joined = segue.read(path, table=tmp_path / "dish.csv")
    assert columns(joined) == {"properties": ["Blob metrics / Area", "Blob metrics / Centroid / x", "Note", "Area (px^2)"]}
    assert joined.image_sets[0].tables["properties"].frame["Area (px^2)"].to_list() == [32, 32, 32]


def test_a_column_that_differs_is_kept_and_said(nimbus, tmp_path):
    path = nimbus(4, 7, 8)
    segue.convert(path, tmp_path / "dish.csv", to="nimbus-csv")
    text = (tmp_path / "dish.csv").read_text()
    (tmp_path / "dish.csv").write_text(text.replace(",7,", ",7.5,"))
    item = Item(path, tmp_path / "out.json", table=tmp_path / "dish.csv")
    notes = [str(note) for note in convert_item(item, Settings(to="nimbus-json")).notes]
    assert "assumed: 1 column of dish.csv beside one of the same name and other values, which stays: 'Blob metrics / Area' is 'Blob metrics / Area-2'" in notes
    table = segue.read(tmp_path / "out.json").image_sets[0].tables["properties"]
    assert table.frame["Blob metrics / Area"].to_list() == [4, 7, 8]
    assert table.frame["Blob metrics / Area-2"].to_list() == [4, 7.5, 8]
    assert table.frame.width == 5


def test_what_the_table_lacks_is_no_difference_what_it_adds_is(nimbus, tmp_path):
    path = nimbus(4, 7, 8)
    table = tmp_path / "x.csv"
    table.write_text(f"id,Note,Blob metrics / Area\n{'a' * 24},,4\n{'c' * 24},n8,8\n")
    assert columns(segue.read(path, table=table)) == {"properties": ["Blob metrics / Area", "Blob metrics / Centroid / x", "Note"]}
    path = nimbus(4, 7, 8)
    whole = json.loads(path.read_text())
    del whole["annotationPropertyValues"]["b" * 24]
    path.write_text(json.dumps(whole))
    table.write_text(f"id,Note\n{'a' * 24},n4\n{'b' * 24},new\n")
    assert list(columns(segue.read(path, table=table))) == ["properties", "measurements"]


def test_positions_are_joined_by_position(nimbus, tmp_path):
    path = nimbus(4, 7, 8, xy=(0, 2, 2))
    segue.convert(path, tmp_path / "dish.csv", to="nimbus-csv", columns="area")
    joined = segue.read(path, table=tmp_path / "dish.csv")
    assert [s.tables["properties"].frame["Area (px^2)"].to_list() for s in joined.image_sets] == [[32], [32, 32]]
    assert [list(s.tables) for s in joined.image_sets] == [["properties"]] * 2


def test_properties_of_equal_names_come_along(nimbus, tmp_path):
    """In NimbusImage's own tables two properties of one name are two equal headers."""
    path = nimbus(4, 7, 8)
    rows = "".join(f'"{letter * 24}",0,1,1,1,"","polygon","",{at},{at + 1}\n' for at, letter in enumerate("abc"))
    (tmp_path / "dish.csv").write_text('"Id",Channel,XY,Z,Time,"Tags","Shape","Name",Length,Length\n' + rows)
    joined = segue.read(path, table=tmp_path / "dish.csv")
    known = {one.id: one.name for one in joined.properties}
    added = [column for column in joined.image_sets[0].tables["properties"].columns if column.name.startswith("Length")]
    assert [known[column.property] for column in added] == ["Length", "Length"]


def test_tags_of_the_same_members_are_no_other_populations(tmp_path):
    from segue.testing.canonical import canonical

    study = replace(canonical(), image_sets=canonical().image_sets[:1])
    segue.write(study, tmp_path / "whole.json", to="nimbus-json")
    alone = segue.read(tmp_path / "whole.json")
    segue.write(alone, tmp_path / "tags.csv", to="nimbus-csv")
    joined = segue.read(tmp_path / "whole.json", table=tmp_path / "tags.csv")
    assert [one.id for one in joined.populations] == [one.id for one in alone.populations] != [one.name[-1] for one in alone.populations]
    assert joined.image_sets[0].membership.frame.equals(alone.image_sets[0].membership.frame)


def test_a_tag_that_has_other_members_is_one_of_its_own(nimbus, tmp_path):
    from segue.model.populations import Membership, Population

    path = nimbus(4, 7, 8)
    study = segue.read(path)
    first = Membership(study.image_sets[0].membership.frame.head(1).with_columns(population=pl.lit("p1")))
    study = replace(study, populations=(Population("p1", ("cell",), "gate"),), image_sets=(replace(study.image_sets[0], membership=first),))
    segue.write(study, tmp_path / "gated.json", to="nimbus-json")
    segue.convert(path, tmp_path / "tags.csv", to="nimbus-csv")
    joined = segue.read(tmp_path / "gated.json", table=tmp_path / "tags.csv")
    members = joined.image_sets[0].membership.frame.group_by("population", maintain_order=True).len().rows()
    assert (sorted(members), [one.name for one in joined.populations]) == ([("cell", 3), ("p1", 1)], [("cell",), ("cell",)])


def test_connections_are_not_doubled(nimbus, tmp_path):
    path = nimbus(4, 7, 8)
    whole = json.loads(path.read_text())
    whole["annotationConnections"] = [{"_id": "1" * 24, "parentId": "a" * 24, "childId": "b" * 24, "tags": ["x, y"], "label": "near"}]
    path.write_text(json.dumps(whole))
    segue.convert(path, tmp_path / "links.csv", to="nimbus-csv", kind="connections")
    text = (tmp_path / "links.csv").read_text()
    (tmp_path / "links.csv").write_text(text + text.splitlines()[1].replace("b" * 24, "c" * 24) + "\n")
    frame = segue.read(path, table=tmp_path / "links.csv").image_sets[0].connections.frame
    assert frame.select("id", "parent", "child").rows() == [("1" * 24, 0, 1), ("1" * 24 + "-2", 0, 2)]


def test_tables_of_other_programs_are_joined_alike(tmp_path):
    labels = np.zeros((8, 12), np.uint16)
    labels[1:3, 1:3], labels[4:6, 1:4] = 2, 7
    tifffile.imwrite(tmp_path / "cells_mask.tif", labels)
    (tmp_path / "one.csv").write_text("label,area,CD3\n2,4,0.5\n7,6,1.5\n")
    (tmp_path / "two.csv").write_text("label,CD3,area,CD8\n7,2.5,6.0,1\n2,0.5,4.0,2\n")
    segue.convert(tmp_path / "cells_mask.tif", tmp_path / "first.segue", table=tmp_path / "one.csv")
    joined = segue.read(tmp_path / "first.segue", table=tmp_path / "two.csv")
    (table,) = joined.image_sets[0].tables.values()
    assert {name: table.frame[name].to_list() for name in table.frame.columns[1:]} == {"area": [4, 6], "CD3": [0.5, 1.5], "CD3-2": [0.5, 2.5], "CD8": [2, 1]}


def of(about="objects", **columns):
    kinds = {pl.Float64: "number", pl.Int64: "integer", pl.Utf8: "text", pl.Boolean: "boolean"}
    frame = pl.DataFrame(columns, schema_overrides={key: pl.Int32 for key in ("row", "t", "c", "z") if key in columns})
    names = [name for name in columns if name not in ("row", "t", "c", "z")]
    return Table(about, frame, tuple(Column(name, kinds[frame[name].dtype]) for name in names))


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ([1, 2], [1.0, 2.0]),
        ([True, False], [1.0, 0.0]),
        (["007", "1.50"], [7.0, 1.5]),
        ([float("nan"), 2.0], [None, 2.0]),
        (["a", "b"], ["a", None]),
    ],
)
def test_equal_values_of_other_types_are_equal(here, there):
    known, notes = with_columns({"m": of(row=[0, 1], A=here)}, {"m": of(row=[0, 1], A=there)}, (), "x.csv")
    assert (list(known), known["m"].frame["A"].len(), known["m"].frame.width, notes) == (["m"], 2, 2, [])


@pytest.mark.parametrize(("here", "there"), [([1, 2], [1.0, 2.5]), (["a", "b"], [1.0, 2.0]), ([None, 2.0], [1.0, 2.0]), (["a", "b"], ["a", "B"])])
def test_others_are_not(here, there):
    known, notes = with_columns({"m": of(row=[0, 1], A=here)}, {"m": of(row=[0, 1], A=there)}, (), "x.csv")
    assert known["m"].frame["A-2"].to_list() == there
    assert len(notes) == 1


def test_equal_numbers_of_other_units_are_not():
    old, new = of(row=[0], A=[1.0]), of(row=[0], A=[1.0])
    old, new = (replace(one, columns=(replace(one.columns[0], unit=unit),)) for one, unit in ((old, "um"), (new, "px")))
    assert [column.unit for column in with_columns({"m": old}, {"m": new}, (), "x")[0]["m"].columns] == ["um", "px"]


def test_rows_that_only_the_new_table_has_are_added():
    known, _ = with_columns({"m": of(row=[0, 2], A=[1.0, 3.0])}, {"m": of(row=[1, 2], B=[5.0, 6.0])}, (), "x.csv")
    assert known["m"].frame.rows() == [(0, 1.0, None), (1, None, 5.0), (2, 3.0, 6.0)]


def test_columns_are_looked_for_in_all_tables_about_the_same():
    there = {"a": of(row=[0], A=[1.0]), "planes": of("objects on planes", row=[0], t=[None], c=[0], z=[None], B=[1.0])}
    known, _ = with_columns(there, {"b": of(row=[0], A=[1.0], B=[1.0])}, (), "x.csv")
    assert {name: [column.name for column in table.columns] for name, table in known.items()} == {"a": ["A"], "planes": ["B"], "b": ["B"]}
    again, _ = with_columns(there, {"planes": there["planes"]}, (), "x.csv")
    assert list(again) == ["a", "planes"]


def test_a_column_is_known_by_its_property_too():
    from segue.model.study import Property

    old = of(row=[0], x=[1.0])
    old = Table("objects", old.frame, (Column("x", "number", "p", ("Centroid", "x")),))
    new = of(row=[0], **{"Blob / Centroid / x": [1.0]})
    assert list(with_columns({"m": old}, {"n": new}, (Property("p", "Blob"),), "x.csv")[0]) == ["m"]

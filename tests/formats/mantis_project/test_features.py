"""Values of segments, both ways."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
from tests.formats.mantis_project.conftest import row, tables

from segue.model.image import ArrayPixels, LabelImage
from segue.model.objects import Objects
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table
from segue.notes import Kind


def test_values_stand_beside_their_segment(project):
    values = [("a", "Age", 20, 0.1), ("a", "CD3 Mean", 3, 1.5), ("a", "CD3 Mean", 20, 2.5), ("a", "Age", 7, 1e300)]
    s = project.image_set("a", "CD3").database(features=values).study().image_sets[0]
    table = s.tables["features"]
    assert s.objects.frame["label"].to_list() == [3, 7, 20]
    assert table.frame.rows() == [(0, None, 1.5), (1, 1e300, None), (2, 0.1, 2.5)]


def test_what_mantis_computed_is_recognised(project):
    values = [("a", f"{channel} {what}", 3, 1.0) for channel in ("CD3", "CD9") for what in ("Mean", "Num0")] + [("a", "Segment Area", 3, 9.0)]
    project.image_set("a", "CD3").database(features=values, generated=["a"])
    columns = project.study().image_sets[0].tables["features"].columns
    told = {one.name: (one.channel, one.measurement, one.unit) for one in columns}
    assert told["CD3 Mean"] == ("CD3", "mean", None)
    assert told["CD3 Num0"] == ("CD3", "zeros", None)
    assert told["CD9 Mean"] == (None, None, None)
    assert told["Segment Area"] == (None, "area", "pixel^2")


def test_what_others_imported_under_such_a_name_is_not(project):
    columns = project.image_set("a", "CD3").database(features=[("a", "CD3 Mean", 3, 1.0)]).study().image_sets[0].tables["features"].columns
    assert columns == (Column("CD3 Mean"),)


def test_impossible_segments_and_second_values_are_counted(project):
    values = [("a", "x", 0, 1.0), ("a", "x", -4, 1.0), ("a", "x", 2.5, 1.0), ("a", "x", 3, 1.0), ("a", "x", 3, 2.0)]
    study, notes = project.image_set("a", "CD3").database(features=values).read()
    assert study.image_sets[0].tables["features"].frame.rows() == [(0, 2.0)]
    (note,) = notes.of_kind(Kind.REPAIRED)
    assert note.count == 4


def test_names_that_no_column_can_have(project, written):
    values = [("a", "row", 3, 1.0), ("a", "", 3, 2.0), ("a", "b", 3, 3.0)]
    study = project.image_set("a", "CD3").database(features=values).study()
    assert tables(written(study)[0])["features"] == sorted(values)


def test_tables_of_a_study_become_features(written):
    frame = pl.DataFrame({"row": [1, 0], "area": [3, None], "mean": [float("nan"), 0.5], "big": [True, False], "note": ["a", "b"]})
    table = Table("objects", frame, (Column("area", "integer"), Column("mean"), Column("big", "boolean"), Column("note", "text")))
    objects = Objects(pl.DataFrame({"id": ["5", "cell"], "layer": ["cells", "cells"], "label": [5, 2]}))
    labels = LabelImage(ArrayPixels(np.array([[5, 2]], np.uint16)), "yx", "cells")
    root, again = written(Study((ImageSet("a", labels=(labels,), objects=objects, tables={"values": table}),)))
    assert tables(root)["features"] == [("a", "area", 2, 3.0), ("a", "big", 2, 1.0), ("a", "big", 5, 0.0), ("a", "mean", 5, 0.5)]
    s = again.image_sets[0]
    assert s.objects.frame.select("id", "label", "layer").rows() == [("cell", 2, "cells"), ("5", 5, "cells")]


def test_members_without_a_label_get_free_numbers_and_keep_their_ids(project, written):
    study = project.image_set("a", "CD3").database({}, {"a": [row("T", "x", segments=[3])]}).study()
    s = study.image_sets[0]
    extra = pl.concat([s.objects.frame, Objects(pl.DataFrame({"id": ["loose", "unused"]})).frame])
    membership = pl.concat([s.membership.frame, s.membership.frame.with_columns(object=pl.lit(1, pl.Int32), nth_in_population=pl.lit(1, pl.Int32))])
    changed = replace(s, objects=Objects(extra), membership=replace(s.membership, frame=membership))
    root, again = written(replace(study, image_sets=(changed,)))
    assert tables(root)["selections"][0][2]["selectedSegments"] == [3, 1]
    assert again.image_sets[0].objects.frame.select("id", "label").rows() == [("loose", 1), ("3", 3)]

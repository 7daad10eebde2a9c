"""What rules select: regions, gates, sets; and what cannot be run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from segue.errors import UsageError
from segue.model.image import ArrayPixels, Image, LabelImage
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.rings import Rings, concat
from segue.model.rules import GateRule, ListRule, PolygonTerm, Range, RegionRule, SetsRule
from segue.model.shapes import Shapes
from segue.workflow.selecting.evaluate import select_rows, with_members


def only(study, *populations):
    """The study with these populations, and without members."""
    sets = tuple(replace(s, membership=Membership.empty()) for s in study.image_sets)
    return replace(study, image_sets=sets, populations=populations)


def run(study, *wanted):
    s, rows = select_rows(study.image_sets[0], study.populations, set(wanted))
    return {name: s.objects.frame["id"].gather(found).to_list() for name, found in rows.items()}


def by(study, rule):
    return run(only(study, Population("p", ("p",), rule=rule)), "p")["p"]


@pytest.mark.parametrize(
    ("rule", "cells"),
    [
        ("centroid", ["1", "2", "3"]),  # that of cell 3 lies at x = 14, on the right edge, which belongs to the square
        ("majority", ["1", "2"]),  # cell 3 has exactly half of its pixels inside
        ("any", ["1", "2", "3", "4"]),
        ("mantis-1.0", ["1", "2", "3"]),  # its centre cut off is 13
        ("mantis-1.1", ["1", "2", "3"]),
    ],
)
def test_what_of_a_segment_has_to_lie_in_a_region(study, rule, cells):
    assert by(study, RegionRule(("left",), rule)) == cells


def test_several_regions_are_one_area(study):
    """Half of cell 3 in each of two regions is more than half in both together."""
    s = study.image_sets[0]
    objects = pl.concat([s.objects.frame, s.objects.frame[:1].with_columns(id=pl.lit("right"))])
    shapes = Shapes(
        pl.concat([s.shapes.frame, s.shapes.frame.with_columns(object=pl.lit(len(s.objects), pl.Int32))]),
        concat([s.shapes.rings, Rings.simple([[14, 4], [16, 4], [16, 14], [14, 14]], [0, 4])]),
    )
    study = replace(study, image_sets=(replace(s, objects=Objects(objects), shapes=shapes),))
    assert by(study, RegionRule(("left", "right"), "majority")) == ["1", "2", "3"]


def test_regions_of_one_plane_select_the_segments_that_lie_there(study):
    s = study.image_sets[0]
    flat = s.labels[0].pixels.array
    stack = np.stack([flat, np.where(flat == 1, 0, flat), np.where(flat == 1, 0, flat)])
    s = replace(s, images=(), labels=(LabelImage(ArrayPixels(stack), "zyx", "cells"),), shapes=s.shapes.with_columns(z=2), tables={})
    study = replace(study, image_sets=(s,))
    assert by(study, RegionRule(("left",), "any")) == ["2", "3", "4"]
    assert by(study, RegionRule(("left",), "centroid")) == []  # their centres are on the plane between


def test_regions_of_one_time_point_select_there(study):
    s = replace(study.image_sets[0], membership=Membership.empty())
    flat = s.labels[0].pixels.array
    objects = s.objects.frame[:1].with_columns(t=pl.lit(1, pl.Int32))
    s = replace(s, images=(), labels=(LabelImage(ArrayPixels(np.stack([flat, flat])), "tyx", "cells"),), tables={}, objects=Objects(objects))
    listed, rows = select_rows(s, (Population("p", ("p",), rule=RegionRule(("left",), "any")),), {"p"})
    assert listed.objects.frame[rows["p"]].select("t", "label").rows() == [(1, 1), (1, 2), (1, 3), (1, 4)]


def test_segments_that_no_table_lists_become_objects_and_ids_stay_unique(study):
    s = replace(
        study.image_sets[0], objects=Objects(study.image_sets[0].objects.frame[:1].with_columns(id=pl.lit("2"))), tables={}, membership=Membership.empty()
    )
    found, rows = select_rows(s, (Population("p", ("p",), rule=RegionRule(("2",))),), {"p"})
    assert found.objects.frame["id"].to_list() == ["2", "1", "2-2", "3", "4", "9"]
    assert found.objects.frame["label"].gather(rows["p"]).to_list() == [1, 2, 3]


def test_drawn_objects_are_selected_by_their_centre_and_regions_never(study):
    s = study.image_sets[0]
    drawn = s.objects.frame[1:2].with_columns(id=pl.lit("spot"), layer=pl.lit(None, pl.Utf8), label=pl.lit(None, pl.UInt64))
    point = Shapes(pl.DataFrame({"object": [len(s.objects)], "kind": ["point"]}), Rings.simple([[6.0, 6.0]], [0, 1]))
    shapes = Shapes(pl.concat([s.shapes.frame, point.frame]), concat([s.shapes.rings, point.rings]))
    study = replace(study, image_sets=(replace(s, objects=Objects(pl.concat([s.objects.frame, drawn])), shapes=shapes),))
    assert by(study, RegionRule(("left",), "any")) == ["1", "2", "3", "4", "spot"]


def test_masks_are_sets_of_pixels(study):
    """The row run of the pixels 5..7 of row 6: the pixel of the centre of cell 1 is among them."""
    s = study.image_sets[0]
    mask = Shapes(
        pl.DataFrame({"object": [0], "kind": ["mask"]}),
        Rings(np.array([[5, 6], [8, 7], [5, 6], [8, 6.0]]), np.array([0, 2, 4]), np.array([0, 2]), np.array([0, 1])),
    )
    study = replace(study, image_sets=(replace(s, shapes=mask),))
    assert all(by(study, RegionRule(("left",), rule)) == ["1"] for rule in ("centroid", "any", "mantis-1.0", "mantis-1.1"))


def test_where_a_rule_has_no_region_the_members_stay_as_they_are(study):
    assert run(only(study, Population("p", ("p",), rule=RegionRule(("elsewhere",)))), "p") == {}


def test_ranges_hold_both_their_ends_and_nothing_that_is_missing(study):
    assert by(study, GateRule((Range("area", 12, 24),))) == ["2", "3", "9"]
    assert by(study, GateRule((Range("area", 12.01, 23.99),))) == []
    assert by(study, GateRule((Range("score"),))) == ["2", "3", "4", "9"]
    assert by(study, GateRule((Range("area", 12), Range("score", None, 2)))) == ["2", "3"]


@pytest.mark.parametrize(("scale", "cells"), [("linear", []), ("log10", ["3"]), ("arcsinh", ["3"])])
def test_the_edges_of_a_polygon_are_straight_on_its_scale(study, scale, cells):
    """Cell 3 is at (24, 2): the straight line from (13, 0) to (30, 3) passes below it on a plain scale, and above it on a logarithmic one."""
    term = PolygonTerm("area", "score", ((13.0, 0.0), (30.0, 0.0), (30.0, 3.0)), x_scale=scale)
    assert by(study, GateRule((term,))) == cells


def test_very_large_and_very_small_values_are_gated_alike(study):
    s = study.image_sets[0]
    table = s.tables["values"]
    for factor in (1e-12, 1e12):
        frame = table.frame.with_columns(pl.col("area") * factor)
        scaled = replace(study, image_sets=(replace(s, tables={"values": replace(table, frame=frame)}),))
        corners = tuple((x * factor, y) for x, y in ((10.0, 0.0), (25.0, 0.0), (25.0, 5.0), (10.0, 5.0)))
        assert by(scaled, GateRule((PolygonTerm("area", "score", corners),))) == ["2", "3", "9"]


def test_parents_and_sets_are_run_in_order_whatever_theirs_is(study):
    found = run(replace(study, populations=study.populations[::-1]), "region", "gate", "sets", "child")
    assert found == {"region": ["1", "2", "3"], "gate": ["2", "3", "4", "9"], "sets": ["4", "9"], "child": ["2", "3"]}


@pytest.mark.parametrize(("op", "cells"), [("union", ["1", "2", "3", "9"]), ("intersection", ["2"]), ("difference", ["9"])])
def test_set_operations_take_lists_as_they_are(study, op, cells):
    study = replace(study, populations=(*study.populations, Population("new", ("New",), rule=SetsRule(op, ("list", "region")))))
    assert run(study, "new", "region")["new"] == cells


@pytest.mark.parametrize(
    ("populations", "said"),
    [
        ({"a": SetsRule("union", ("b",)), "b": GateRule((), "c"), "c": SetsRule("union", ("a",))}, "lead back to themselves: 'a' -> 'b' -> 'c' -> 'a'"),
        ({"a": GateRule((), "a")}, "lead back to themselves: 'a' -> 'a'"),
        ({"a": SetsRule("union", ("gone",))}, "made of the population 'gone', which is not there"),
        ({"a": GateRule((Range("aera"),))}, "no table of 'field' has a column 'aera'; there are: 'area'"),
        ({"a": GateRule((PolygonTerm("area", "score", ((0, 0), (1, 1))),))}, "needs three corners"),
        ({"a": GateRule((PolygonTerm("area", "score", ((-3, 0), (1, 1), (2, 0)), x_scale="log10"),))}, "a place on its scale"),
    ],
)
def test_what_cannot_be_run_is_said(study, populations, said):
    with pytest.raises(UsageError, match=said.replace("(", r"\(")):
        run(only(study, *(Population(name, (name,), rule=rule) for name, rule in populations.items())), "a")


def test_a_column_of_two_tables_needs_its_table(study):
    s = study.image_sets[0]
    s = replace(s, tables={**s.tables, "more": s.tables["values"]})
    study = replace(study, image_sets=(s,))
    with pytest.raises(UsageError, match="'area' is in 2 tables of 'field'; say which one: 'values/area' or 'more/area'"):
        by(study, GateRule((Range("area"),)))
    assert by(study, GateRule((Range("more/area", 30),))) == ["4"]


def test_long_chains_of_parents_are_no_matter(study):
    chain = [Population("0", ("0",), rule=GateRule((Range("area", 12),)))]
    chain += [Population(f"{n}", (f"{n}",), rule=GateRule((), f"{n - 1}")) for n in range(1, 3000)]
    assert run(only(study, *chain), "2999") == {"2999": []}  # its parent has no members yet
    assert run(only(study, *chain), *(one.id for one in chain))["2999"] == ["2", "3", "4", "9"]


def test_members_take_their_place_behind_the_populations_that_an_object_is_in(study):
    s = study.image_sets[0]
    found = with_members(s, {"region": np.array([1, 2]), "gate": np.array([2, 3])}, {"cells": "print"})
    rows = found.membership.frame.filter(pl.col("object") == 2).sort("nth_of_object").select("population", "nth_of_object", "labels").rows()
    assert rows == [("list", 0, None), ("region", 1, "print"), ("gate", 2, "print")]
    again = with_members(found, {"list": np.array([2])}, {"cells": "print"})
    assert again.membership.frame.filter(population="list").select("object", "nth_in_population", "nth_of_object", "labels").rows() == [(2, 0, 0, "print")]
    assert isinstance(study.populations[0].rule, ListRule)


def test_channels_that_could_be_measured_are_named(study):
    """Whoever mistypes a channel sees which there are; that they can be measured is said only where there are segments."""
    (s,) = study.image_sets
    pixels = ArrayPixels(np.zeros((2, *s.labels[0].pixels.shape[-2:]), np.uint8))
    shown = replace(study, image_sets=(replace(s, images=(Image(pixels, "cyx", "image", channels=("CD3", "CD8")),)),))
    rule = Population("a", ("a",), rule=GateRule((Range("CD5 mean"),)))
    said = "What is not there is measured: 'CHANNEL mean' and the like, of the channels 'CD3', 'CD8'"
    with pytest.raises(UsageError, match=said):
        run(only(shown, rule), "a")
    bare = replace(shown, image_sets=(replace(shown.image_sets[0], labels=()),))
    with pytest.raises(UsageError, match="no table of 'field' has a column 'CD5 mean'") as found:
        run(only(bare, rule), "a")
    assert "CHANNEL" not in str(found.value)

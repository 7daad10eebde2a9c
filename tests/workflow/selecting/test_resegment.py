"""A changed segmentation: what is selected anew, measured again, stale, back; and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from segue.errors import Incompatible, InvalidOption
from segue.model.diff import diff
from segue.model.features import Feature
from segue.model.image import ArrayPixels, LabelImage, in_memory
from segue.model.patch import patched
from segue.model.populations import Membership, Population
from segue.model.rules import GateRule, Range, SetsRule
from segue.model.study import EXTRAS
from segue.notes import Kind
from segue.workflow.edits.between import Unsaid, patch_between
from segue.workflow.resegment import resegmented
from segue.workflow.selecting.evaluate import select_rows, with_members
from segue.workflow.selecting.fit import fit_of, judged
from segue.workflow.selecting.stale import stale_in
from segue.workflow.selections.selected import again


def image(pixels, name="new"):
    return LabelImage(ArrayPixels(pixels), "yx", name)


def reversed_labels(pixels):
    """The same cells, numbered from the last to the first: 1, 2, 3, 4, 9 -> 5, 4, 3, 2, 1."""
    numbers = np.unique(pixels)[1:]
    found = np.zeros_like(pixels)
    for place, number in enumerate(numbers[::-1], 1):
        found[pixels == number] = place
    return found


@pytest.fixture
def ready(study):
    """All rules were run on the mask, and the list is known to be made on it."""
    s, rows = select_rows(study.image_sets[0], study.populations, {one.id for one in study.populations})
    fingerprint = s.labels[0].fingerprint()
    s = replace(s, membership=Membership(s.membership.frame.with_columns(labels=pl.lit(fingerprint))))
    return replace(study, image_sets=(with_members(s, rows, {"cells": fingerprint}),))


def members(study, population, column="label"):
    s = study.image_sets[0]
    rows = s.membership.frame.filter(pl.col("population") == population).sort("nth_in_population")["object"]
    return s.objects.frame[column].gather(rows).to_list()


def test_the_same_cells_are_selected_under_their_new_numbers(ready):
    done = resegmented(ready, {0: image(reversed_labels(in_memory(ready.image_sets[0].labels[0].pixels)))})
    assert members(done.study, "region") == [3, 4, 5]
    assert members(done.study, "gate") == [1, 2, 3, 4]
    assert members(done.study, "sets") == [1, 2]
    assert members(done.study, "child") == [3, 4]
    (s,) = done.study.image_sets
    assert s.labels[0].name == "cells"
    assert s.objects.frame["id"].to_list() == ["left", "1", "2", "3", "4", "5"]
    assert s.objects.frame["name"][0] == "Left"
    assert set(s.membership.frame["labels"]) == {s.labels[0].fingerprint()}


def test_a_list_is_stale_though_its_numbers_exist_and_it_is_said_how_that_was_noticed(ready):
    new = image(np.where(in_memory(ready.image_sets[0].labels[0].pixels) == 4, 0, in_memory(ready.image_sets[0].labels[0].pixels)))
    old = ready.image_sets[0].labels[0].fingerprint()
    done = resegmented(ready, {0: new})
    assert members(done.study, "list") == []
    (kept,) = stale_in(done.study.image_sets[0])
    assert (kept.population, kept.labels, kept.members) == ("list", old, ("2", "9"))
    row = done.study.image_sets[0].extras.row(0)
    assert row[:3] == ("segue", "population", "list")
    assert json.loads(row[3]) == {"stale": {"labels": old, "members": ["2", "9"]}}
    (note,) = [note for note in done.notes if note.kind is Kind.CHANGED]
    assert note.feature is Feature.MEMBERSHIP
    assert note.count == 2
    for said in ("'Drawn on a plot' is stale", "2 members", old[:8], new.fingerprint()[:8], "2 of its ids exist here, too (2, 9)"):
        assert said in note.sentence
    (report,) = [one for one in done.populations if one.outcome == "stale"]
    assert (report.population, report.before, report.after, old[:8] in report.why) == ("Drawn on a plot", 2, 0, True)


def test_a_list_whose_labels_nobody_knows_is_stale_too(ready):
    s = ready.image_sets[0]
    unknown = replace(ready, image_sets=(replace(s, membership=Membership(s.membership.frame.with_columns(labels=None))),))
    done = resegmented(unknown, {0: image(reversed_labels(in_memory(s.labels[0].pixels)))})
    assert [one.outcome for one in done.populations if one.rule == "list"] == ["stale"]
    assert "nothing says on which labels it was made" in str(done.notes.of_kind(Kind.CHANGED).items[0])


def test_a_list_is_back_with_its_labels(ready):
    old = ready.image_sets[0].labels[0]
    away = resegmented(ready, {0: image(reversed_labels(in_memory(old.pixels)))}).study
    done = resegmented(away, {0: replace(old, name="anything")})
    assert [one.outcome for one in done.populations if one.rule == "list"] == ["back"]
    assert members(done.study, "list") == [2, 9]
    assert not len(done.study.image_sets[0].extras)
    assert set(diff(ready, done.study)) <= {Feature.MEMBERSHIP, Feature.VALUES, Feature.COLUMNS}
    assert "score" not in [column.name for column in done.study.image_sets[0].tables["values"].columns]


def test_the_same_labels_change_nothing(ready):
    done = resegmented(ready, {0: image(in_memory(ready.image_sets[0].labels[0].pixels).astype(np.int64))})
    assert not diff(ready, done.study)
    assert "the labels are those that it has already" in str(done.notes.items[0])


def test_values_that_know_their_measurement_are_measured_again_and_the_others_go(ready):
    pixels = in_memory(ready.image_sets[0].labels[0].pixels)
    done = resegmented(ready, {0: image(np.where(pixels == 9, 0, pixels))})
    table = done.study.image_sets[0].tables["values"]
    assert [column.name for column in table.columns] == ["area"]
    assert table.frame["area"].to_list() == [9.0, 12.0, 24.0, 30.0]
    (note,) = done.notes.of_kind(Kind.LOST)
    assert (note.feature, note.count, "score" in note.sentence) == (Feature.VALUES, 4, True)


def test_a_gate_on_values_that_are_gone_is_stale_and_so_is_what_is_made_of_it(ready):
    more = (Population("scored", ("Scored",), rule=GateRule((Range("score", 2),))), Population("both", ("Both",), rule=SetsRule("union", ("scored", "gate"))))
    study = replace(ready, populations=(*ready.populations, *more))
    s, rows = select_rows(study.image_sets[0], study.populations, {"scored", "both"})
    study = replace(study, image_sets=(with_members(s, rows, {"cells": s.labels[0].fingerprint()}),))
    done = resegmented(study, {0: image(reversed_labels(in_memory(s.labels[0].pixels)))})
    found = {one.population: one for one in done.populations}
    assert (found["Scored"].outcome, found["Both"].outcome) == ("stale", "stale")
    assert "needs the values 'score', which could not be measured on the new labels" in found["Scored"].why
    assert found["Large"].outcome == "selected anew"


def test_columns_that_a_gate_names_are_measured_if_they_can_be(ready):
    study = replace(ready, populations=(*ready.populations, Population("cd3", ("CD3 high",), rule=GateRule((Range("CD3 mean", 35, None),)))))
    done = again(study)
    assert members(done.study, "cd3") == [4, 9]
    done = again(done.study, labels={0: image(reversed_labels(in_memory(study.image_sets[0].labels[0].pixels)))})
    assert members(done.study, "cd3") == [1, 2]  # the same cells: the image has not changed
    assert done.study.image_sets[0].tables["measurements"].frame.height == 5


def test_another_size_is_refused_with_both_sizes(ready):
    with pytest.raises(Incompatible, match=r"new labels have y 19 x x 30 pixels and the segmentation that they replace has y 20 x x 30"):
        resegmented(ready, {0: image(np.zeros((19, 30), np.uint8))})


def test_of_several_label_images_one_has_to_be_named(ready):
    s = ready.image_sets[0]
    study = replace(ready, image_sets=(replace(s, labels=(*s.labels, image(np.zeros((20, 30), np.uint8), "nuclei"))),))
    new = image(reversed_labels(in_memory(s.labels[0].pixels)))
    with pytest.raises(InvalidOption, match=r"--layer \('cells', 'nuclei'\)"):
        resegmented(study, {0: new})
    assert members(resegmented(study, {0: new}, "cells").study, "region") == [3, 4, 5]
    with pytest.raises(InvalidOption, match="no label image 'other'"):
        resegmented(study, {0: new}, "other")


def test_the_first_labels_of_a_study_keep_its_lists(ready):
    """A file that lists members, and knows no pixels: labels come later."""
    s = ready.image_sets[0]
    bare = replace(s, labels=(), images=(), membership=Membership(s.membership.frame.with_columns(labels=None)))
    done = resegmented(replace(ready, image_sets=(bare,)), {0: image(in_memory(s.labels[0].pixels))})
    assert members(done.study, "list") == [2, 9]
    assert set(done.study.image_sets[0].membership.frame["labels"]) == {s.labels[0].fingerprint()}, "the region fits, so the list does"


def test_stored_members_are_judged_by_the_regions_beside_them(ready):
    s = ready.image_sets[0]
    unknown = replace(ready, image_sets=(replace(s, membership=Membership(s.membership.frame.with_columns(labels=None))),))
    fit = fit_of(unknown, unknown.image_sets[0])
    assert (fit.stored, fit.selected, fit.both, fit.share, fit.good) == (3, 3, 3, 1.0, True)
    found, notes = judged(unknown)
    assert (not notes, found.image_sets[0].membership.frame["labels"].null_count()) == (True, 0)
    other = replace(unknown.image_sets[0], labels=(image(reversed_labels(in_memory(s.labels[0].pixels)), "cells"),))
    found, notes = judged(replace(unknown, image_sets=(other,)))
    assert found.image_sets[0].membership.frame["labels"].null_count() == len(s.membership)
    assert "list 3 segments and select 3 on these labels, and only 1 are the same" in str(notes.items[0])
    bare = replace(s, membership=Membership(unknown.image_sets[0].membership.frame.filter(population="list")))
    nothing = replace(ready, image_sets=(bare,), populations=ready.populations[:1])
    found, notes = judged(nothing)
    assert (found.image_sets[0].membership.frame["labels"].null_count(), len(notes)) == (2, 0)


def test_a_patch_says_what_changed_both_ways(ready):
    done = resegmented(ready, {0: image(reversed_labels(in_memory(ready.image_sets[0].labels[0].pixels)))}).study
    patch = patch_between(ready, done)
    assert patch is not None
    assert not isinstance(patch, Unsaid)
    assert not diff(patched(ready, patch), done)
    assert not diff(patched(done, patch.inverted()), ready)
    assert patch_between(ready, ready) is None


def test_what_is_foreign_in_the_extras_stays(ready):
    rows = pl.DataFrame([("segue", "population", "list", "{}"), ("mantis", "population", "list", '{"stale": 1}')], schema=EXTRAS, orient="row")
    study = replace(ready, image_sets=(replace(ready.image_sets[0], extras=rows),))
    done = resegmented(study, {0: image(reversed_labels(in_memory(ready.image_sets[0].labels[0].pixels)))})
    assert done.study.image_sets[0].extras.rows()[:2] == rows.rows()
    assert done.study.image_sets[0].extras.height == 3

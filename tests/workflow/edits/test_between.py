"""The patch between two states: made, taken back, and through the text of the journal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings

from segue.formats.segue_study.patch_text import from_plain, to_plain
from segue.model.diff import diff
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, LabelImage
from segue.model.objects import Objects
from segue.model.patch import patched
from segue.model.populations import Membership, Population
from segue.model.rings import Rings
from segue.model.rules import GateRule, Range
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table
from segue.testing.strategies import studies
from segue.workflow.edits.between import Unsaid, patch_between, runs_between, splice_between


def both_ways(before, after):
    """Make a patch, read it back from its text, and make it in both directions."""
    patch = patch_between(before, after)
    assert patch is not None
    assert not isinstance(patch, Unsaid), patch
    patch = from_plain(to_plain(patch), "the journal")
    assert not diff(patched(before, patch), after)
    assert not diff(patched(after, patch.inverted()), before)
    return patch


def small(*labels):
    """A study of objects with labels, an area and a point each."""
    count = len(labels)
    objects = Objects(pl.DataFrame({"id": [f"c{label}" for label in labels], "label": labels}, schema_overrides={"label": pl.UInt64}))
    points = Rings.simple(np.array([[float(label), 1.0] for label in labels]).reshape(-1, 2), np.arange(count + 1))
    shapes = Shapes(pl.DataFrame({"object": range(count), "kind": ["point"] * count}, schema_overrides={"object": pl.Int32}), points)
    values = Table(
        "objects",
        pl.DataFrame({"row": range(count), "v": [label * 1.5 for label in labels]}, schema_overrides={"row": pl.Int32, "v": pl.Float64}),
        (Column("v"),),
    )
    members = Membership.of(pl.DataFrame({"population": ["p"] * count, "object": range(count)}, schema_overrides={"population": pl.Utf8, "object": pl.Int32}))
    pixels = np.zeros((4, 12), np.uint8)
    for label in labels:
        pixels[1:3, label] = label
    image = LabelImage(ArrayPixels(pixels), "yx")
    s = ImageSet("s", grid_of("yx", pixels.shape), labels=(image,), objects=objects, shapes=shapes, tables={"t": values}, membership=members)
    return Study((s,), (Population("p", ("P",)),))


@pytest.mark.parametrize(
    ("before", "after"),
    [((1, 2, 3), (1, 3)), ((1, 3), (1, 2, 3)), ((1, 2, 3), (3, 2, 1)), ((1, 2), (5, 6)), ((), (4,)), ((4,), ()), ((1, 2, 3, 4), (0 + 9, 2, 3, 7))],
)
def test_objects_come_and_go_with_all_that_refers_to_them(before, after):
    both_ways(small(*before), small(*after))


def test_rows_that_stay_are_not_in_the_patch():
    patch = both_ways(small(1, 2, 3, 4, 5), small(1, 2, 4, 5))
    parts = patch.image_sets[0].parts
    assert {name: (len(part.gone_at), len(part.come_at)) for name, part in parts.items() if name not in ("membership",)} == {
        "objects": (1, 0),
        "shapes": (1, 0),
        "table:t": (1, 0),
    }


def test_tables_come_go_and_get_other_columns():
    before = small(1, 2)
    s = before.image_sets[0]
    more = Table(
        "objects",
        pl.DataFrame({"row": [0], "odd: name": [2.0], "text": ["x"]}, schema_overrides={"row": pl.Int32}),
        (Column("odd: name"), Column("text", "text")),
    )
    facts = Table("image set", pl.DataFrame({"n": [1]}), (Column("n", "integer"),))
    after = replace(before, image_sets=(replace(s, tables={"new": more, "facts": facts}),))
    both_ways(before, after)
    wider = replace(before, image_sets=(replace(s, tables={"t": replace(more, stale=pl.Series("row", [0], dtype=pl.Int32))}),))
    both_ways(before, wider)


def test_definitions_of_populations_come_go_move_and_change():
    before = replace(small(1), populations=tuple(Population(name, (name,)) for name in "pqrs"))
    changed = Population("q", ("Q",), "gate", 0xFF, rule=GateRule((Range("v", 1, None),)))
    after = replace(before, populations=(before.populations[2], Population("n", ("new",)), before.populations[0], changed))
    both_ways(before, after)


def test_pixels_that_change_are_runs():
    before, after = small(1, 2, 3), small(2, 3, 5)
    runs = runs_between(before.image_sets[0].labels[0], after.image_sets[0].labels[0])
    assert runs.select("y", "x0", "x1", "old", "new").rows() == [(1, 1, 2, 1, 0), (1, 5, 6, 0, 5), (2, 1, 2, 1, 0), (2, 5, 6, 0, 5)]
    assert runs_between(before.image_sets[0].labels[0], after.image_sets[0].labels[0], 3) is None
    wide = replace(after.image_sets[0], labels=(LabelImage(ArrayPixels(after.image_sets[0].labels[0].pixels.array.astype(np.int64) * 1000), "yx"),))
    both_ways(before, replace(after, image_sets=(wide,)))


def test_what_no_patch_can_say_is_said():
    before = small(1)
    s = before.image_sets[0]
    for after in (
        replace(before, image_sets=()),
        replace(before, image_sets=(replace(s, name="other"),)),
        replace(before, image_sets=(replace(s, labels=()),)),
    ):
        assert isinstance(patch_between(before, after), Unsaid)


def test_image_sets_that_come_behind_the_others():
    before = small(1)
    after = replace(before, image_sets=(*small(1, 2).image_sets, replace(before.image_sets[0], name="other")))
    patch = patch_between(before, after)
    assert not isinstance(patch, Unsaid)
    assert not diff(patched(before, patch), after)
    assert not diff(patched(after, patch.inverted()), before)
    with pytest.raises(ValueError, match="not remembered"):
        patch.inverted().inverted()
    with pytest.raises(ValueError, match="made for another study"):
        patched(before, patch.inverted())


def test_numbers_that_are_no_numbers_are_equal_to_themselves():
    frame = pl.DataFrame({"a": [1.0, float("nan"), None], "b": ["x", None, "z"]})
    assert splice_between(frame, frame.clone()) is None
    splice = splice_between(frame, frame[[0, 2]])
    assert (splice.gone_at.tolist(), splice.come_at.tolist()) == ([1], [])


@given(studies(), studies())
@settings(max_examples=10)
def test_between_any_two_studies_a_patch_is_exact_or_says_why_not(before, after):
    images = min(len(before.image_sets), len(after.image_sets))
    before, after = (replace(one, image_sets=one.image_sets[:images]) for one in (before, after))
    after = replace(after, displays=before.displays, extras=before.extras)
    sets = []
    for was, now in zip(before.image_sets, after.image_sets, strict=True):
        facts = {name: getattr(was, name) for name in ("name", "group", "position", "grid", "display", "history", "images", "labels")}
        sets.append(replace(now, **facts))
    after = replace(after, image_sets=tuple(sets))
    patch = patch_between(before, after)
    if patch is None:
        assert not diff(before, after)
    elif not isinstance(patch, Unsaid):
        assert not diff(patched(before, patch), after)
        assert not diff(patched(after, patch.inverted()), before)

"""Whatever is edited, and whatever the study: taking it back gives the study as it was, and no edit leaves anything that refers to nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from segue.errors import UsageError
from segue.model.diff import diff
from segue.model.image import ArrayPixels, in_memory
from segue.model.objects import repeated_labels
from segue.model.patch import patched
from segue.model.select import take_objects
from segue.model.shapes import ShapeKind
from segue.testing.canonical import canonical
from segue.testing.strategies import studies
from segue.testing.trips import snapshot
from segue.workflow.edits.apply import apply
from segue.workflow.edits.pixels import implied_objects
from segue.workflow.edits.records import edits_of
from segue.workflow.edits.selection import LEVELS

FUZZING = settings().max_examples > 100
AS_DRAWN = settings(phases=list(Phase) if FUZZING else [Phase.explicit, Phase.generate])
"""Making a failing study smaller takes minutes; it is left to ``make fuzz``."""


KINDS = ("rename", "delete", "merge", "merge", "split", "split", "relabel", "relabel-all", "tag", "untag", "class", "colour", "lock")


@st.composite
def edits(draw, study):
    """An edit of any kind, about objects that are there; mostly one that can be done."""
    filled = [nth for nth, s in enumerate(study.image_sets) if s.objects.frame.height or s.labels]
    nth = draw(st.sampled_from(filled or [0]))
    kind = draw(st.sampled_from(KINDS))
    body = {"edit": kind, "image_set": str(nth + 1) if all(s.name != str(nth + 1) for s in study.image_sets) else None} | details(draw, study, kind)
    frame = implied_objects(study.image_sets[nth]).frame
    if kind == "merge" and frame.height and draw(st.integers(0, 4)):
        like = frame.row(draw(st.integers(0, frame.height - 1)), named=True)
        frame = frame.filter(pl.col("t").eq_missing(pl.lit(like["t"])) & pl.col("layer").eq_missing(pl.lit(like["layer"], pl.Utf8)))
        body["objects"] = tuple(f"id:{one}" for one in draw(st.permutations(frame["id"].to_list())))
    elif kind != "relabel-all":
        most = 1 if kind == "relabel" else 4
        chosen = draw(st.lists(st.sampled_from(frame["id"].to_list()), min_size=1, max_size=most)) if frame.height else ["none"]
        body["objects"] = tuple(f"id:{one}" for one in chosen) if most == 1 or draw(st.booleans()) else ("all",)
    (edit,) = edits_of(body)
    return edit


def details(draw, study, kind):
    names = [text for one in study.populations if (text := LEVELS.join(one.name))] or ["new"]
    population = st.sampled_from([*names, "CD3/CD8", "a / b"])
    colour = st.sampled_from([None, "#ff8000", "#00000080"])
    fields = {
        "rename": {"name": st.none() | st.text(max_size=5)},
        "split": {"connectivity": st.sampled_from([4, 8])},
        "relabel": {"label": st.sampled_from([1, 7, 300, 70_000, 2**33, 2**64 - 1])},
        "tag": {"population": population, "colour": colour},
        "untag": {"population": population},
        "class": {"population": st.none() | population, "colour": colour},
        "colour": {"colour": colour},
        "lock": {"locked": st.sampled_from([False, False, True])},
    }
    return {name: draw(value) for name, value in fields.get(kind, {}).items()}


def unlocked(s):
    return replace(s, objects=s.objects.with_columns(locked=False))


@settings(AS_DRAWN, max_examples=max(100, settings().max_examples))
@given(data=st.data())
def test_what_is_taken_back_is_as_it_was(data):
    study = data.draw(studies() | st.just(canonical()))
    study = study.map(unlocked) if data.draw(st.integers(0, 5)) else study
    before, states, patches = snapshot(study), [], []
    now = study
    for _ in range(4):
        try:
            made = apply(now, data.draw(edits(now)))
        except UsageError:
            continue
        for patch in made.patches:
            states.append(now)
            patches.append(patch)
            now = patched(now, patch)
        assert diff(now, made.study) == {}
        whole(now)
    assert snapshot(study) == before, "the study that was given has changed"
    for state, patch in zip(reversed(states), reversed(patches), strict=True):
        back = patched(now, patch.inverted())
        assert diff(state, back) == {}
        assert snapshot(strip(back)) == snapshot(strip(state))
        again = patched(back, patch)
        assert snapshot(strip(again)) == snapshot(strip(now))
        now = state


def strip(study):
    """Without what is not data: how to close it, and the byte order of labels in memory."""
    return replace(study.map(lambda s: replace(s, labels=tuple(map(native, s.labels)))), close=None)


def native(image):
    array = in_memory(image.pixels)
    return replace(image, pixels=ArrayPixels(array.astype(array.dtype.newbyteorder("="))))


def whole(study):
    """Nothing refers to what is not there: construction checks rows; here the ids."""
    for s in study.image_sets:
        assert not repeated_labels(s.objects.frame).any()
        for table in s.tables.values():
            assert table.stale.is_in(table.frame["row"].implode()).all() if table.keys else table.stale.is_empty()


@AS_DRAWN
@given(study=studies(), data=st.data())
def test_deleting_is_taking_the_others(study, data):
    """Against the plain way of doing it, and pixels against numpy."""
    study = study.map(unlocked)
    s = study.image_sets[0]
    rows = data.draw(st.lists(st.integers(0, max(len(s.objects) - 1, 0)), min_size=1, max_size=4, unique=True)) if len(s.objects) else []
    if not rows:
        return
    gone = s.objects.frame[rows]
    (edit,) = edits_of({"edit": "delete", "objects": [f"id:{one}" for one in gone["id"]], "image_set": s.name if s.name == study.image_sets[0].name else None})
    if [one.name for one in study.image_sets].count(s.name) > 1 or edit.image_set is None:
        return
    found = apply(study, edit).study.image_sets[0]
    kept = np.array([row for row in range(len(s.objects)) if row not in rows], np.int64)
    expected = take_objects(s, kept)
    dead = set(gone["id"])
    strays = [frame.filter((pl.col("entity") == "object") & ~pl.col("id").is_in(s.objects.frame["id"].implode())) for frame in (s.extras, s.aliases)]
    expected = replace(expected, extras=pl.concat([expected.extras, strays[0]]), aliases=pl.concat([expected.aliases, strays[1]]))
    before, after = replace(expected, labels=()), replace(found, labels=())
    assert diff(replace(study, image_sets=(before,)), replace(study, image_sets=(after,))) == {}
    assert not dead & set(found.objects.frame["id"])
    for image, was in zip(found.labels, s.labels, strict=True):
        array = in_memory(was.pixels).copy()
        time = (
            np.broadcast_to(np.arange(array.shape[was.axes.index("t")]).reshape([-1 if axis == "t" else 1 for axis in was.axes]), array.shape)
            if "t" in was.axes
            else 0
        )
        for one in gone.filter(pl.col("layer").eq_missing(pl.lit(was.name)) & pl.col("label").is_not_null()).iter_rows(named=True):
            array[(array == one["label"]) & ((time == one["t"]) if one["t"] is not None else True)] = 0
        assert np.array_equal(in_memory(image.pixels), array)
        assert image.pixels.dtype == was.pixels.dtype


def test_every_kind_of_area_can_be_merged_and_split():
    study = canonical()
    areas = ("rectangle", "rotated rectangle", "oval", "ellipse", "polygon", "freehand", "traced")
    drawings = study.image_sets[1]
    rows = [row for row, name in enumerate(drawings.objects.frame["name"]) if name in areas]
    drawings = take_objects(replace(drawings, objects=drawings.objects.with_columns(t=None)), np.array(rows))
    drawings = replace(drawings, shapes=drawings.shapes.with_columns(z=None, c=None))
    study = replace(study, image_sets=(drawings,))
    (merge,) = edits_of({"edit": "merge", "objects": ["all"]})
    made = apply(study, merge)
    assert (len(made.study.image_sets[0].objects), len(made.study.image_sets[0].shapes)) == (1, 1)
    assert made.study.image_sets[0].shapes.frame["kind"].to_list() == [str(ShapeKind.POLYGON)]
    (split,) = edits_of({"edit": "split", "objects": ["all"]})
    apart = apply(made.study, split)
    assert len(apart.study.image_sets[0].objects) == 2
    for patch in reversed((*made.patches, *apart.patches)):
        apart = replace(apart, study=patched(apart.study, patch.inverted()))
    assert diff(apart.study, study) == {}


@pytest.mark.parametrize("edit", [{"edit": "rename"}, {"edit": "relabel", "label": 0}, {"edit": "colour", "colour": 5}, {"edit": "dance"}, {}])
def test_what_is_no_edit_is_refused(edit):
    from segue.errors import InvalidRecipe

    with pytest.raises(InvalidRecipe, match="cannot be understood"):
        edits_of(edit)

"""Whatever a study holds, it is rendered, or refused in a sentence; and its settings give the same picture again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.errors import SegueError
from segue.model.grid import Axis, Grid
from segue.testing.canonical import canonical
from segue.testing.strategies import everything
from segue.workflow.rendering.choice import Rendering
from segue.workflow.rendering.scene import picture_of
from segue.workflow.rendering.settings import read_settings, settings_bytes

EVERYTHING = {"label_text": True, "legend": True, "label_opacity": 0.3, "population_opacity": 0.4}


def whole(picture):
    return picture.scene.read(tuple(slice(0, size) for size in picture.scene.shape))


def sized(s):
    """The image set on a grid whose size is known."""
    return s if s.images or s.labels or s.grid.known else replace(s, grid=Grid((Axis("y", 24), Axis("x", 24))))


@given(study=everything(), plain=st.booleans())
def test_any_study(study, plain):
    for s in study.image_sets:
        s = replace(sized(s), display=None) if plain else sized(s)
        try:
            picture = picture_of(study, s, Rendering(changes=EVERYTHING), "it")
        except SegueError:
            continue
        found = whole(picture)
        assert found.shape == (*found.shape[:2], 3)
        again = picture_of(study, s, Rendering(), "it", display=picture.display)
        assert np.array_equal(whole(again), found)


@pytest.mark.parametrize("nth", [0, 1])
def test_settings_as_a_file_are_the_display(tmp_path, nth):
    study = canonical()
    picture = picture_of(study, study.image_sets[nth], Rendering(changes=EVERYTHING), "it")
    data, notes = settings_bytes(picture.display, "json")
    (tmp_path / "x.json").write_bytes(data)
    assert read_settings(tmp_path / "x.json")[0] == picture.display
    assert not notes

"""What is drawn for the laws: valid, rich, hostile, and within every limit."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from segue.formats.format import Limit
from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.keep import keep
from segue.model.shapes import ShapeKind
from segue.testing.allowed import Allowed
from segue.testing.canonical import canonical
from segue.testing.scalars import HOSTILE, on_grid, texts
from segue.testing.strategies import studies


def collected(strategy, count=300):
    found = []

    @settings(max_examples=count, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(strategy)
    def collect(one):
        found.append(one)

    collect()
    return found


@pytest.mark.slow
def test_every_feature_and_every_kind_of_shape_occurs():
    seen = set()
    for study in collected(studies()):
        seen |= {feature for feature in F if feature not in seen and diff(study, keep(study, set(F) - {feature}))}
        seen |= {kind for one in study.image_sets for kind in one.shapes.frame["kind"].unique()}
    neutral = {F.PIXEL_TYPE, F.OBJECT_ORDER, F.SHAPE_ROLE}  # what no neutral value can stand for
    assert set(F) - neutral - seen == set()
    assert {str(kind) for kind in ShapeKind} <= seen


@given(study=studies())
def test_studies_are_tiny(study):
    assert 1 <= len(study.image_sets) <= 3
    for one in study.image_sets:
        assert len(one.objects) <= 8
        for image in (*one.images, *one.labels):
            sizes = dict(zip(image.axes, image.pixels.shape, strict=True))
            assert max(sizes["y"], sizes["x"]) <= 24
            assert all(one.grid.size(axis) in (size, None) for axis, size in sizes.items() if axis != "c")


@given(study=studies())
def test_labels_of_objects_are_in_the_label_images(study):
    for one in study.image_sets:
        for image in one.labels:
            labels = one.objects.frame.filter((pl.col("layer") == image.name) & pl.col("label").is_not_null())["label"]
            assert set(labels) <= set(np.unique(image.pixels.array).tolist())


@given(data=st.data())
def test_a_study_uses_only_what_it_may(data):
    features = data.draw(st.frozensets(st.sampled_from(F)))
    study = data.draw(studies(Allowed(features)))
    assert diff(study, keep(study, features)) == {}


LIMITS = {
    F.IMAGE_SETS: Limit(at_most=2),
    F.IMAGES: Limit(at_most=1, dtypes=("uint8",), axes="cyx"),
    F.LABELS: Limit(at_most=1, axes="yx", highest=255),
    F.OBJECTS: Limit(at_most=1, lowest=1),
    F.OBJECT_NAME: Limit(text="plain"),
    F.OBJECT_COLOUR: Limit(choices=("opaque",)),
    F.OBJECT_TIME: Limit(lowest=5, highest=9),
    F.POLYGON: Limit(grid=0.01, lowest=-10, highest=100, at_most=1),
    F.LINE: Limit(grid=0.5, lowest=0, highest=65535, choices=("width",)),
    F.SHAPE_PLANE: Limit(choices=("z",)),
    F.VALUES: Limit(dtypes=("number",), choices=("objects",), lowest=0, highest=1),
    F.COLUMNS: Limit(choices=("unit",), text="ascii"),
}


@given(study=studies(Allowed(frozenset(LIMITS), LIMITS)))
def test_every_value_is_within_its_limit(study):
    assert len(study.image_sets) <= 2
    for one in study.image_sets:
        assert all(image.pixels.dtype == np.uint8 and set(image.axes) <= set("cyx") for image in one.images)
        assert all(image.pixels.array.max() <= 255 and set(image.axes) == set("yx") for image in one.labels)
        assert max(len(one.images), len(one.labels)) <= 1
        objects, shapes = one.objects.frame, one.shapes.frame
        assert sorted(shapes["object"]) == list(range(len(objects)))
        assert all(name is None or (name and not any(ord(character) < 32 for character in name)) for name in objects["name"])
        assert all(colour is None or colour & 0xFF == 0xFF for colour in objects["colour"])
        assert all(t is None or 5 <= t <= 9 for t in objects["t"])
        assert shapes["c"].null_count() == len(shapes)
        assert set(shapes["kind"]) <= {"polygon", "line"}
        grids = np.where(np.repeat((shapes["kind"] == "polygon").to_numpy(), np.diff(one.shapes.rings.coord_start))[:, None], 0.01, 0.5)
        assert all(
            on_grid(value, grid) == value
            for value, grid in zip(one.shapes.rings.coords.ravel(), np.broadcast_to(grids, one.shapes.rings.coords.shape).ravel(), strict=True)
        )
        assert ((one.shapes.rings.coords >= -10) & (one.shapes.rings.coords <= 65535)).all()
        for table in one.tables.values():
            assert table.about == "objects"
            assert all(column.type == "number" and column.channel is None and column.name.isascii() for column in table.columns)
            assert all(value is None or 0 <= value <= 1 for column in table.columns for value in table.frame[column.name])


def test_texts_are_hostile_unless_they_are_limited():
    assert {"SEPT7", "=1+1", "", "line\nbreak"} <= set(HOSTILE)
    plain = collected(texts(Limit(text="plain")), 300)
    assert all(text and not any(ord(character) < 32 for character in text) for text in plain)
    assert "CD3/CD8" in plain
    with pytest.raises(ValueError, match="not to 'polite'"):
        texts(Limit(text="polite"))


def test_the_canonical_study_is_always_the_same():
    assert diff(canonical(), canonical()) == {}
    assert diff(canonical(), keep(canonical(), set(F))) == {}
    assert len(canonical(Allowed(limits={F.IMAGE_SETS: Limit(at_most=1)})).image_sets) == 1

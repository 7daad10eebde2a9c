"""One point per object: where outlines or labels are, exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, LabelImage
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet
from segue.workflow.derive import shapes_from_labels
from segue.workflow.derive_points import points_from_shapes


def labelled(pixels, axes="yx"):
    return ImageSet("", grid_of(axes, pixels.shape), labels=(LabelImage(ArrayPixels(pixels), axes),))


def places(s):
    return {str(s.objects.frame["id"][row]): tuple(point) for row, point in zip(s.shapes.frame["object"], s.shapes.rings.coords.tolist(), strict=True)}


@pytest.mark.parametrize("seed", range(5))
def test_labels_and_their_outlines_have_the_same_centre(seed):
    pixels = np.random.default_rng(seed).integers(0, 6, (40, 30)).astype(np.uint16)
    direct, _ = points_from_shapes(labelled(pixels))
    traced, _ = shapes_from_labels(labelled(pixels))
    outlined, notes = points_from_shapes(replace(traced, labels=()))
    assert set(outlined.shapes.frame["kind"]) == {"point"}
    assert [note.sentence for note in notes] == ["5 objects placed at the centre of gravity"]
    for label in range(1, 6):
        y, x = np.nonzero(pixels == label)
        expected = (x.mean() + 0.5, y.mean() + 0.5)
        assert places(direct)[str(label)] == pytest.approx(expected, abs=1e-12)
        assert places(outlined)[str(label)] == pytest.approx(expected, abs=1e-10)


def test_an_object_through_several_planes_has_one_point_without_a_plane():
    pixels = np.zeros((3, 8, 8), np.uint8)
    pixels[0, 0:2, 0:2], pixels[1, 0:4, 0:4], pixels[2, 6, 6] = 1, 1, 2
    for s in (labelled(pixels, "zyx"), replace(shapes_from_labels(labelled(pixels, "zyx"))[0], labels=())):
        found, _ = points_from_shapes(s)
        assert places(found)["1"] == pytest.approx(((4 * 1 + 16 * 2) / 20,) * 2)
        assert dict(zip(found.objects.frame["id"], found.shapes.frame["z"], strict=True)) == {"1": None, "2": 2}


def test_labels_of_each_time_are_objects_of_their_own():
    pixels = np.zeros((2, 6, 6), np.uint8)
    pixels[0, 0, 0], pixels[1, 5, 5] = 4, 4
    found, _ = points_from_shapes(labelled(pixels, "tyx"))
    assert found.objects.frame.select("t", "label").rows() == [(0, 4), (1, 4)]
    assert found.shapes.rings.coords.tolist() == [[0.5, 0.5], [5.5, 5.5]]


def test_points_stay_where_they_are_and_lines_have_their_middle():
    pixels = np.zeros((8, 8), np.uint8)
    pixels[0, 0], pixels[4, 4] = 1, 2
    s, _ = points_from_shapes(labelled(pixels))
    line = Shapes(
        s.shapes.frame.head(1).with_columns(kind=s.shapes.frame["kind"].head(1).cast(str).replace("point", "line").cast(s.shapes.frame["kind"].dtype)),
        _two_points(),
    )
    found, notes = points_from_shapes(replace(s, labels=(), shapes=line))
    assert found.shapes.rings.coords.tolist() == [[2.0, 3.0]]
    again, nothing = points_from_shapes(replace(found, labels=()))
    assert again.shapes is found.shapes
    assert (len(notes), len(nothing)) == (1, 0)
    assert found.shapes.of_kinds((ShapeKind.POINT,)).frame.height == 1


def _two_points():
    from segue.model.rings import Rings

    return Rings.simple(np.array([[0.0, 0.0], [4.0, 6.0]]), np.array([0, 2]))

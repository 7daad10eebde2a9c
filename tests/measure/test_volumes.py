"""Volumes: against scikit-image, by hand, and with voxels that are no cubes."""

from __future__ import annotations

import math

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import ConvexHull
from skimage import measure as skimage

from segue.errors import Malformed
from segue.measure.catalog_shape import SHAPE
from segue.measure.form import bodies, reach, reach_reference
from segue.measure.form import cubes as module
from segue.measure.form.bodies import hull_volumes
from segue.measure.form.cubes import cubes
from segue.measure.form.volumes import Volume
from segue.measure.forms import forms

WANTED = frozenset(each.name for each in SHAPE if 3 in each.dimensions)


def one(voxels, pixel=None):
    """The columns of a single segment, as numbers."""
    return {name: column.item() for name, column in forms(np.array(voxels), WANTED, pixel=pixel).items()}


@st.composite
def volumes(draw):
    """Noise and blocks: tunnels, cavities, contacts at edges and corners."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = tuple(draw(st.integers(1, 6)) for _ in range(3))
    volume = rng.integers(0, draw(st.integers(2, 4)), size) * (rng.random(size) < draw(st.sampled_from([0.3, 0.7, 1.0])))
    return np.kron(volume, np.ones((draw(st.integers(1, 2)),) * 3, int))


def mesh(mask, spacing):
    vertices, faces, _, _ = skimage.marching_cubes(np.pad(mask, 1).astype(float), 0.5, spacing=spacing)
    return skimage.mesh_surface_area(vertices, faces)


def compared(volume, spacing):
    """Every column that scikit-image has too."""
    found = forms(volume, WANTED, pixel=spacing)
    props = skimage.regionprops(volume, spacing=spacing)
    assert found["label"].tolist() == [prop.label for prop in props]
    np.testing.assert_allclose(found["area"], [prop.area for prop in props], rtol=1e-12)
    centre = np.stack([found[name] for name in "zyx"], axis=1) - np.array([0, 0.5, 0.5]) * spacing
    np.testing.assert_allclose(centre, np.reshape([prop.centroid for prop in props], (-1, 3)), rtol=1e-9, atol=1e-12)
    low = np.stack([found[name] for name in ("front", "top", "left")], axis=1) / spacing
    size = np.stack([found[name] for name in ("depth", "height", "width")], axis=1) / spacing
    assert np.round(np.concatenate([low, low + size], axis=1), 9).tolist() == [list(prop.bbox) for prop in props]
    for name, other in (("extent", "extent"), ("equivalent_diameter", "equivalent_diameter_area"), ("euler", "euler_number")):
        np.testing.assert_allclose(found[name], [prop[other] for prop in props], rtol=1e-9, err_msg=name)
    for name, other in (("axis_major", "axis_major_length"), ("axis_minor", "axis_minor_length")):
        np.testing.assert_allclose(found[name], [prop[other] for prop in props], rtol=1e-6, atol=1e-5, err_msg=name)
    np.testing.assert_allclose(found["surface_area"], [mesh(prop.image, spacing) for prop in props], rtol=1e-5)


@given(volumes(), st.sampled_from([(1, 1, 1), (2.5, 0.7, 0.5)]))
def test_what_scikit_image_measures_is_equal(volume, spacing):
    compared(volume, spacing)


@pytest.mark.golden
@pytest.mark.parametrize("spacing", [(1, 1, 1), (2, 0.5, 0.5)])
def test_nuclei_in_space_are_measured_as_scikit_image_does(golden, spacing):
    volume = tifffile.imread(golden / "stardist" / "mask3d.tif")
    assert volume.ndim == 3
    compared(volume, spacing)


@given(volumes(), st.sampled_from([(1, 1, 1), (2.5, 0.7, 0.5)]))
def test_feret_is_the_largest_distance_of_two_corners_of_voxels(volume, spacing):
    found = forms(volume, WANTED, pixel=spacing)
    for label, feret in zip(found["label"].tolist(), found["feret"], strict=True):
        places = np.argwhere(volume == label)
        corners = np.unique(np.concatenate([places + step for step in np.ndindex(2, 2, 2)]), axis=0) * spacing
        apart = np.sqrt(((corners[:, None] - corners[None]) ** 2).sum(axis=2)).max()
        assert feret == pytest.approx(apart)


@given(volumes(), st.sampled_from([None, (2.5, 0.7, 0.5)]))
def test_the_convex_hull_is_that_of_all_corners_of_voxels(volume, spacing):
    """Also of bodies whose corners lie on one line, or in one plane, by the dozen."""
    found = forms(volume, WANTED, pixel=spacing)
    for label, convex, solidity in zip(*(found[name].tolist() for name in ("label", "convex_area", "solidity")), strict=True):
        places = np.argwhere(volume == label)
        corners = np.concatenate([places + step for step in np.ndindex(2, 2, 2)])
        expected = ConvexHull(corners).volume
        assert convex == pytest.approx(expected * np.prod(spacing or 1))
        assert solidity == pytest.approx(len(places) / expected)


@given(volumes())
def test_compiled_hulls_are_the_same(volume):
    names = frozenset({"convex_area"})
    whole = forms(volume, names)["convex_area"].tolist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bodies, "SMALL", 0)
        assert forms(volume, names)["convex_area"].tolist() == whole


@pytest.mark.parametrize("compiled", [False, True])
def test_hulls_of_points_in_any_order(compiled, monkeypatch):
    rng = np.random.default_rng(4)
    sets = [rng.integers(0, size, (40, 3)) for size in (2, 3, 9, 1000)]
    monkeypatch.setattr(bodies, "SMALL", 0 if compiled else 10**9)
    volumes = hull_volumes(np.concatenate(sets), np.arange(5) * 40)
    np.testing.assert_allclose(volumes, [ConvexHull(points).volume for points in sets], rtol=1e-12)


def test_a_single_voxel():
    found = one(np.pad(np.ones((1, 1, 1), int), 1))
    assert (found["area"], found["z"], found["y"], found["x"], found["euler"]) == (1, 1, 1.5, 1.5, 1)
    assert found["feret"] == pytest.approx(math.sqrt(3))
    assert (found["axis_major"], found["axis_minor"]) == (0, 0)
    assert found["equivalent_diameter"] == pytest.approx((6 / math.pi) ** (1 / 3))


def test_a_ring_has_a_tunnel_and_a_shell_a_cavity():
    ring, shell = np.ones((1, 3, 3), int), np.ones((3, 3, 3), int)
    ring[0, 1, 1] = shell[1, 1, 1] = 0
    assert one(ring)["euler"] == 0
    assert one(shell)["euler"] == 2


def test_a_large_ball_is_round():
    z, y, x = np.indices((41, 41, 41)) - 20
    found = one((z * z + y * y + x * x <= 18 * 18).astype(int))
    assert found["sphericity"] == pytest.approx(0.92, abs=0.02)  # marching cubes see the steps of a surface, too
    assert found["axis_major"] == pytest.approx(36, rel=0.02)
    assert found["axis_middle"] == pytest.approx(36, rel=0.02)
    assert found["feret"] == pytest.approx(math.hypot(37, 1, 1), rel=0.02)


def test_segments_that_touch_have_surfaces_of_their_own():
    volume = np.zeros((4, 4, 4), int)
    volume[:, :, :2], volume[:, :, 2:] = 5, 9
    together, alone = forms(volume, WANTED), forms(np.where(volume == 9, 9, 0), WANTED)
    assert together["label"].tolist() == [5, 9]
    assert together["surface_area"][1] == alone["surface_area"][0]


def test_places_in_a_block_are_counted_from_the_corner_of_the_image():
    block = forms(np.ones((1, 1, 1), int), WANTED, origin=(3, 10, 20), pixel=(2, 1, 0.5))
    assert {name: block[name].item() for name in ("x", "y", "z", "left", "top", "front")} == {"x": 10.25, "y": 10.5, "z": 6, "left": 10, "top": 10, "front": 6}


@given(volumes(), st.integers(1, 40))
def test_windows_are_counted_alike_in_any_bands(volume, band):
    whole = cubes(volume.astype(np.int32))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BAND", band)
        assert all(np.array_equal(one, other) for one, other in zip(cubes(volume.astype(np.int32)), whole, strict=True))


@given(volumes(), st.integers(1, 500))
def test_pairs_of_corners_are_looked_at_in_pieces(volume, pairs):
    whole = forms(volume, frozenset({"feret"}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reach_reference, "PAIRS", pairs)
        assert forms(volume, frozenset({"feret"}))["feret"].tolist() == whole["feret"].tolist()


@given(volumes())
def test_the_compiled_kernel_gives_the_same(volume):
    whole = forms(volume, frozenset({"feret"}), pixel=(2, 0.5, 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reach, "SMALL", 0)
        np.testing.assert_allclose(forms(volume, frozenset({"feret"}), pixel=(2, 0.5, 1))["feret"], whole["feret"], rtol=1e-12)


@pytest.mark.parametrize("kind", ["bool", "u1", ">u2", ">i4", "u8"])
def test_every_integer_type_is_measured_alike(kind):
    volume = np.array([[[0, 1], [1, 1]]])
    assert forms(volume.astype(kind), WANTED)["surface_area"].tolist() == forms(volume, WANTED)["surface_area"].tolist()


@pytest.mark.parametrize("size", [(0, 0, 0), (2, 0, 3), (0, 2, 2), (2, 2, 0), (2, 2, 2)])
def test_no_segments_no_rows(size):
    assert {len(column) for column in forms(np.zeros(size, np.uint8), WANTED).values()} == {0}


def test_what_is_no_volume_is_refused():
    with pytest.raises(Malformed, match="three axes"):
        Volume(np.zeros((2, 2), int))
    with pytest.raises(Malformed, match="negative"):
        forms(np.array([[[-1]]]), WANTED)


def test_every_column_of_volumes_is_in_the_catalogue_and_the_other_way_round():
    assert sorted(forms(np.ones((1, 1, 1), int), WANTED)) == sorted(["label", *WANTED])

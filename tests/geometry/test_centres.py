"""The centre of gravity of areas with holes and parts."""

from __future__ import annotations

import numpy as np

from segue.geometry.centres import centroids, means
from segue.geometry.outline import outline
from segue.model.rings import Rings


def test_the_centre_of_an_outline_is_the_mean_of_its_pixels():
    labels = np.random.default_rng(3).integers(0, 4, (30, 40))
    numbers, rings = outline(labels)
    for number, found in zip(numbers, centroids(rings), strict=True):
        y, x = np.nonzero(labels == number)
        np.testing.assert_allclose(found, [x.mean() + 0.5, y.mean() + 0.5])


def test_what_has_no_area_has_the_mean_of_its_vertices():
    flat = Rings.simple([[0, 0], [4, 0], [2, 3]], [0, 2, 3, 3])
    for found in (centroids(flat), means(flat)):
        np.testing.assert_array_equal(found, [[2, 0], [2, 3], [np.nan, np.nan]])


def test_nothing_has_no_centres():
    assert centroids(Rings.empty()).shape == means(Rings.empty()).shape == (0, 2)

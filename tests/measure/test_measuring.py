"""Measuring label images."""

from __future__ import annotations

import numpy as np

from segue.measure.measuring import Channel, Wanted, measure
from segue.model.image import ArrayPixels, Image, LabelImage


def test_forms_and_values_stand_in_the_order_asked():
    labels = np.zeros((6, 8), np.uint16)
    labels[1:3, 2:5], labels[4:, 6:] = 9, 3
    image = np.arange(96, dtype=np.uint16).reshape(2, 6, 8)
    both = [Channel(Image(ArrayPixels(image), "cyx"), index) for index in (0, 1)]
    found = measure(LabelImage(ArrayPixels(labels), "yx"), both, Wanted(("mean", "area"), (10,)))
    assert found.label.tolist() == [3, 9]
    assert found.columns["area", None].tolist() == [4, 6]
    assert found.columns["mean", 1].tolist() == [image[1][labels == 3].mean(), image[1][labels == 9].mean()]
    assert found.columns["percentile 10", 0][1] == np.percentile(image[0][labels == 9], 10)

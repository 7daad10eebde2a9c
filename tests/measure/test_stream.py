"""What is held of segments while their values pass by."""

from __future__ import annotations

import numpy as np
import pytest

from segue.errors import Incompatible
from segue.measure.runs import label_runs
from segue.measure.survey import Survey
from segue.measure.values import stream
from segue.measure.values.band import Lookup, band_of
from segue.measure.values.facts import Asked
from segue.measure.values.stream import Values
from segue.measure.values.windows import PADDING

LABELS = np.array([[1, 1], [0, 2]])


def surveyed(labels):
    survey = Survey()
    survey.add(label_runs(labels))
    return survey.segments()


def add(values, segments, labels, pixels, row=0, *, compiled=False):
    runs = label_runs(labels, row)
    band = band_of(runs, Lookup(segments.label).rows(runs.label), segments, (row, 0), labels.shape[1], 10**6, placed=True, compiled=compiled)
    values.begin(band)
    for channel in range(len(values.facts)):
        values.add(band, channel, pixels)
    values.end(band)


@pytest.mark.parametrize("labels", [[[1, 1], [0, 5]], [[1, 0], [0, 2]]], ids=["another label", "fewer pixels"])
def test_labels_that_changed_since_the_survey_are_refused(labels):
    segments = surveyed(LABELS)
    values = Values(segments, 1, np.dtype(float), Asked(), compiled=False)
    add(values, segments, np.array(labels), np.ones((2, 2)))
    with pytest.raises(Incompatible, match="fewer pixels"):
        values.check()


def test_segments_that_grew_since_the_survey_are_refused():
    segments = surveyed(LABELS)
    with pytest.raises(Incompatible, match="more pixels"):
        add(Values(segments, 1, np.dtype(float), Asked(), compiled=False), segments, np.array([[1, 1], [1, 2]]), np.ones((2, 2)))


@pytest.mark.parametrize("compiled", [False, True])
def test_memory_holds_open_segments_only(compiled):
    labels = np.repeat(np.arange(1, 101), 10)[:, None] * np.ones((1, 50), int)
    segments = surveyed(labels)
    values = Values(segments, 1, np.dtype(np.uint8), Asked(), compiled=compiled)
    held = []
    for row in range(0, 1000, 8):
        add(values, segments, labels[row : row + 8], np.ones((8, 50), np.uint8), row, compiled=compiled)
        held.append(values.kept)
    assert max(held) <= 3 * (10 * 50 + PADDING)
    values.check()
    assert (values.facts[0, 0] == 500).all()


def test_a_very_large_segment_of_few_values_is_counted_not_kept():
    labels, rng = np.ones((3000, 200), np.uint8), np.random.default_rng(1)
    image = rng.integers(-3000, 3000, labels.shape).astype(np.int16)
    assert labels.size > stream.LARGE
    segments, asked = surveyed(labels), Asked(("mean", "lower", "upper", "mode", "second", "min", "max", "x"), (10,))
    values = Values(segments, 1, image.dtype, asked, compiled=True)
    for row in range(0, 3000, 500):
        add(values, segments, labels[row : row + 500], image[row : row + 500], row, compiled=True)
        assert values.kept <= 2**16 * 8
    whole = image.astype(float)
    x = (whole * np.arange(200)).sum() / whole.sum()
    common, times = np.unique(image, return_counts=True)
    lower, upper = np.sort(image, axis=None)[[image.size // 2 - 1, image.size // 2]]
    expected = [whole.mean(), lower, upper, common[times.argmax()], whole.var(), whole.min(), whole.max(), x, np.percentile(image, 10)]
    np.testing.assert_allclose(values.facts[0, :, 0], expected, rtol=1e-9)


def test_windows_move_without_losing_values():
    rng = np.random.default_rng(2)
    labels = np.zeros((60, 40), np.uint16)
    for number in range(1, 40):
        labels[number % 20 : number % 20 + 30, number] = number
    image = rng.normal(size=labels.shape)
    segments = surveyed(labels)
    values = Values(segments, 1, image.dtype, Asked(("sum", "upper")), compiled=False)
    for row in range(60):
        add(values, segments, labels[row : row + 1], image[row : row + 1], row)
    np.testing.assert_allclose(values.facts[0, 0], [image[labels == label].sum() for label in segments.label])
    assert values.facts[0, 1].tolist() == [np.sort(image[labels == label])[15] for label in segments.label]

"""Measuring, from arrays and files to tables."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import tifffile

import segue
from segue.errors import Incompatible, InvalidOption


@pytest.fixture
def labels():
    array = np.zeros((20, 30), np.uint32)
    array[2:5, 3:9], array[10:12, 10:20] = 7, 70_000
    return array


@pytest.fixture
def image():
    return np.arange(600, dtype=np.float32).reshape(20, 30)


def test_a_row_per_segment_and_a_column_per_measurement(image, labels):
    table = segue.measure(image, labels, statistics=("mean", "median", "area"))
    want = {
        "label": [7, 70_000],
        "mean": [float(image[labels == one].mean()) for one in (7, 70_000)],
        "median": [float(np.median(image[labels == one])) for one in (7, 70_000)],
        "area": [18, 20],
    }
    assert table.to_dict(as_series=False) == want
    assert table.schema["area"] == pl.Int64


def test_channels_have_their_names_in_the_columns(image, labels):
    both = np.stack([image, 2 * image])
    assert segue.measure(both, labels, ("mean",)).columns == ["label", "channel 1 mean", "channel 2 mean"]
    table = segue.measure(both, labels, ("mean", "area"), channels=("CD3", "CD8"))
    assert table.columns == ["label", "CD3 mean", "CD8 mean", "area"]
    assert (table["CD8 mean"] == 2 * table["CD3 mean"]).all()
    with pytest.raises(Incompatible, match="2 channels, but 3 names"):
        segue.measure(both, labels, channels=("a", "b", "c"))


def test_whole_numbers_stay_whole(image, labels):
    table = segue.measure(image.astype(np.uint16), labels, ("min", "max", "sum", "mean", "zeros", "left"))
    types = {name: dtype.is_integer() for name, dtype in table.schema.items()}
    assert types == {"label": True, "min": True, "max": True, "sum": True, "mean": False, "zeros": True, "left": True}
    assert segue.measure(image, labels, ("min",)).schema["min"] == pl.Float64


@pytest.mark.parametrize(
    ("given", "sentence"),
    [("meen", "did you mean mean"), ("percentile 101", "from 0 to 100"), ("percentile x", "from 0 to 100"), ("qqqq", "--list shows all")],
)
def test_an_unknown_measurement_is_refused_with_the_nearest(image, labels, given, sentence):
    with pytest.raises(InvalidOption, match=sentence):
        segue.measure(image, labels, (given,))


def test_names_are_found_in_any_writing(image, labels):
    table = segue.measure(image, labels, ("Mean", "equivalent diameter", "PERCENTILE 10", "centroid"))
    assert table.columns == ["label", "mean", "equivalent_diameter", "percentile 10", "x", "y"]
    assert table["percentile 10"].to_list() == pytest.approx([np.percentile(image[labels == one], 10) for one in (7, 70_000)])


def test_sizes_that_differ_are_both_named(image, labels, tmp_path):
    tifffile.imwrite(tmp_path / "image.tif", image[:19])
    tifffile.imwrite(tmp_path / "mask.tif", labels)
    with pytest.raises(Incompatible, match=r"mask.tif \(y 20 x x 30 pixels\) does not fit image.tif \(y 19 x x 30 pixels\)"):
        segue.measure(tmp_path / "image.tif", tmp_path / "mask.tif")
    with pytest.raises(Incompatible, match=r"\(19, 30\).*\(20, 30\)"):
        segue.measure(image[:19], labels)


def test_the_function_is_not_hidden_by_the_package(image, labels):
    import segue.measure.catalog

    assert len(segue.measure(image, labels)) == 2


@pytest.mark.golden
def test_imaging_mass_cytometry_as_numpy_sees_it(golden):
    for name in ("E34", "G01"):
        image, mask = (tifffile.imread(golden / f"imc/{name}_{what}.tiff") for what in ("imc", "mask"))
        table = segue.measure(golden / f"imc/{name}_imc.tiff", golden / f"imc/{name}_mask.tiff", ("mean", "median", "area", "centroid"))
        assert table["label"].to_list() == [int(one) for one in np.unique(mask) if one]
        for row in table.iter_rows(named=True):
            inside = mask == row["label"]
            assert row["area"] == inside.sum()
            y, x = np.nonzero(inside)
            assert (row["x"], row["y"]) == pytest.approx((x.mean() + 0.5, y.mean() + 0.5), rel=1e-6)
            for channel in range(5):
                values = image[channel][inside].astype(np.float64)
                assert row[f"channel {channel + 1} mean"] == pytest.approx(values.mean(), rel=1e-6)
                assert row[f"channel {channel + 1} median"] == pytest.approx(np.median(values), rel=1e-6)

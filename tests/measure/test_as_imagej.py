"""Every column of the results tables that ImageJ 1.53t wrote of three images, segment by segment.

The labels are the count masks that Analyze Particles drew: interior holes are background there, and its polygons go around them.
"""

from __future__ import annotations

import csv
from functools import cache

import numpy as np
import pytest
import tifffile
from PIL import Image as Picture

from segue.measure.measuring import Channel, Wanted, measure
from segue.measure.presets import IMAGEJ
from segue.model.image import ArrayPixels, Image, LabelImage

PICTURES = {"randomshapes": ("randomshapes.tif", 7), "mito_t1": ("mito_t1.tif", 5), "blobs": ("blobs.gif", 64)}
WHOLE = ("Area", "Mode", "Min", "Max", "BX", "BY", "Width", "Height", "IntDen", "RawIntDen", "Median", "%Area", "FeretX", "FeretY")


@cache
def tables(folder, name):
    """What ImageJ says and what we say, by ImageJ's headings."""
    file, _ = PICTURES[name]
    with (folder / file).open("rb") as stream:  # of a GIF the numbers, not the colours of its palette: ImageJ measures these
        image = np.array(Picture.open(stream)) if file.endswith("gif") else tifffile.imread(stream)
    labels = tifffile.imread(folder / f"{name}_labels.tif")
    with (folder / f"{name}_results.csv").open(encoding="utf-8", newline="") as text:
        header, *rows = csv.reader(text)
    theirs = dict(zip(header, np.array(rows).T, strict=True))
    ours = measure(LabelImage(ArrayPixels(labels), "yx"), [Channel(Image(ArrayPixels(image), "yx"))], Wanted(IMAGEJ.measurements)).columns
    return theirs, {column.name: ours[column.measurement, column.channel] for column in IMAGEJ.table(["c"])}


@pytest.mark.golden
@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("heading", [column.name for column in IMAGEJ.table(["c"])])
def test_a_column_is_imagejs(golden, name, heading):
    theirs, ours = (table[heading] for table in tables(golden / "imagej", name))
    assert len(ours) == len(theirs) == PICTURES[name][1]
    if heading in WHOLE:
        assert np.round(ours, 9).tolist() == theirs.astype(float).tolist()
    else:
        np.testing.assert_allclose(ours, theirs.astype(float), rtol=1e-6, atol=1e-9)  # ImageJ wrote nine decimals


@pytest.mark.golden
@pytest.mark.parametrize("name", PICTURES)
def test_a_column_is_whole_to_the_last_bit_where_imagejs_is(golden, name):
    """ImageJ writes decimals in the columns that hold a fraction; area * mean is one by rounding here and there."""
    theirs, ours = tables(golden / "imagej", name)
    numbers = {heading: column[np.isfinite(column)] for heading, column in ours.items()}
    whole = {heading for heading, column in numbers.items() if (column == np.round(column)).all()}
    assert whole == {heading for heading in ours if not any("." in cell for cell in theirs[heading])}


@pytest.mark.golden
@pytest.mark.parametrize("name", PICTURES)
def test_the_preset_has_imagejs_headings_in_imagejs_order(golden, name):
    theirs, _ = tables(golden / "imagej", name)
    assert [" ", *(column.name for column in IMAGEJ.table(["c"]))] == list(theirs)

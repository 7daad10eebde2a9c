"""The law of exports: block by block is the same as all at once, for any cut-out, order of axes, type and chunks; and the plan predicts it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.formats.catalog import FORMATS
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, Image, in_memory
from segue.model.study import ImageSet
from segue.tasks.workers import Threads
from segue.transform.change import Change, Range
from segue.transform.pixels import Changed
from segue.workflow.exporting.choice import exporting_of
from segue.workflow.exporting.item import export_item
from segue.workflow.exporting.plan import plan_export
from segue.workflow.opening import open_path
from segue.workflow.recipe_export import ExportRecipe

VOLUMES = [name for name, record in FORMATS.items() if record.blocks and record.holds and record.holds.most_axes is None]
ANY_ORDER = [name for name in VOLUMES if not FORMATS[name].holds.axes]


@st.composite
def exports(draw):
    axes = "".join(draw(st.permutations("tczyx")))[: draw(st.integers(2, 5))]
    axes += "".join(name for name in "yx" if name not in axes)
    shape = tuple(draw(st.integers(1, 7)) for _ in axes)
    chunks = tuple(draw(st.integers(1, size)) for size in shape)
    dtype = draw(st.sampled_from(["uint8", "uint16", "int16", "float32"]))
    array = np.random.default_rng(draw(st.integers(0, 99))).integers(0, 200, shape).astype(dtype)
    cutout = {}
    for name, size in zip(axes, shape, strict=True):
        if draw(st.booleans()):
            start = draw(st.integers(0, size - 1))
            cutout[name] = (start, draw(st.integers(start + 1, size)))
    order = "".join(draw(st.permutations(axes)))
    renormalise = draw(st.sampled_from([None, (0, 200, 0, 255), (10, 150, 100, -5)]))
    wanted = draw(st.sampled_from([None, "uint8", "int16", "float32", "float64"]))
    return array, axes, chunks, cutout, order, renormalise, wanted


@pytest.mark.parametrize("name", ANY_ORDER)
@settings(max_examples=15, deadline=None)
@given(case=exports())
def test_chunked_is_whole_and_as_planned(name, case, chunked_in):
    check(name, case, chunked_in)


@pytest.mark.parametrize("name", [name for name in VOLUMES if name not in ANY_ORDER])
@settings(max_examples=15, deadline=None)
@given(case=exports())
def test_the_same_in_containers_with_an_order_of_their_own(name, case, chunked_in):
    array, axes, chunks, cutout, _, renormalise, wanted = case
    check(name, (array, axes, chunks, cutout, None, renormalise, wanted), chunked_in)


def check(name, case, write):
    """Export in a new folder; what is written, planned and read back is what the change of the whole array is."""
    home = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            write("a.ome.zarr", *case[:1], *case[1:3])
            _check(name, *case)
        finally:
            os.chdir(home)


def _check(name, array, axes, chunks, cutout, order, renormalise, wanted):
    cut = ",".join(f"{one}={start}:{stop}" for one, (start, stop) in cutout.items()) or None
    to = None if renormalise is None else "{}:{}->{}:{}".format(*renormalise)
    recipe = ExportRecipe(inputs=("a.ome.zarr",), output="o", format=name, cutout=cut, renormalize=to, dtype=wanted, axes=order)
    planned = plan_export(recipe)
    planned.refuse()
    one = planned.predictions[0]
    result = export_item(one.item, False, exporting_of(recipe), Threads(2))
    ends = tuple((key, *bounds) for key, bounds in cutout.items())
    change = Change(ends, Range(*renormalise) if renormalise else None, None if wanted is None else np.dtype(wanted), one.axes)
    whole = in_memory(Changed(ArrayPixels(array), axes, change))
    assert order in (None, one.axes)
    assert result.written == one.item.outputs
    assert (one.shape, one.axes, one.dtype) == (whole.shape, result.axes, whole.dtype.name) == (result.shape, result.axes, result.dtype)
    told = {"axes": one.axes} if order and "axes" in FORMATS[name].options("read").model_dump() else {}
    with open_path(one.item.outputs[0], name, told).study as study:
        s = study.image_sets[0]
        back = (s.images or s.labels)[0]
        read = in_memory(back.pixels)
        found = back.axes
    if order is None:  # axes of size 1 come and go; of several orders the options decide
        large = [letter for letter, size in zip(one.axes, one.shape, strict=True) if size > 1]
        there = [letter for letter, size in zip(found, read.shape, strict=True) if size > 1]
        assert sorted(there) == sorted(large)
        assert any("".join(one for one in order if one in there) == "".join(there) for order in FORMATS[name].holds.axes)
        read, whole = read.squeeze().transpose([there.index(letter) for letter in large]), whole.squeeze()
    else:
        assert found == order
    assert np.array_equal(read, whole)
    assert read.dtype == whole.dtype


def test_the_containers_that_the_law_is_about():
    assert "numpy" in ANY_ORDER


def test_a_large_block_is_never_whole(tmp_path, monkeypatch):
    """Regions that are read stay small, whatever the image's size."""
    asked = []

    class Large:
        shape, dtype, chunks = (64, 2048, 2048), np.dtype("uint8"), (1, 256, 256)

        def read(self, region):
            asked.append(int(np.prod([part.stop - part.start for part in region])))
            return np.zeros([part.stop - part.start for part in region], np.uint8)

    import segue

    s = ImageSet("", grid_of("zyx", Large.shape), images=(Image(Large(), "zyx"),))
    segue.export(s, tmp_path / "o.npy", workers=1)
    assert max(asked) <= 1 << 24
    assert sum(asked) == 64 * 2048 * 2048

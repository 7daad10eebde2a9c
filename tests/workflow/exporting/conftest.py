"""Small images for exports."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile
import zarr


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder, in which the test works."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def stack(here):
    """``scan.2023.01.tif``: uint16 zcyx (3, 2, 50, 60), with pixel sizes."""
    array = (np.arange(3 * 2 * 50 * 60).reshape(3, 2, 50, 60) % 4096).astype("uint16")
    tifffile.imwrite("scan.2023.01.tif", array, imagej=True, metadata={"axes": "ZCYX", "unit": "um", "spacing": 2.0}, resolution=(2, 2))
    return array


@pytest.fixture
def chunked(here):
    """Writes an array into the folder of the test as an OME-Zarr with the chunks that it wants."""
    return _chunked


@pytest.fixture(scope="session")
def chunked_in():
    """The same, in whatever folder a test is."""
    return _chunked


def _chunked(name, array, axes, chunks, scale=None):
    kinds = {"t": "time", "c": "channel"}
    units = {"t": "second", "z": "micrometer", "y": "micrometer", "x": "micrometer"}
    told = [{"name": one, "type": kinds.get(one, "space")} | ({"unit": units[one]} if one in units else {}) for one in axes]
    change = [{"type": "scale", "scale": [float((scale or {}).get(one, 1)) for one in axes]}]
    group = zarr.create_group(name, zarr_format=2, overwrite=True)
    group.attrs["multiscales"] = [{"version": "0.4", "axes": told, "datasets": [{"path": "0", "coordinateTransformations": change}]}]
    made = group.create_array("0", shape=array.shape, dtype=array.dtype, chunks=chunks, chunk_key_encoding={"name": "v2", "separator": "/"})
    made[...] = array
    return name

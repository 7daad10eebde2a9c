"""``segue export --stack-along``: image sequences become one OME-Zarr, in resolutions."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile
import zarr

from segue.cli import main
from segue.transform.halving import halved

VOLUME = np.random.default_rng(0).integers(0, 250, (11, 40, 30)).astype(np.uint8)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for nth, plane in enumerate(VOLUME):
        tifffile.imwrite(tmp_path / f"plane_{nth}.tif", plane, imagej=True, resolution=(2, 2), metadata={"unit": "um"})
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def export(folder, capsys):
    """In this process; gives exit code and what is said."""

    def run(*given):
        with pytest.raises(SystemExit) as end:
            main(["export", *given])
        said = capsys.readouterr()
        return end.value.code, " ".join((said.out + said.err).split())

    return run


def test_a_cut_out_of_planes_in_resolutions(folder, export):
    code, said = export(
        "plane_*.tif", "--stack-along", "z", "--cutout", "y=10:40,z=2:11", "--format", "multi-scale OME-Zarr", "--set", "scales=3", "--output", "o.zarr"
    )
    assert code == 0, said
    group = zarr.open_group(str(folder / "o.zarr"), mode="r")
    expected = VOLUME[2:, 10:]
    np.testing.assert_array_equal(group["0"][...], expected)
    np.testing.assert_array_equal(group["1"][...], halved(expected, (False, True, True), "mean"))
    transformations = group.attrs["ome"]["multiscales"][0]["datasets"][1]["coordinateTransformations"]
    assert transformations[0]["scale"][1:] == [1.0, 1.0]
    assert transformations[1]["translation"][1:] == [5.0, 0.0]


def test_a_single_resolution(folder, export):
    assert export("plane_*.tif", "--stack-along", "t", "--format", "single-scale OME-Zarr", "--output", "o.zarr")[0] == 0
    assert [name for name, _ in zarr.open_group(str(folder / "o.zarr"), mode="r").arrays()] == ["0"]


def test_an_odd_file_stops_it_before_it_begins(folder, export):
    tifffile.imwrite(folder / "plane_7.tif", VOLUME[7, :, :29])
    code, said = export("plane_*.tif", "--stack-along", "z", "--format", "ome-zarr", "--output", "o.zarr")
    assert code == 3
    assert "plane_7.tif has 40 x 29" in said
    assert not (folder / "o.zarr").exists()

"""``segue export``: pixels as ilastik's Data Export writes them, checked before it starts."""

from __future__ import annotations

import json

import numpy as np
import pytest
import tifffile
from PIL import Image

RANGE = ("--renormalize", "0:1->0:255", "--dtype", "uint8")


@pytest.fixture
def scans(tmp_path):
    """``scan.2023.01.tif`` and ``scan.2023.02.tif``: float32 cyx (2, 60, 70) from 0 to 1."""
    arrays = {}
    for number in (1, 2):
        array = np.random.default_rng(number).random((2, 60, 70), np.float32)
        tifffile.imwrite(tmp_path / f"scan.2023.0{number}.tif", array, imagej=True, metadata={"axes": "CYX"})
        arrays[number] = array
    return arrays


def scaled(array):
    return np.rint(array[:, 10:50, 5:60].astype(np.float64) * 255).astype(np.uint8)


def test_two_scans_as_png_sequences_with_whole_names(segue_command, tmp_path, scans):
    cut = ("--cutout", "x=5:60,y=10:50", "--axes", "cyx", *RANGE)
    done = segue_command("export", "scan.2023.*.tif", "--format", "png sequence", "--output", "s/{nickname}_{slice_index}", *cut)
    assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in (tmp_path / "s").glob("*.png"))
    assert names == ["scan.2023.01_0.png", "scan.2023.01_1.png", "scan.2023.02_0.png", "scan.2023.02_1.png"]
    for number, array in scans.items():
        for channel in (0, 1):
            with Image.open(tmp_path / f"s/scan.2023.0{number}_{channel}.png") as picture:
                assert picture.size == (55, 40)
                assert np.array_equal(np.asarray(picture), scaled(array)[channel])
    assert "pixels rounded to values of uint8" in done.stderr


def test_two_scans_as_arrays(segue_command, tmp_path, scans):
    cut = ("--cutout", "[(0,10,5),(2,50,60)]", "--axes", "yxc", *RANGE)
    done = segue_command("export", "scan.2023.01.tif", "scan.2023.02.tif", "-o", "out/", "--format", "numpy", *cut, "--json")
    assert done.returncode == 0, done.stderr
    items = json.loads(done.stdout)["items"]
    assert [item["target"] for item in items] == ["out/scan.2023.01.npy", "out/scan.2023.02.npy"]
    assert all((item["shape"], item["axes"], item["dtype"]) == ([40, 55, 2], "yxc", "uint8") for item in items)
    for number, array in scans.items():
        assert np.array_equal(np.load(tmp_path / f"out/scan.2023.0{number}.npy"), scaled(array).transpose(1, 2, 0))


def test_two_files_of_ilastik_as_png_sequences_and_as_hdf5(segue_command, tmp_path):
    import h5py

    keys = [{"key": key, "typeFlags": flags, "resolution": 0, "description": ""} for key, flags in (("y", 2), ("x", 2), ("c", 1))]
    arrays = {f"scan.2023.0{number}": np.random.default_rng(number).random((60, 70, 2), np.float32) for number in (1, 2)}
    for name, array in arrays.items():
        with h5py.File(tmp_path / f"{name}.h5", "w") as file:
            file["exported_data"] = array
            file["exported_data"].attrs["axistags"] = json.dumps({"axes": keys})
    cut = ("--cutout", "x=5:60,y=10:50", "--axes", "cyx", *RANGE)
    given = [f"{name}.h5" for name in arrays]
    for more in (("--format", "png sequence", "-o", "s/{nickname}_{slice_index}"), ("--format", "hdf5", "-o", "h/{nickname}")):
        done = segue_command("export", *given, *more, *cut)
        assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "s").glob("*.png")) == [f"{name}_{index}.png" for name in arrays for index in (0, 1)]
    for name, array in arrays.items():
        expected = scaled(array.transpose(2, 0, 1))
        with h5py.File(tmp_path / f"h/{name}.h5") as file:
            assert "".join(one["key"] for one in json.loads(file["exported_data"].attrs["axistags"])["axes"]) == "cyx"
            assert np.array_equal(file["exported_data"][...], expected)
        with Image.open(tmp_path / f"s/{name}_1.png") as picture:
            assert picture.size == (55, 40)
            assert np.array_equal(np.asarray(picture), expected[1])
    part = segue_command("export", "scan.2023.01.h5/exported_data", "-o", "{nickname}.npy")
    assert part.returncode == 0, part.stderr
    assert np.array_equal(np.load(tmp_path / "scan.2023.01-exported_data.npy"), arrays["scan.2023.01"])


def test_the_plan_is_shown_and_nothing_is_written(segue_command, tmp_path, scans):
    before = sorted(tmp_path.iterdir())
    done = segue_command("export", "scan.2023.01.tif", "-o", "{nickname}_{slice_index}.png", "--dry-run", *RANGE)
    assert done.returncode == 0, done.stderr
    assert "float32 cyx 2 x 60 x 70" in done.stdout
    assert "scan.2023.01_0.png ... scan.2023.01_1.png (2 files along c)" in done.stdout
    told = json.loads(segue_command("export", "scan.2023.01.tif", "-o", "o.npy", "--dry-run", "--json", *RANGE).stdout)
    assert told["problems"] == []
    assert told["items"][0]["target"] == "o.npy"
    assert told["items"][0]["input"]["shape"] == [2, 60, 70]
    assert sorted(tmp_path.iterdir()) == before


def test_every_problem_is_said_with_and_without_a_dry_run(segue_command, tmp_path, scans):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/scan.2023.02.npy").write_bytes(b"mine")
    wrong = ("export", "scan.2023.*.tif", "-o", "out/{nickname}", "--format", "numpy", "--cutout", "x=60:80")
    for more in ((), ("--dry-run",)):
        done = segue_command(*wrong, *more)
        assert done.returncode == 3
        assert done.stderr.count("x=60:80 is not inside the image, which has x=0:70") == 2
        assert "out/scan.2023.02.npy exists already" in done.stderr
    told = json.loads(segue_command(*wrong, "--dry-run", "--json").stdout)
    assert [one["error"] for one in told["problems"]] == ["Incompatible", "Incompatible", "SinkError"]
    assert (tmp_path / "out/scan.2023.02.npy").read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("args", "code", "sentence"),
    [
        (("--format", "png sequence", "-o", "noindex"), 2, "say where its number goes, as --output 'noindex_{slice_index}'"),
        (("-o", "{slice_index}.npy"), 2, "holds all slices in one file"),
        (("-o", "o.png", "--dtype", "uint8"), 3, "cannot hold this: it stores 1, 3 or 4 channels, not 2"),
        (("-o", "o_{slice_index}.png"), 3, "it stores uint8 or uint16, not float32"),
        (("-o", "o.npy", "--cutout", "x=5:5"), 2, "is empty"),
        (("-o", "o.npy", "--cutout", "x=-5:5"), 2, "negative"),
        (("-o", "o.npy", "--cutout", "x=1um:5um"), 3, "does not say how large a pixel is"),
        (("-o", "o.npy", "--dtype", "uint3"), 2, "is no number type"),
        (("-o", "o.unknown"), 2, "nothing says in which format"),
        (("-o", "{nick}.npy"), 2, "is no placeholder; there are {nickname}"),
        (("-o", "o.npy", "--axes", "yx"), 3, "would be left out"),
        (("-o", "scan.2023.01.tif"), 2, "is the input"),
        (("-o", "no/{nickname}.npy", "--source", "x"), 2, "has no image 'x'; there are 'image'"),
    ],
)
def test_refusals(segue_command, tmp_path, scans, args, code, sentence):
    done = segue_command("export", "scan.2023.01.tif", *args)
    assert done.returncode == code, done.stderr
    assert sentence in done.stderr
    assert len(list(tmp_path.iterdir())) == 2


def test_a_recipe_and_a_script_do_the_same_again(segue_command, tmp_path, scans):
    first = segue_command(
        "export", "scan.2023.01.tif", "-o", "o.npy", "--cutout", "c=1:2", "--save-recipe", "r.json", "--save-script", "s.py", "--set", "role=image"
    )
    assert first.returncode == 0, first.stderr
    data = (tmp_path / "o.npy").read_bytes()
    again = segue_command("run", "r.json", "--overwrite")
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "o.npy").read_bytes() == data
    assert "'cutout': 'c=1:2'" in (tmp_path / "s.py").read_text()


def test_strict_keeps_nothing(segue_command, tmp_path, scans):
    done = segue_command("export", "scan.2023.01.tif", "-o", "o.npy", "--renormalize", "0.1:0.9->0:255", "--dtype", "uint8", "--strict")
    assert done.returncode == 5
    assert "pixels clipped to 0.1:0.9" in done.stderr
    assert not (tmp_path / "o.npy").exists()


def test_inputs_with_problems_are_left_out_on_request(segue_command, tmp_path, scans):
    (tmp_path / "broken.tif").write_bytes(b"no picture")
    wrong = segue_command("export", "*.tif", "-o", "out/", "--format", "numpy")
    assert wrong.returncode == 3
    assert not (tmp_path / "out").exists()
    done = segue_command("export", "*.tif", "-o", "out/", "--format", "numpy", "--skip-problems")
    assert done.returncode == 1
    assert "failed: broken" in done.stderr
    assert sorted(path.name for path in (tmp_path / "out").glob("*.npy")) == ["scan.2023.01.npy", "scan.2023.02.npy"]


def test_help_says_what_ilastiks_documentation_says(segue_command):
    said = " ".join(segue_command("export", "--help").stdout.split())
    assert "tzyxc is a good default; put z leftmost for a sequence of z planes" in said

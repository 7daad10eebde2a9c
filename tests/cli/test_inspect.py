"""``segue inspect``: what is in files and folders."""

from __future__ import annotations

import json

import numpy as np
import tifffile


def make(folder):
    folder.mkdir()
    tifffile.imwrite(folder / "a.tif", np.zeros((2, 8, 9), np.uint16), imagej=True, metadata={"axes": "CYX", "unit": "um"}, resolution=(2, 2))
    (folder / "b.tif").write_bytes(b"II*\0")


def test_every_file_of_a_folder_is_looked_at(segue_command, tmp_path):
    make(tmp_path / "images")
    done = segue_command("inspect", "images/")
    assert done.returncode == 1
    assert "c 2 x y 8 x x 9 uint16" in done.stdout
    assert "0.5" in done.stdout
    assert "b.tif" in done.stderr


def test_as_json_with_errors_beside_what_was_found(segue_command, tmp_path):
    make(tmp_path / "images")
    good, bad = json.loads(segue_command("inspect", "images/", "--json").stdout)
    assert good["format"] == "tiff"
    assert bad["error"] == "Malformed" or bad["error"] == "WrongFormat"


def test_one_bad_file_ends_with_the_code_of_its_error(segue_command, tmp_path):
    make(tmp_path / "images")
    assert segue_command("inspect", "images/b.tif").returncode == 3
    assert segue_command("inspect", "images/c.tif").returncode == 3


def test_what_can_be_done_now_and_why_not(segue_command, tmp_path):
    make(tmp_path / "images")
    done = segue_command("inspect", "images/a.tif", "--actions")
    assert "  yes export pixels\n" in done.stdout
    sentence = "populations (CSV) can be written from an image set only if it has a population with members, and a.tif has no population with members"
    assert f"  no  export populations csv: {sentence}\n" in done.stdout
    (found,) = json.loads(segue_command("inspect", "images/a.tif", "--actions", "--json").stdout)
    assert {"action": "export populations csv", "possible": False, "reason": sentence} in found["actions"]
    assert {"action": "export pixels", "possible": True, "reason": ""} in found["actions"]
    assert "actions" not in json.loads(segue_command("inspect", "images/a.tif", "--json").stdout)[0]


def test_a_project_says_what_its_image_sets_have_and_lack(segue_command, tmp_path):
    for name in ("one", "two"):
        place = tmp_path / "project" / name
        place.mkdir(parents=True)
        for channel in ("CD3", "CD4"):
            tifffile.imwrite(place / f"{channel}.tif", np.zeros((8, 9), np.float32))
    tifffile.imwrite(tmp_path / "project/one/segmentation.tif", np.ones((8, 9), np.float32))
    done = segue_command("inspect", "project", "--from", "mantis-project")
    assert done.returncode == 0, done.stderr
    assert "images        2 in all 2 image sets" in done.stdout
    assert "segmentations 1 in 1 of 2 image sets; none in two" in done.stdout
    only = segue_command("inspect", "project", "--from", "mantis-project", "--image-set", "two", "--json")
    (found,) = json.loads(only.stdout)
    assert [one["name"] for one in found["image_sets"]] == ["two"]
    wrong = segue_command("inspect", "project", "--from", "mantis-project", "--image-set", "three")
    assert (wrong.returncode, "there are: one, two" in wrong.stderr) == (2, True)


def test_a_project_there_and_back(segue_command, tmp_path):
    for name in ("one", "two"):
        place = tmp_path / "project" / name
        place.mkdir(parents=True)
        tifffile.imwrite(place / "CD3.tif", np.arange(72, dtype=np.float32).reshape(8, 9))
        tifffile.imwrite(place / "segmentation.tif", np.eye(8, 9, dtype=np.float32))
    assert segue_command("convert", "project", "study.segue", "--from", "mantis-project").returncode == 0
    assert segue_command("convert", "study.segue", "back.mantis", "--strict", "--verify").returncode == 0
    assert segue_command("diff", "study.segue", "back.mantis").returncode == 0
    assert segue_command("convert", "back.mantis", "one.segue", "--image-set", "two").returncode == 0
    assert "two" in segue_command("inspect", "one.segue").stdout
    assert segue_command("measure", "back.mantis", "--image-set", "two", "-o", "two.csv").returncode == 0
    assert (tmp_path / "two.csv").read_text().count("\n") == 2

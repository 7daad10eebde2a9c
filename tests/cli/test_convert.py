"""``segue convert`` as a user meets it."""

from __future__ import annotations

import json

import numpy as np
import pytest
import tifffile


@pytest.fixture
def mask(tmp_path):
    path = tmp_path / "cells_mask.tif"
    array = np.zeros((40, 50), np.uint16)
    array[5:15, 5:20] = 3
    array[20:30, 10:25] = 7
    tifffile.imwrite(path, array)
    return path


def test_the_first_example_of_the_readme(segue_command, tmp_path, mask):
    (tmp_path / "folder").mkdir()
    mask.rename(tmp_path / "folder" / mask.name)
    done = segue_command("convert", "folder/", "out/", "--to", "imagej-roi")
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["cells-RoiSet.zip"]
    assert "wrote out/cells-RoiSet.zip (2 objects" in done.stdout
    assert len(done.stderr.splitlines()) <= 3


def test_forty_images_and_thirty_eight_masks(segue_command, tmp_path, mask):
    folder = tmp_path / "batch"
    folder.mkdir()
    for number in range(40):
        tifffile.imwrite(folder / f"roi_{number:02}.tif", np.zeros((40, 50), np.uint8))
        if number not in (7, 31):
            (folder / f"roi_{number:02}_mask.tif").write_bytes(mask.read_bytes())
    done = segue_command("convert", folder, "out/", "--to", "qupath-geojson")
    assert done.returncode == 1
    assert "40 images, 38 masks, missing: roi_07, roi_31" in done.stderr
    assert len(list((tmp_path / "out").glob("*.geojson"))) == 38
    assert "failed: roi_07: no mask" in done.stderr
    assert "38 converted, 2 failed" in done.stderr


def test_one_bad_file_does_not_end_the_night(segue_command, tmp_path, mask):
    folder = tmp_path / "batch"
    folder.mkdir()
    for name in ("a", "b", "c"):
        (folder / f"{name}_mask.tif").write_bytes(mask.read_bytes())
    (folder / "b_mask.tif").write_bytes(mask.read_bytes()[:300])
    done = segue_command("convert", folder, "out/", "--to", "imagej-roi", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert ["error" in item for item in report["items"]] == [False, True, False]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a-RoiSet.zip", "c-RoiSet.zip", "segue-job"]


def test_a_dry_run_writes_nothing_and_says_what_a_real_run_says(segue_command, tmp_path, mask):
    dry = json.loads(segue_command("convert", mask, "out.png", "--dry-run", "--set", "role=labels", "--json").stdout)
    assert not (tmp_path / "out.png").exists()
    real = json.loads(segue_command("convert", mask, "out.png", "--set", "role=labels", "--json").stdout)
    assert dry["items"][0]["notes"] == real["items"][0]["notes"]


def test_strict_refuses_a_loss_and_writes_nothing(segue_command, tmp_path, mask):
    segue_command("convert", mask, "cells.segue", "--set", "role=labels")
    assert segue_command("convert", "cells.segue", "cells.geojson", "--strict").returncode == 0
    named = json.loads((tmp_path / "cells.geojson").read_text())
    for nth, feature in enumerate(named["features"]):
        feature["properties"]["name"] = f"cell {nth}"
    (tmp_path / "named.geojson").write_text(json.dumps(named))
    done = segue_command("convert", "named.geojson", "labels.tif", "--strict")
    assert done.returncode == 5
    assert "object names" in done.stderr
    assert not (tmp_path / "labels.tif").exists()


def test_verify_reads_the_result_back(segue_command, mask):
    done = segue_command("convert", mask, "out-RoiSet.zip", "--verify", "-v")
    assert done.returncode == 0
    assert "read back and compared: equal" in done.stderr


def test_nothing_is_overwritten_unless_asked(segue_command, tmp_path, mask):
    (tmp_path / "out.geojson").write_text("mine")
    refused = segue_command("convert", mask, "out.geojson")
    assert refused.returncode == 6
    assert (tmp_path / "out.geojson").read_text() == "mine"
    assert segue_command("convert", mask, "out.geojson", "--overwrite").returncode == 0


def test_a_recipe_does_it_again_byte_for_byte(segue_command, tmp_path, mask):
    segue_command("convert", mask, "a.geojson", "--save-recipe", "recipe.json", "--holes", "fill")
    first = (tmp_path / "a.geojson").read_bytes()
    (tmp_path / "a.geojson").unlink()
    done = segue_command("run", "recipe.json")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.geojson").read_bytes() == first


def test_two_recipes_are_compared_setting_by_setting(segue_command, mask):
    segue_command("convert", mask, "a.geojson", "--save-recipe", "a.json")
    segue_command("convert", mask, "b.geojson", "--save-recipe", "b.json", "--holes", "fill")
    done = segue_command("diff", "a.json", "b.json", "--exit-code")
    assert done.returncode == 1
    assert "setting holes" in done.stdout


def test_a_mask_and_its_outlines_do_not_differ(segue_command, mask):
    segue_command("convert", mask, "out-RoiSet.zip")
    done = segue_command("diff", mask, "out-RoiSet.zip", "--exit-code")
    assert done.stdout.strip() == "no difference"


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["nothere.tif", "out.zip"], 3, "does not exist"),
        (["{mask}", "labels.jpg"], 2, "changes pixel values"),
        (["{mask}", "no/such/format.qqq"], 2, "--to"),
        (["{mask}", "out.zip", "--to", "imagej"], 2, "did you mean"),
        (["{mask}", "out.zip", "--set", "colour=red"], 2, "no such option"),
        (["{mask}", "out.zip", "--set", "nonsense"], 2, "KEY=VALUE"),
        (["empty.zip", "out.tif"], 3, "empty"),
        (["cut.zip", "out.geojson"], 3, "cut.zip"),
        (["cut.geojson", "out.zip"], 3, "cut.geojson"),
        (["photo.jpg", "out.zip"], 3, "JPEG"),
        (["photo.png", "out.zip"], 3, "segue segment"),
        (["binary.png", "out.zip"], 3, "components=8"),
    ],
)
def test_bad_input_gives_one_sentence_and_the_right_exit_code(segue_command, tmp_path, mask, args, code, says):
    from PIL import Image

    rng = np.random.default_rng(0)
    (tmp_path / "empty.zip").write_bytes(b"")
    (tmp_path / "cut.zip").write_bytes(b"PK\x03\x04" + bytes(60))
    (tmp_path / "cut.geojson").write_text('{"type":"FeatureCollection","features":[{"type":"Feat')
    photo = (rng.normal(120, 30, (80, 80)) + np.arange(80)).clip(0, 255).astype("u1")
    Image.fromarray(photo).save(tmp_path / "photo.jpg")
    Image.fromarray(photo).save(tmp_path / "photo.png")
    binary = np.zeros((60, 60), "u1")
    binary[5:10, 5:10] = binary[20:30, 20:30] = 255
    Image.fromarray(binary).save(tmp_path / "binary.png")
    before = sorted(path.name for path in tmp_path.iterdir())
    done = segue_command("convert", *[str(mask) if arg == "{mask}" else arg for arg in args])
    assert (done.returncode, done.stdout) == (code, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_mask_does_not_become_an_image_of_a_study_without_a_word(segue_command, tmp_path, mask):
    """A study holds images and labels, so a file that does not say which it is stays what it is; its name is the hint."""
    (tmp_path / "nuclei-mask.tif").write_bytes(mask.read_bytes())
    (tmp_path / "nuclei.tif").write_bytes(mask.read_bytes())
    said = segue_command("convert", "nuclei-mask.tif", "a.segue").stderr
    assert "nuclei-mask.tif is kept as an image, though it is named like a mask; --set role=labels makes objects of it" in said
    for args in (("nuclei.tif", "b.segue"), ("nuclei-mask.tif", "c.segue", "--set", "role=image"), ("nuclei-mask.tif", "d.segue", "--set", "role=labels")):
        assert "kept as an image" not in segue_command("convert", *args).stderr

"""``segue measure`` as a user meets it."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
import tifffile

from segue.cli import main


@pytest.fixture
def segue_command(tmp_path, monkeypatch, capsys):
    """As that of ``conftest``, in this process: many commands, quickly."""
    monkeypatch.chdir(tmp_path)

    def run(*args):
        with pytest.raises(SystemExit) as end:
            main(list(map(str, args)))
        said = capsys.readouterr()
        return SimpleNamespace(returncode=end.value.code, stdout=said.out, stderr=said.err)

    return run


@pytest.fixture
def cells(tmp_path):
    """An image of two channels and a mask of three cells."""
    mask = np.zeros((30, 40), np.uint16)
    mask[2:10, 3:9], mask[12:20, 5:15], mask[22:28, 20:38] = 1, 4, 9
    image = np.random.default_rng(1).integers(0, 4000, (2, 30, 40)).astype(np.uint16)
    tifffile.imwrite(tmp_path / "cells.tif", image, metadata={"axes": "CYX"})
    tifffile.imwrite(tmp_path / "cells_mask.tif", mask)
    return image, mask


def test_an_image_and_its_mask_become_a_table(segue_command, cells, tmp_path):
    image, mask = cells
    done = segue_command("measure", "cells.tif", "--labels", "cells_mask.tif", "-o", "cells.csv", "--statistics", "mean,area")
    assert done.returncode == 0, done.stderr
    assert "wrote cells.csv (3 objects" in done.stdout
    table = pl.read_csv(tmp_path / "cells.csv")
    assert table.columns == ["id", "label", "x", "y", "channel 1 mean", "channel 2 mean", "area"]
    assert table["label"].to_list() == [1, 4, 9]
    assert table["channel 2 mean"].to_list() == pytest.approx([image[1][mask == one].mean() for one in (1, 4, 9)])


def test_the_mask_beside_the_image_is_found_by_its_name(segue_command, cells, tmp_path):
    done = segue_command("measure", "cells.tif", "-o", "cells.csv")
    assert done.returncode == 0, done.stderr
    (tmp_path / "cells.tif").rename(tmp_path / "cells_imc.tif")
    done = segue_command("measure", "cells_imc.tif", "-o", "again.csv")
    assert done.returncode == 0, done.stderr


def test_what_is_missing_is_said_in_one_sentence(segue_command, cells):
    wrong = segue_command("measure", "cells.tif", "--labels", "nothing.tif", "-o", "cells.csv")
    assert wrong.returncode == 1
    assert "no label image nothing.tif" in wrong.stderr
    assert segue_command("measure", "cells.tif", "-o", "cells.csv", "--statistics", "meen").returncode == 2
    nothing = segue_command("measure", "cells.tif")
    assert nothing.returncode == 2
    assert "segue measure IMAGE --labels LABELS -o OUT" in nothing.stderr


def test_a_saved_recipe_gives_the_same_bytes(segue_command, cells, tmp_path):
    first = segue_command("measure", "cells.tif", "-o", "cells.csv", "-o", "cells.fcs", "--save-recipe", "recipe.json")
    assert first.returncode == 0, first.stderr
    assert json.loads((tmp_path / "recipe.json").read_text())["inputs"] == ["cells.tif"]
    before = [(tmp_path / name).read_bytes() for name in ("cells.csv", "cells.fcs")]
    again = segue_command("run", "recipe.json", "--overwrite")
    assert again.returncode == 0, again.stderr
    assert [(tmp_path / name).read_bytes() for name in ("cells.csv", "cells.fcs")] == before


def test_everything_that_can_be_measured_is_listed(segue_command):
    listed = json.loads(segue_command("measure", "--list", "--json").stdout)
    assert {"name", "unit", "dimensions", "formula", "source"} <= set(listed[0])
    assert {"mean", "area", "perimeter", "percentile N"} <= {one["name"] for one in listed}


@pytest.fixture
def many(cells, tmp_path):
    """Three images, the mask of the second of another size, that of the third missing."""
    image, mask = cells
    for folder in ("images", "masks"):
        (tmp_path / folder).mkdir()
    for name, pixels in (("a", mask), ("b", mask[1:]), ("c", None)):
        tifffile.imwrite(tmp_path / f"images/{name}.tif", image, metadata={"axes": "CYX"})
        if pixels is not None:
            tifffile.imwrite(tmp_path / f"masks/{name}.tif", pixels)


def test_a_batch_goes_on_after_what_fails_and_names_it(segue_command, many, tmp_path):
    done = segue_command("measure", "images/", "--labels", "masks/{nickname}.tif", "-o", "out/")
    assert done.returncode == 1
    assert "failed: b.tif: masks/b.tif (y 29 x x 40 pixels) does not fit images/b.tif (y 30 x x 40 pixels)" in done.stderr
    assert "failed: c: no label image masks/c.tif" in done.stderr
    assert "1 measured, 2 failed" in done.stderr
    assert [path.name for path in (tmp_path / "out").glob("*.csv")] == ["a.csv"]


def test_workers_change_nothing(segue_command, many, cells, tmp_path):
    (tmp_path / "masks/b.tif").write_bytes((tmp_path / "masks/a.tif").read_bytes())
    for folder, more in (("one/", ()), ("two/", ("--workers", "2"))):
        segue_command("measure", "images/", "--labels", "masks/{nickname}.tif", "-o", folder, "-o", f"{folder}{{nickname}}.fcs", *more)
    for name in ("a.csv", "b.csv", "a.fcs", "b.fcs"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_report_for_machines(segue_command, many):
    done = segue_command("measure", "images/", "--labels", "masks/{nickname}.tif", "-o", "out/", "--summary", "summary.csv", "--json", "--dry-run")
    report = json.loads(done.stdout)
    assert [item.get("objects") for item in report["items"]] == [3, None]
    assert dict(zip(report["items"][0]["summary"]["columns"], report["items"][0]["summary"]["rows"][0], strict=True))["objects"] == 3
    assert [one["name"] for one in report["missing"]] == ["c"]
    assert done.returncode == 1


def test_one_table_of_all_images(segue_command, many, tmp_path):
    done = segue_command("measure", "images/", "--labels", "masks/{nickname}.tif", "-o", "all.csv", "--combine")
    assert done.returncode == 1
    assert "wrote all.csv (3 objects" in done.stdout
    assert set(pl.read_csv(tmp_path / "all.csv")["image"]) == {"a"}
    again = segue_command("measure", "images/", "--labels", "masks/{nickname}.tif", "-o", "all.csv", "--combine")
    assert again.returncode == 6
    assert "all.csv exists already" in again.stderr


def test_outputs_that_say_how_they_were_made(segue_command, cells, tmp_path):
    done = segue_command("measure", "cells.tif", "-o", "cells.csv", "--with-recipe", "--statistics", "mean")
    assert done.returncode == 0, done.stderr
    before = (tmp_path / "cells.csv").read_bytes()
    (tmp_path / "cells.csv").unlink()
    again = segue_command("run", "cells.csv.recipe.json")
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "cells.csv").read_bytes() == before


def test_a_resumed_batch_gives_the_same_summary(segue_command, many, tmp_path):
    (tmp_path / "masks/b.tif").write_bytes((tmp_path / "masks/a.tif").read_bytes())
    command = ("measure", "images/", "--labels", "masks/{nickname}.tif", "-o", "out/", "--summary", "summary.csv")
    segue_command(*command)
    before = (tmp_path / "summary.csv").read_bytes()
    (tmp_path / "out/b.csv").unlink()
    assert "1 already done, 1 measured, 1 failed" in segue_command(*command, "--resume").stderr
    assert (tmp_path / "summary.csv").read_bytes() == before

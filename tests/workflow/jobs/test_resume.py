"""What a resumed batch leaves alone, what it does again, and what it never touches."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import tifffile

from segue.errors import SinkError, UsageError
from segue.storage.lock import write_lock
from segue.workflow.running import run

MANIFEST = Path("out/segue-job/manifest.jsonl")


def summary(done):
    """For each item: already done, done now, or why not."""
    return ["before" if one.before else "done" if one.error is None else str(one.error) for one in done]


def forget(name):
    """As if the process had been killed after the output was renamed into place, and before it was recorded."""
    lines = MANIFEST.read_text().splitlines(keepends=True)
    MANIFEST.write_text("".join(line for line in lines if f'"{name}"' not in line))


def test_what_is_done_is_left_alone(batch, contents):
    run(batch)
    before, times = contents(), {path: path.stat().st_mtime_ns for path in Path("out").iterdir()}
    assert summary(run(batch, resume=True)) == ["before"] * 6
    assert contents() == before
    assert all(path.stat().st_mtime_ns == time for path, time in times.items() if path.is_file())


def test_the_record_is_the_same_whatever_happened(batch, contents):
    run(batch)
    undisturbed = contents()
    for name in ("m2.geojson", "m5.geojson"):
        Path("out", name).unlink()
    forget("m3.geojson")
    with MANIFEST.open("ab") as file:
        file.write(b'{"item": "m4.tif", "inputs": [{"pa')
    assert summary(run(batch, resume=True, workers=3)) == ["before", "done", "done", "before", "done", "before"]
    assert contents() == undisturbed


def test_a_batch_done_before_is_not_begun_without_a_word(batch):
    run(batch)
    with pytest.raises(UsageError, match=r"6 of 6 items were done already by an earlier run .* --resume, or do all again with --overwrite"):
        run(batch)
    assert summary(run(batch, overwrite=True)) == ["done"] * 6


def test_a_new_input_is_done_and_a_changed_one_is_done_again(batch):
    run(batch)
    old = Path("out/m3.geojson").read_bytes()
    shutil.copy("masks/m1.tif", "masks/m7.tif")
    shutil.copy("masks/m6.tif", "masks/m3.tif")
    assert summary(run(batch, resume=True)) == ["before", "before", "done", "before", "before", "before", "done"]
    assert Path("out/m3.geojson").read_bytes() != old


def test_the_time_of_an_input_does_not_matter_but_its_content(batch):
    run(batch)
    for path in Path("masks").iterdir():
        path.touch()
    assert summary(run(batch, resume=True)) == ["before"] * 6


def test_an_output_that_was_edited_is_kept_and_said_to_be(batch):
    run(batch)
    edited = Path("out/m2.geojson")
    edited.write_text("mine")
    done = run(batch, resume=True)
    assert summary(done) == ["before"] * 6
    assert any("m2.geojson was changed after it was written, and is kept as it is" in str(note) for note in done[1].result.notes)
    assert edited.read_text() == "mine"


def test_an_output_that_was_edited_is_not_replaced_when_its_input_changed(batch):
    run(batch)
    Path("out/m2.geojson").write_text("mine")
    shutil.copy("masks/m6.tif", "masks/m2.tif")
    done = run(batch, resume=True)
    assert isinstance(done[1].error, SinkError)
    assert "m2.geojson was changed after it was written" in str(done[1].error)
    assert Path("out/m2.geojson").read_text() == "mine"
    assert summary(run(batch, resume=True, overwrite=True))[1] == "done"
    assert Path("out/m2.geojson").read_text() != "mine"


def test_an_output_that_was_not_recorded_is_recognised(batch):
    """A process may be killed between the renaming and the record."""
    run(batch)
    forget("m4.geojson")
    place = Path("out/m4.geojson").stat()
    assert summary(run(batch, resume=True)) == ["before", "before", "before", "done", "before", "before"]
    assert Path("out/m4.geojson").stat().st_mtime_ns == place.st_mtime_ns
    assert summary(run(batch, resume=True)) == ["before"] * 6


def test_a_file_of_somebody_else_is_not_replaced(batch):
    run(batch)
    forget("m4.geojson")
    Path("out/m4.geojson").write_text("not of this job")
    done = run(batch, resume=True)
    assert "m4.geojson exists already and is not what would be written" in str(done[3].error)
    assert Path("out/m4.geojson").read_text() == "not of this job"
    assert not Path("out/segue-job/again").exists()


def test_other_settings_are_not_mixed_with_what_is_there(batch):
    run(batch)
    with pytest.raises(UsageError, match=r"results of other settings \(holes: default, now fill\)"):
        run({**batch, "holes": "fill"}, resume=True)
    assert summary(run({**batch, "holes": "fill"}, resume=True, overwrite=True)) == ["done"] * 6


def test_what_another_version_wrote_is_done_again(batch, monkeypatch):
    run(batch)
    monkeypatch.setattr("segue.workflow.jobs.record.__version__", "999")
    assert summary(run(batch, resume=True)) == ["done"] * 6


def test_a_failed_item_is_tried_again(batch):
    whole = Path("masks/m5.tif").read_bytes()
    Path("masks/m5.tif").write_bytes(whole[:300])
    first = summary(run(batch))
    assert "damaged" in first[4]
    Path("masks/m5.tif").write_bytes(whole)
    assert summary(run(batch, resume=True)) == ["before"] * 4 + ["done", "before"]


def test_everything_may_be_moved_elsewhere(batch, tmp_path, monkeypatch, contents):
    run(batch)
    Path("out/m1.geojson").unlink()
    (tmp_path / "other").mkdir()
    shutil.move("masks", "other/masks")
    shutil.move("out", "other/out")
    (tmp_path / "far").mkdir()
    monkeypatch.chdir(tmp_path / "far")
    assert summary(run("../other/out/segue-job", resume=True)) == ["done"] + ["before"] * 5
    record = "".join(path.read_text() for path in (tmp_path / "other/out/segue-job").iterdir() if path.is_file())
    assert str(tmp_path) not in record


def test_absolute_paths_leave_the_same_record(batch, tmp_path, contents):
    run(batch)
    relative = contents("out/segue-job")
    shutil.rmtree("out")
    run({**batch, "inputs": [str(tmp_path / "masks")], "output": f"{tmp_path}/out/"})
    other = contents("out/segue-job")
    assert other.pop("recipe.json") == relative.pop("recipe.json").replace(b"../masks/", b"../masks")
    assert other == relative


def test_a_template_has_its_record_in_the_folder_it_names(batch):
    run({**batch, "output": "results/{nickname}-cells.geojson"})
    assert Path("results/segue-job/manifest.jsonl").exists()
    assert summary(run({**batch, "output": "results/{nickname}-cells.geojson"}, resume=True)) == ["before"] * 6


def test_outputs_beside_their_inputs_have_one_record_above_them(batch):
    Path("masks/more").mkdir()
    shutil.move("masks/m6.tif", "masks/more/m6.tif")
    recipe = {**batch, "inputs": ["masks/*.tif", "masks/more/*.tif"], "output": "{dataset_dir}/{nickname}.geojson"}
    run(recipe)
    assert Path("masks/segue-job/manifest.jsonl").exists()
    assert summary(run(recipe, resume=True)) == ["before"] * 6


def test_folders_are_outputs_too(batch):
    recipe = {**batch, "to": "segue-study"}
    run(recipe)
    inside = Path("out/m2.segue/study.json")
    inside.write_bytes(b"changed")
    shutil.rmtree("out/m3.segue")
    forget("m4.segue")
    done = run(recipe, resume=True)
    assert summary(done) == ["before", "before", "done", "done", "before", "before"]
    assert inside.read_bytes() == b"changed"


@pytest.mark.parametrize("output", ["{dataset_dir}/{nickname}.geojson", "{dataset_dir}/{nickname}.segue/made/{nickname}.geojson"])
def test_a_batch_may_write_into_the_folders_that_it_reads(batch, output):
    run({**batch, "output": "studies/", "to": "segue-study"})
    shutil.rmtree("studies/segue-job")
    recipe = {"task": "convert", "inputs": ["studies/*.segue"], "output": output}
    assert summary(run(recipe)) == ["done"] * 6
    assert summary(run(recipe, resume=True)) == ["before"] * 6


def test_two_runs_do_not_write_in_one_folder(batch):
    Path("out/segue-job").mkdir(parents=True)
    with write_lock(Path("out/segue-job")), pytest.raises(SinkError, match="is being written by another segue"):
        run(batch)


def test_a_batch_of_which_nothing_came_leaves_nothing(batch):
    for path in Path("masks").iterdir():
        path.write_bytes(path.read_bytes()[:200])
    assert all("damaged" in one for one in summary(run(batch)))
    assert not Path("out").exists()


def test_one_file_keeps_no_record_and_cannot_be_resumed(batch):
    one = {**batch, "inputs": ["masks/m1.tif"], "output": "m1.geojson", "to": None}
    run(one)
    assert not Path("segue-job").exists()
    with pytest.raises(UsageError, match="one file is made as a whole"):
        run(one, resume=True)


def test_a_damaged_record_is_as_good_as_none(batch, contents):
    run(batch)
    before = contents()
    MANIFEST.write_bytes(bytes(range(256)) * 4)
    assert summary(run(batch, resume=True)) == ["done"] * 6
    assert contents() == before


def test_the_manifest_says_what_was_read_and_written(batch):
    run(batch)
    lines = [json.loads(line) for line in MANIFEST.read_text().splitlines()]
    assert [line["item"] for line in lines] == [f"m{n}.tif" for n in range(1, 7)]
    assert lines[0]["inputs"][0]["path"] == "../masks/m1.tif"
    assert lines[0]["outputs"][0].keys() == {"path", "size", "sha256"}
    plan = json.loads(Path("out/segue-job/plan.json").read_text())
    assert plan["folders"] == ["."]
    assert len(plan["items"]) == 6


def test_large_inputs_are_known_by_their_time(batch, monkeypatch):
    monkeypatch.setattr("segue.workflow.jobs.files.WHOLE", 100)
    run(batch)
    assert "sha256" not in json.loads(MANIFEST.read_text().splitlines()[0])["inputs"][0]
    tifffile.imwrite("masks/m1.tif", np.ones((24, 24), np.uint8))
    assert summary(run(batch, resume=True)) == ["done"] + ["before"] * 5


def test_every_output_can_carry_its_recipe(batch):
    run(batch, with_recipe=True)
    made = Path("out/m2.geojson").read_bytes()
    Path("out/m2.geojson").unlink()
    run("out/m2.geojson.recipe.json")
    assert Path("out/m2.geojson").read_bytes() == made
    assert summary(run(batch, with_recipe=True, resume=True)) == ["before"] * 6
    Path("out/m3.geojson.recipe.json").unlink()
    forget("m3.geojson.recipe.json")
    assert summary(run(batch, with_recipe=True, resume=True)) == ["before", "before", "done", "before", "before", "before"]
    assert Path("out/m3.geojson.recipe.json").exists()

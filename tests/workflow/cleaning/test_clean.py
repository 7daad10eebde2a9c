"""What ``segue.clean`` deletes, and what it never touches."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

import segue
from segue.errors import SinkError, UsageError
from segue.storage import leftovers
from segue.storage.lock import write_lock
from segue.workflow.jobs.entry import from_line, to_line
from segue.workflow.recipe import parse_recipe, recipe_bytes

MANIFEST = Path("out/segue-job/manifest.jsonl")
ROIS = {"task": "convert", "inputs": ["masks/"], "output": "out/", "to": "imagej-roi"}
STUDIES = {**ROIS, "to": "segue-study", "options": {"role": "labels"}}


def why(cleaned):
    return {one.path.as_posix(): one.why for one in cleaned.stays}


def save(recipe, path="recipe.json"):
    Path(path).write_bytes(recipe_bytes(parse_recipe(json.dumps({"segue": 1, **recipe}).encode(), "it")))
    return path


def edit_entries(change):
    """Rewrite the record: what a damaged or hostile one might say."""
    entries = [json.loads(line) for line in MANIFEST.read_text().splitlines()]
    change(entries)
    MANIFEST.write_text("".join(json.dumps(one) + "\n" for one in entries))
    assert all(from_line(line.encode()) for line in MANIFEST.read_text().splitlines())


def test_everything_that_runs_wrote_is_gone(here, there):
    segue.run(ROIS, with_recipe=True)
    segue.run(STUDIES)
    segue.run({"task": "measure", "inputs": ["images/"], "outputs": ["out/tables/{nickname}.csv"], "labels": "masks/{nickname}.tif", "dictionary": True})
    segue.run({"task": "segment", "inputs": ["images/"], "outputs": ["out/{nickname}-labels.tif"], "threshold": "otsu"})
    assert len(there()) > 30
    cleaned = [segue.clean(folder) for folder in ("out/tables", "out")]
    assert there() == set()
    assert cleaned[0].files == 8
    assert cleaned[1].files == 4 + 4 + 4 * 6 + 4
    assert all(not (one.stays or one.failed) for one in cleaned)
    assert segue.clean("out").gone == ()


def test_a_foreign_file_and_an_edited_one_stay(here, there):
    segue.run(ROIS)
    segue.run(STUDIES)
    Path("out/notes.txt").write_text("mine")
    with Path("out/m2-RoiSet.zip").open("ab") as file:
        file.write(b"x")
    cleaned = segue.clean("out")
    assert there() == {"out/notes.txt", "out/m2-RoiSet.zip"}
    assert why(cleaned) == {"out/m2-RoiSet.zip": "was changed after it was written", "out/notes.txt": "is not in the record"}
    again = segue.clean("out")
    assert (again.gone, again.stays) == ((), ())
    assert there() == {"out/notes.txt", "out/m2-RoiSet.zip"}


def test_a_change_that_keeps_size_and_time_is_seen(here, there):
    segue.run(ROIS)
    path = Path("out/m1-RoiSet.zip")
    state, data = path.stat(), bytearray(path.read_bytes())
    data[40] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    segue.clean("out")
    assert there() == {"out/m1-RoiSet.zip"}


def test_a_dry_run_deletes_nothing(here, there):
    segue.run(ROIS)
    before = there()
    cleaned = segue.clean("out", dry_run=True)
    assert (cleaned.files, cleaned.dry_run) == (4, True)
    assert there() == before


@pytest.mark.parametrize("place", ["out", "out/", "out/segue-job", "out/segue-job/manifest.jsonl", "out/segue-job/recipe.json", "{here}/out"])
def test_the_record_has_many_names(here, there, place):
    segue.run(ROIS)
    segue.clean(place.format(here=here))
    assert there() == set()
    assert segue.clean(place.format(here=here)).gone == ()


@pytest.mark.parametrize("folder", ["out", "out/segue-job"])
def test_from_inside(here, there, folder, monkeypatch):
    segue.run(ROIS)
    monkeypatch.chdir(folder)
    assert [one.path.name for one in segue.clean(".").gone] == [f"m{n}-RoiSet.zip" for n in range(1, 5)]
    monkeypatch.chdir(here)
    assert there() <= {"out", "out/segue-job"}, "the folder in which somebody is stays"


def test_a_saved_recipe_means_what_it_wrote_and_no_more(here, there):
    segue.run(ROIS)
    segue.run(STUDIES)
    segue.run({**ROIS, "output": "out/{nickname}-two.zip"})
    cleaned = segue.clean(save(ROIS))
    assert sorted(one.path.name for one in cleaned.gone) == [f"m{n}-RoiSet.zip" for n in range(1, 5)]
    assert {one.partition("/")[2].partition("/")[0] for one in there() - {"recipe.json"}} == {
        "segue-job", *(f"m{n}.segue" for n in range(1, 5)), *(f"m{n}-two.zip" for n in range(1, 5))
    }  # fmt: skip
    assert segue.clean("recipe.json").gone == ()
    assert [one.before for one in segue.run(STUDIES, resume=True)] == [True] * 4
    segue.clean("out")
    assert there() == {"recipe.json"}


def test_a_recipe_means_its_own_inputs(here, there):
    shutil.copytree("masks", "more")
    Path("more/m1.tif").rename("more/n1.tif")
    for number in (2, 3, 4):
        Path(f"more/m{number}.tif").unlink()
    shutil.copy("masks/m2.tif", "more/n2.tif")
    segue.run(ROIS)
    segue.run({**ROIS, "inputs": ["more/*.tif"]})
    cleaned = segue.clean(save({**ROIS, "inputs": ["more/*.tif"]}))
    assert [one.path.name for one in cleaned.gone] == ["n1-RoiSet.zip", "n2-RoiSet.zip"]


def test_a_recipe_of_outputs_beside_their_inputs(here, there):
    recipe = {**ROIS, "output": "{dataset_dir}/{nickname}.geojson", "to": None, "inputs": ["masks/*.tif"]}
    segue.run(recipe)
    segue.clean(save(recipe))
    assert there() == {"recipe.json"}


def test_a_single_output_keeps_no_record(here, there):
    one = {**ROIS, "inputs": ["masks/m1.tif"], "output": "m1.zip", "to": None}
    segue.run(one)
    with pytest.raises(UsageError, match=r"keeps no record, so nothing shows that m1.zip is still what recipe.json wrote; delete it yourself"):
        segue.clean(save(one))
    Path("m1.zip").unlink()
    assert segue.clean("recipe.json").gone == ()


def test_edits_are_undone_not_cleaned(here):
    with pytest.raises(UsageError, match="segue undo"):
        segue.clean(save({"task": "edit", "input": "a.segue", "edits": [{"edit": "delete", "objects": ["label:1"]}]}))


def test_a_folder_of_folders_with_records(here, there):
    segue.run({**ROIS, "output": "all/one/"})
    segue.run({**ROIS, "output": "all/two/"})
    before = there()
    with pytest.raises(UsageError, match=r"all holds no record of a run, but all/one, all/two do"):
        segue.clean("all")
    assert there() == before


def test_a_manifest_away_from_its_folder(here):
    segue.run(ROIS)
    shutil.copy(MANIFEST, "manifest.jsonl")
    with pytest.raises(UsageError, match="put it back"):
        segue.clean("manifest.jsonl")


def test_inputs_are_never_deleted(here, there):
    """A record in which an output is what was an input before."""
    segue.run(ROIS)
    (one := Path("out/m1-RoiSet.zip")).read_bytes()

    def read_there(entries):
        entries[1]["inputs"].append({"path": "m1-RoiSet.zip", "size": 5, "sha256": "0" * 64})

    edit_entries(read_there)
    assert why(segue.clean("out")) == {"out/m1-RoiSet.zip": "was read by a run, too"}
    assert one.exists()


def test_what_a_run_made_of_what_another_run_made_goes_too(here, there):
    segue.run(STUDIES)
    segue.run({**ROIS, "inputs": ["out/*.segue"], "output": "out/{nickname}.geojson", "to": None})
    segue.clean("out")
    assert there() == set()


@pytest.mark.parametrize("named", ["../victim.txt", "{here}/victim.txt", "sub/../../victim.txt", "link/victim.txt", "hard\0link"])
def test_a_record_leads_nowhere_else(here, there, named):
    """Size and checksum fit, and the place is still not one in which a run wrote."""
    import hashlib

    segue.run(ROIS)
    Path("victim.txt").write_text("mine")
    Path("out/link").symlink_to(here)
    facts = {"path": named.format(here=here), "size": 4, "sha256": hashlib.sha256(b"mine").hexdigest()}
    edit_entries(lambda entries: entries[0]["outputs"].append(facts))
    stays = [one.why for one in segue.clean("out").stays]
    assert {"lies outside of the places where the record says runs wrote", "is a link, or lies behind one"} & set(stays)
    assert Path("victim.txt").read_text() == "mine"
    assert there() == {"victim.txt", "out/link"}


def test_folders_of_somebody_else_are_not_removed(here):
    segue.run(ROIS)
    Path("empty").mkdir()
    plan = json.loads(Path("out/segue-job/plan.json").read_text())
    plan["folders"] += ["../empty", str(here / "empty"), "../masks/.."]
    Path("out/segue-job/plan.json").write_text(json.dumps(plan))
    segue.clean("out")
    assert Path("empty").is_dir()
    assert not Path("out").exists()


def test_an_output_that_became_a_link_stays(here):
    segue.run(ROIS)
    shutil.move("out/m1-RoiSet.zip", "kept.zip")
    Path("out/m1-RoiSet.zip").symlink_to(here / "kept.zip")
    assert why(segue.clean("out")) == {"out/m1-RoiSet.zip": "is a link, or lies behind one"}
    assert Path("kept.zip").exists()
    assert Path("out/m1-RoiSet.zip").is_symlink()


def test_a_folder_output_with_an_edited_part_stays_as_a_whole(here, there):
    segue.run(STUDIES)
    Path("out/m1.segue/study.json").write_text("mine")
    size = len([one for one in there() if "m1.segue" in one])
    cleaned = segue.clean("out")
    assert why(cleaned) == {"out/m1.segue": "study.json in it was changed after it was written"}
    assert len([one for one in there() if "m1.segue" in one]) == size == len(there())


def test_what_somebody_put_into_a_folder_output_stays(here, there):
    segue.run(STUDIES)
    Path("out/m1.segue/more").mkdir()
    Path("out/m1.segue/more/mine.txt").write_text("mine")
    assert why(segue.clean("out")) == {"out/m1.segue/more/mine.txt": "is not in the record"}
    assert there() == {"out/m1.segue/more/mine.txt"}


def test_an_edited_study_is_not_deleted(here):
    segue.run(STUDIES)
    segue.edit("out/m1.segue", [{"edit": "delete", "objects": ["label:1"]}])
    objects = segue.read("out/m1.segue").image_sets[0].objects.frame.height
    segue.clean("out")
    assert segue.read("out/m1.segue").image_sets[0].objects.frame.height == objects
    assert not Path("out/m2.segue").exists()


def test_folders_in_which_nothing_else_is_are_removed(here, there):
    segue.run({**ROIS, "output": "new/deep/out/{nickname}/{nickname}.zip"})
    segue.clean("new/deep/out")
    assert there() == set()
    assert not Path("new").exists()
    Path("old").mkdir()
    segue.run({**ROIS, "output": "old/out/"})
    segue.clean("old/out")
    assert there() == {"old"}


def test_several_output_folders(here, there):
    segue.run({"task": "measure", "inputs": ["images/"], "outputs": ["tables/", "rois/"], "to": ["table", "imagej-roi"], "labels": "masks/{nickname}.tif"})
    assert {"tables/m1.csv", "rois/m1-RoiSet.zip"} <= there()
    assert segue.clean("tables").files == 8
    assert there() == set()


def test_a_summary_of_all_items_goes_with_them(here, there):
    recipe = {"task": "measure", "inputs": ["images/"], "outputs": ["out/"], "labels": "masks/{nickname}.tif", "summary": "summary.csv"}
    segue.run(recipe)
    lines = MANIFEST.read_bytes()
    Path("out/m2.csv").unlink()
    segue.run(recipe, resume=True)
    assert MANIFEST.read_bytes() == lines
    assert lines.count(b"\n") == 5
    segue.clean("out")
    assert there() == set()


def test_a_clean_that_was_interrupted_is_gone_on_with(here, there, monkeypatch):
    segue.run(STUDIES)
    segue.run(ROIS)
    files, unlink, most = there(), Path.unlink, [3]

    def interrupted(path, **options):
        if not most[0]:
            raise KeyboardInterrupt
        most[0] -= path.exists()
        unlink(path, **options)

    for _ in range(len(files)):
        monkeypatch.setattr(Path, "unlink", interrupted)
        try:
            segue.clean("out")
        except KeyboardInterrupt:
            assert not any(Path(f"out/m{n}.segue").exists() and not Path(f"out/m{n}.segue/study.json").exists() for n in range(1, 5)), "half a study"
            leftovers._mine.clear()  # the process that was interrupted is gone
            most[0] = 3
            monkeypatch.setattr(leftovers, "_in_use", lambda path: False)
            continue
        break
    assert there() == set()
    assert not Path("out").exists()


def test_what_killed_runs_left_is_deleted(here, there):
    segue.run(ROIS)
    name = leftovers.hidden_beside(Path("out/m3-RoiSet.zip")).name
    host, foreign = name.split("-")[2], ".segue-part-00000000-1-1-000000000000~else.zip"
    dead = name.replace(f"-{os.getpid()}-", "-999999999-")
    for one in (dead, foreign):
        Path("out", one).write_bytes(b"half")
    assert host in dead
    assert why(segue.clean("out")) == {}
    assert there() == {f"out/{foreign}"}


def test_not_while_a_run_is_writing(here, there):
    segue.run(ROIS)
    before = there()
    with write_lock(Path("out/segue-job")), pytest.raises(SinkError, match="is being written by another segue"):
        segue.clean("out")
    assert there() == before


def test_what_changes_between_listing_and_deleting_stays(here):
    from segue.workflow.cleaning.finding import find
    from segue.workflow.cleaning.removal import remove
    from segue.workflow.cleaning.survey import survey

    segue.run(ROIS)
    segue.run(STUDIES)
    found = survey(find(Path("out")))
    Path("out/m1-RoiSet.zip").write_text("mine")
    Path("out/m2.segue/study.json").write_text("mine")
    Path("out/m3.segue/mine.txt").write_text("mine")
    cleaned = remove(found)
    assert set(why(cleaned)) == {"out/m1-RoiSet.zip", "out/m2.segue", "out/m3.segue"}
    assert Path("out/m1-RoiSet.zip").read_text() == Path("out/m2.segue/study.json").read_text() == Path("out/m3.segue/mine.txt").read_text() == "mine"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may delete everything")
def test_what_cannot_be_deleted_is_said_and_stays_in_the_record(here, there):
    segue.run({**ROIS, "output": "out/{nickname}/a.zip"})
    Path("out/m2").chmod(0o555)
    cleaned = segue.clean("out")
    assert [one.why for one in cleaned.failed] == ["cannot be deleted: permission denied"]
    Path("out/m2").chmod(0o755)
    assert segue.clean("out").files == 1
    assert there() == set()


def test_an_error_while_deleting_keeps_the_record(here, there, monkeypatch):
    segue.run(ROIS)
    unlink = Path.unlink

    def refused(path, **options):
        if path.name == "m2-RoiSet.zip":
            raise PermissionError(13, "Permission denied")
        unlink(path, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refused)
        cleaned = segue.clean("out")
    assert [(one.path.name, one.why) for one in cleaned.failed] == [("m2-RoiSet.zip", "cannot be deleted: permission denied")]
    assert MANIFEST.read_text().count("\n") == 1
    assert segue.clean("out").files == 1
    assert there() == set()


@pytest.mark.parametrize("damage", [b"", b"\0\xff{", b'[1, 2]\n{"item": 3}\n', b'{"folders": 3, "places": {"a": 1}, "items": [1, {"outputs": 2}]}'])
def test_a_damaged_record_deletes_only_what_it_still_says(here, there, damage):
    segue.run(ROIS)
    whole = MANIFEST.read_bytes().splitlines(keepends=True)
    MANIFEST.write_bytes(b"".join(whole[:2]) + whole[2][:50])
    Path("out/segue-job/plan.json").write_bytes(damage)
    segue.clean("out")
    assert there() == {"out/m3-RoiSet.zip", "out/m4-RoiSet.zip"}


def test_the_result_as_plain_data(here):
    segue.run(ROIS)
    Path("out/mine.txt").touch()
    body = segue.clean("out").to_json()
    assert body["deleted"][0].keys() == {"path", "bytes", "files"}
    assert body["stays"] == [{"path": str(Path("out/mine.txt")), "why": "is not in the record"}]
    assert (body["dry_run"], body["failed"]) == (False, [])


def test_lines_of_the_record_are_as_they_were(here):
    segue.run(ROIS)
    segue.run(STUDIES)
    lines = [line for line in MANIFEST.read_bytes().splitlines(keepends=True) if b".segue" in line]
    segue.clean(save(ROIS))
    assert MANIFEST.read_bytes() == b"".join(lines)
    assert all(to_line(from_line(line)) == line for line in lines)

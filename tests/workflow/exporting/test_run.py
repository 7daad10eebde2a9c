"""Exports: what is written is what was planned, only what is needed is read, and nothing half-written is left."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import tifffile

import segue
from segue.errors import Incompatible, NotesRefused, SegueError, SinkError
from segue.notes import Kind
from segue.workflow.exporting.plan import plan_export
from segue.workflow.jobs.running import Running
from segue.workflow.recipe import read_recipe, recipe_bytes
from segue.workflow.recipe_export import ExportRecipe
from segue.workflow.running import run_recipe


def recipe(inputs, output, **more):
    return ExportRecipe(inputs=(inputs,) if isinstance(inputs, str) else tuple(inputs), output=output, **more)


def export(inputs, output, **more):
    return run_recipe(recipe(inputs, output, **more), Running())


def texts(done, kind=None):
    return [str(note) for note in done.result.notes if kind is None or note.kind is kind]


def test_cut_scaled_cast_and_reordered(stack):
    done = export("scan.2023.01.tif", "o.npy", cutout="x=5:60,y=10:50,c=1:2", renormalize="0:4095->0:255", dtype="uint8", axes="yxz")
    expected = np.rint(np.clip(stack[:, 1, 10:50, 5:60], 0, 4095) * (255 / 4095)).astype(np.uint8)
    assert np.array_equal(np.load("o.npy"), expected.transpose(1, 2, 0))
    assert texts(done[0], Kind.DONE)[0].endswith("pixels rounded to values of uint8")
    assert [note.feature for note in done[0].result.notes.refused] == ["pixel size", "image origin"]


def test_a_sequence_is_a_file_for_each_slice(stack):
    done = export("scan.2023.01.tif", "s/{nickname}_{slice_index:02d}.tif", cutout="z=1:3", axes="zcyx")
    assert [path.name for path in done[0].result.written] == ["scan.2023.01_01.tif", "scan.2023.01_02.tif"]
    for index in (1, 2):
        with segue.read(f"s/scan.2023.01_{index:02d}.tif") as study:
            image = study.image_sets[0].images[0]
            assert image.axes == "cyx"
            assert np.array_equal(image.pixels.read((slice(0, 2), slice(0, 50), slice(0, 60))), stack[index])
            assert study.image_sets[0].grid.axis("x").scale == 0.5


def test_a_stack_is_looked_at_from_the_side(stack):
    export("scan.2023.01.tif", "side_{slice_index}.tif", cutout="c=0:1,x=7:9", axes="xzy", step="x")
    with segue.read("side_7.tif") as study:
        grid = study.image_sets[0].grid
        assert [grid.axis(name).scale for name in "yx"] == [2.0, 0.5]
    assert np.array_equal(tifffile.imread("side_8.tif"), stack[:, 0, :, 8])


def test_a_batch_goes_on_after_an_item_that_fails(stack, chunked):
    ones = np.ones((4, 20, 20), np.uint16)
    chunked("a.ome.zarr", ones, "zyx", (1, 20, 20))
    chunked("b.ome.zarr", ones + 1, "zyx", (1, 20, 20))
    Path("a.ome.zarr/0/2/0/0").write_bytes(b"damaged")
    done = export(["a.ome.zarr", "b.ome.zarr"], "out/{nickname}.npy")
    assert isinstance(done[0].error, SegueError)
    assert done[1].error is None
    assert sorted(path.name for path in Path("out").iterdir()) == ["b.npy", "segue-job"]


def test_only_the_chunks_that_the_cutout_touches_are_read(chunked):
    array = np.random.default_rng(1).integers(0, 60_000, (100, 16, 16), np.uint16)
    chunked("a.ome.zarr", array, "zyx", (1, 16, 16))
    for index in set(range(100)) - set(range(40, 50)):
        Path(f"a.ome.zarr/0/{index}/0/0").write_bytes(b"damaged")
    export("a.ome.zarr", "o.npy", cutout="z=40:50")
    assert np.array_equal(np.load("o.npy"), array[40:50])
    with pytest.raises(SegueError):
        export("a.ome.zarr", "p.npy", cutout="z=45:51")
    assert sorted(path.name for path in Path().iterdir()) == ["a.ome.zarr", "o.npy"]


def test_each_chunk_is_decoded_once(chunked, monkeypatch):
    array = np.random.default_rng(1).integers(0, 60_000, (100, 16, 16), np.uint16)
    chunked("a.ome.zarr", array, "zyx", (1, 16, 16))
    opened: list[str] = []
    from zarr.storage import LocalStore

    get = LocalStore.get

    async def counted(self, key, *args, **more):
        opened.append(key)
        return await get(self, key, *args, **more)

    monkeypatch.setattr(LocalStore, "get", counted)
    export("a.ome.zarr", "o.npy", cutout="z=40:50")
    chunks = [key for key in opened if key.rpartition("/")[0].removeprefix("0/").replace("/", "").isdigit()]
    assert sorted({int(key.split("/")[-3]) for key in chunks}) == list(range(40, 50))
    assert len(chunks) == 10


def test_labels_that_do_not_fit_are_refused_and_not_clipped(here):
    labels = np.array([[0, 1, 300], [2, 3, 4]], np.uint32)
    np.save("labels.npy", labels)
    with pytest.raises(Incompatible, match="uint8 does not hold its labels"):
        export("labels.npy", "o.npy", dtype="uint8")
    assert not Path("o.npy").exists()
    for how in ("clip", "ilastik"):
        with pytest.raises(Incompatible, match="does not hold"):
            export("labels.npy", "o.npy", dtype="uint8", convert=how)
    export("labels.npy", "o.npy", dtype="uint16")
    assert np.array_equal(np.load("o.npy"), labels)


def test_values_beyond_the_type_are_counted(here):
    values = np.array([[-1.0, 0.4, 0.5, 1.5, 255.6, np.nan]], np.float32)
    np.save("a.npy", values)
    done = export("a.npy", "o.npy", dtype="uint8")
    assert np.load("o.npy").tolist() == [[0, 0, 0, 2, 255, 0]]
    assert texts(done[0], Kind.CHANGED) == [
        "changed: 2 pixels clipped to what uint8 holds",
        "changed: 3 pixels rounded to values of uint8",
        "changed: 1 pixel not a number (NaN), now 0: uint8 has no NaN",
    ]
    with pytest.raises(NotesRefused):
        export("a.npy", "p.npy", dtype="uint8", strict=True)
    assert not Path("p.npy").exists()


def test_ilastiks_arithmetic_on_request(here):
    np.save("a.npy", np.array([[-0.1, 0, 0.5, 1, 1.2]], np.float32))
    export("a.npy", "o.npy", dtype="uint8", renormalize="0:1->0:255", convert="ilastik")
    assert np.load("o.npy").tolist() == [[230, 0, 128, 255, 50]]


def test_the_range_follows_the_values(here):
    from segue.model.grid import grid_of
    from segue.model.image import ArrayPixels, Image
    from segue.model.study import ImageSet

    image = Image(ArrayPixels(np.ones((2, 4, 5), np.float32)), "cyx", channels=("a", "b"), data_range=(0.0, 1.0))
    s = ImageSet("s", grid_of("cyx", (2, 4, 5), {"x": (0.5, "um"), "y": (0.5, "um")}), images=(image,))
    segue.export(s, "o.ome.tif", renormalize="0:1->0:255", dtype="uint8", cutout="c=1:2,x=2:5")
    with segue.read("o.ome.tif") as study:
        back = study.image_sets[0]
        assert back.images[0].channels in ((), ("b",))
        assert back.grid.axis("x").scale == 0.5
        assert back.grid.size("x") == 3


def test_recipes_repeat_an_export(stack):
    wanted = recipe("scan.2023.01.tif", "{nickname}_{slice_index}.tif", axes="zcyx", cutout="x=5:9", options={"compression": "deflate"})
    Path("recipe.json").write_bytes(recipe_bytes(wanted))
    assert read_recipe("recipe.json") == wanted
    run_recipe(wanted, Running())
    before = {path.name: path.read_bytes() for path in Path().glob("*_*.tif")}
    run_recipe(wanted, Running(overwrite=True))
    assert before == {path.name: path.read_bytes() for path in Path().glob("*_*.tif")}
    assert len(before) == 3


def test_an_output_carries_the_recipe_that_makes_it_again(stack):
    run_recipe(recipe("scan.2023.01.tif", "{nickname}_{slice_index}.tif", axes="zcyx"), Running(with_recipe=True))
    one = json.loads(Path("scan.2023.01_1.tif.recipe.json").read_text())
    assert one["output"] == "scan.2023.01_{slice_index:01d}.tif"
    planned = plan_export(read_recipe("scan.2023.01_1.tif.recipe.json"), overwrite=True)
    assert Path("scan.2023.01_1.tif") in planned.predictions[0].item.outputs


def test_a_batch_is_resumed(stack):
    tifffile.imwrite("b.tif", np.zeros((5, 6), np.uint8))
    both = recipe(["scan.2023.01.tif", "b.tif"], "out/", format="numpy")
    run_recipe(both, Running())
    stamp = Path("out/b.npy").stat().st_mtime_ns
    Path("out/scan.2023.01.npy").unlink()
    done = run_recipe(both, Running(resume=True))
    assert [one.before for one in done] == [False, True]
    assert Path("out/b.npy").stat().st_mtime_ns == stamp
    assert Path("out/scan.2023.01.npy").exists()
    with pytest.raises(SinkError, match=r"exists? already"):
        run_recipe(both, Running())


def test_a_failing_sequence_leaves_nothing(chunked):
    array = np.ones((4, 20, 20), np.uint16)
    chunked("a.ome.zarr", array, "zyx", (1, 20, 20))
    Path("a.ome.zarr/0/3/0/0").write_bytes(b"damaged")
    done = export("a.ome.zarr", "s/{slice_index}.tif")
    assert done[0].error is not None
    assert not Path("s").exists() or not [path for path in Path("s").iterdir() if path.suffix == ".tif"]


def test_threads_do_not_change_a_byte(stack):
    for count in (1, 3):
        run_recipe(recipe("scan.2023.01.tif", f"{count}.ome.tif", dtype="float32", axes="zcyx"), Running(workers=count))
    assert Path("1.ome.tif").read_bytes() == Path("3.ome.tif").read_bytes() or b"1.ome" in Path("1.ome.tif").read_bytes()


def test_what_is_in_memory_is_exported_too(here):
    array = np.arange(60, dtype=np.float32).reshape(3, 4, 5)
    done = segue.export(array, "o.npy", cutout="z=1:3", axes="yxz")
    assert np.array_equal(np.load("o.npy"), array[1:3].transpose(1, 2, 0))
    assert done[0].result.to_json() == {"shape": [4, 5, 2], "axes": "yxz", "dtype": "float32", "files": 1, "bytes": Path("o.npy").stat().st_size}
    segue.export(array[:2], "c_{slice_index}.tif", input_axes="cyx", dtype="uint8")
    assert np.array_equal(tifffile.imread("c_1.tif"), array[1].astype(np.uint8))
    segue.export({"inputs": ["o.npy"], "output": "p.npy"})
    segue.export([Path("o.npy"), "p.npy"], "out/", format="numpy", dry_run=True)
    assert not Path("out").exists()
    for wrong in (lambda: segue.export(array), lambda: segue.export(np.zeros((1, 1, 1, 1, 1)), "x.npy"), lambda: segue.export(array, "o.npy")):
        with pytest.raises(SegueError):
            wrong()


def test_image_sets_of_a_study_are_items(stack):
    with segue.read("scan.2023.01.tif") as study:
        from dataclasses import replace

        one = study.image_sets[0]
        segue.write(replace(study, image_sets=(replace(one, name="left"), replace(one, name="right"))), "s.segue")
    done = export("s.segue", "{nickname}.npy", cutout="z=0:1")
    assert [one.item.outputs[0].name for one in done] == ["s-left.npy", "s-right.npy"]
    export("s.segue", "only.npy", image_set="right")
    assert np.array_equal(np.load("only.npy"), stack)


def test_files_are_stacked_and_axes_are_named(here):
    for index in (2, 9, 10):
        tifffile.imwrite(f"plane_{index}.tif", np.full((4, 5), index, np.uint8))
    done = export("plane_*.tif", "{nickname}_{slice_index}.png", stack_along="z", cutout="z=1:3")
    assert [path.name for path in done[0].item.outputs] == ["plane_1.png", "plane_2.png"]
    assert len(done[0].item.inputs) == 3
    export("plane_*.tif", "o.npy", stack_along="t", axes="yxt")
    assert np.load("o.npy")[0, 0].tolist() == [2, 9, 10]
    export("o.npy", "p.npy", input_axes="yxz", cutout="z=0:2", axes="zyx")
    assert np.load("p.npy")[:, 3, 4].tolist() == [2, 9]
    with pytest.raises(SegueError, match="axes"):
        export("o.npy", "q.npy", input_axes="tzyx")


def test_the_work_can_be_done_elsewhere(stack):
    import pickle
    from functools import partial

    from segue.tasks.workers import Threads
    from segue.workflow.exporting.choice import exporting_of
    from segue.workflow.exporting.task import exporting
    from segue.workflow.jobs.batch import absolute

    wanted = recipe("scan.2023.01.tif", "s/{slice_index}.png", cutout="c=0:1")
    item = absolute(plan_export(wanted).predictions[0].item)
    assert all(path.is_absolute() for path in (*item.files, *item.outputs))
    work, sent = pickle.loads(pickle.dumps((exporting(exporting_of(wanted), Threads(1)), item)))
    assert isinstance(work, partial)
    assert len(work(sent, False).written) == 3

"""Many items: side by side, with errors as sentences, the same bytes whoever does it."""

from __future__ import annotations

import errno
import importlib.util
import os
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from segue.errors import NotFound, SinkError, TooLarge
from segue.notes import Notes
from segue.tasks.workers import Threads
from segue.workflow.jobs.batch import absolute, run_items
from segue.workflow.running import run


@dataclass(frozen=True)
class Item:
    name: str
    inputs: tuple[Path, ...] = ()
    outputs: tuple[Path, ...] = (Path("out.txt"),)

    def at(self, outputs):
        return replace(self, outputs=outputs)


@dataclass(frozen=True)
class Result:
    content: str
    notes: Notes = field(default_factory=Notes)
    size: int = 0

    def to_json(self):
        return {}


ITEMS = [Item(name) for name in "abcdef"]


def works(errors):
    def work(item, overwrite):
        if item.name in errors:
            raise errors[item.name]
        return Result(item.name)

    return work


@pytest.mark.parametrize("workers", [Threads(1), Threads(3)])
def test_a_batch_goes_on_after_a_failed_item(workers):
    done = sorted(run_items(ITEMS, works({"c": NotFound("no c")}), workers=workers), key=lambda one: one.number)
    assert [one.result.content if one.result else str(one.error) for one in done] == ["a", "b", "no c", "d", "e", "f"]


def test_a_single_file_fails_as_a_whole():
    with pytest.raises(NotFound, match="no a"):
        list(run_items(ITEMS[:1], works({"a": NotFound("no a")}), batch=False))


def test_too_little_memory_is_a_sentence():
    done = list(run_items(ITEMS, works({"b": MemoryError()})))
    assert isinstance(done[1].error, TooLarge)
    assert "b needs more memory than there is" in str(done[1].error)
    assert len(done) == 6


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), SinkError("the disk is full", errno=errno.ENOSPC)])
def test_a_full_disk_ends_a_batch(error):
    done = list(run_items(ITEMS, works({"b": error})))
    assert [one.item.name for one in done] == ["a", "b"]
    assert isinstance(done[1].error, SinkError)
    assert "the disk is full" in str(done[1].error)


def test_an_error_of_ours_to_mend_ends_everything():
    with pytest.raises(ZeroDivisionError):
        list(run_items(ITEMS, works({"b": ZeroDivisionError()})))


def test_items_for_other_machines_have_absolute_paths(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    there = absolute(Item("a", (Path("in/a.tif"), Path("/b.tif"))))
    assert there == Item("a", (tmp_path / "in/a.tif", Path("/b.tif")), (tmp_path / "out.txt",))


@pytest.mark.parametrize("options", [{"workers": 1}, {"workers": 4}, {"dask": True}], ids=["one", "four threads", "two dask workers"])
def test_the_bytes_do_not_depend_on_who_did_it(batch, contents, options, tmp_path):
    Path("masks/m4.tif").write_bytes(Path("masks/m4.tif").read_bytes()[:300])
    run(batch)
    expected = contents()
    shutil.rmtree("out")
    if "dask" not in options:
        done = run(batch, **options)
    else:
        if importlib.util.find_spec("distributed") is None:
            pytest.skip("Dask (distributed) is not installed")
        from distributed import LocalCluster

        os.mkdir("elsewhere")  # noqa: PTH102
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", local_directory=str(tmp_path / "elsewhere"), memory_limit=0) as cluster:
            done = run(batch, scheduler=cluster.scheduler_address)
    assert [one.error is None for one in done] == [True, True, True, False, True, True]
    assert contents() == expected

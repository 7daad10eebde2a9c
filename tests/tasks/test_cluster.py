"""Work in pieces on a Dask cluster: here worker processes of this machine."""

from __future__ import annotations

import importlib.util
import json
import operator
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from segue.errors import MissingDependency, SegueError, SourceError, UsageError
from segue.tasks.cluster import Cluster

needs_dask = pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="Dask (distributed) is not installed")


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """A scheduler and three worker processes: two of them may die and be slow to come back."""
    import dask
    from distributed import LocalCluster

    home = tmp_path_factory.mktemp("dask")
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1, "distributed.comm.timeouts.connect": "300s", "distributed.comm.timeouts.tcp": "300s"}),
        LocalCluster(n_workers=3, threads_per_worker=1, processes=True, dashboard_address=":0", local_directory=str(home), memory_limit=0) as local,
    ):
        yield local


@pytest.fixture
def cluster(local, tmp_path):
    """The cluster by its scheduler file, as job queues have it."""
    file = tmp_path / "scheduler.json"
    file.write_text(json.dumps({"type": "Scheduler", "id": "here", "address": local.scheduler_address, "workers": {}}))
    return Cluster(str(file))


@needs_dask
def test_results_come_in_the_order_of_the_pieces(cluster):
    assert list(cluster.run(partial(operator.mul, 3), range(40))) == [3 * n for n in range(40)]


@needs_dask
def test_or_as_they_are_finished_with_their_number(cluster):
    assert sorted(cluster.unordered(partial(operator.mul, 3), range(40))) == [(n, 3 * n) for n in range(40)]


@needs_dask
def test_pieces_are_taken_as_the_work_goes_on(cluster):
    taken = []
    results = cluster.run(operator.neg, (taken.append(n) or n for n in range(1000)))
    assert [next(results) for _ in range(10)] == [-n for n in range(10)]
    results.close()
    assert len(taken) < 30


@needs_dask
def test_our_errors_come_back_as_our_errors_with_their_facts(cluster):
    from segue.storage.source import Source

    with pytest.raises(SegueError, match="does not exist") as caught:
        list(cluster.run(Source, [Path("/no/such/file.tif")]))
    assert caught.value.fields["path"] == Path("/no/such/file.tif")


@needs_dask
def test_a_worker_with_another_version_is_refused(cluster, monkeypatch):
    monkeypatch.setattr("segue.__version__", "999")
    with pytest.raises(UsageError, match="999"):
        list(cluster.run(str, [1]))


@needs_dask
def test_a_piece_whose_worker_dies_is_done_by_another(cluster, tmp_path):
    died = tmp_path / "died"
    script = f"import os, pathlib\np = pathlib.Path({str(died)!r})\nif not p.exists():\n    p.touch()\n    os._exit(1)\n"
    assert list(cluster.run(exec, [script])) == [None]
    assert died.exists()


@needs_dask
@pytest.mark.slow
def test_a_piece_that_ends_every_worker_is_lost_and_the_others_are_done(cluster, local, monkeypatch):
    monkeypatch.setattr(local.scheduler, "allowed_failures", 0)
    pieces = [str(n) for n in (0, 1)] + ["__import__('os')._exit(1)"] + [str(n) for n in (3, 4)]
    results = dict(cluster.unordered(eval, pieces, lambda error: f"{type(error).__name__}: {error}"))
    assert {n: results[n] for n in (0, 1, 3, 4)} == {0: 0, 1: 1, 3: 3, 4: 4}
    assert results[2].startswith("TooLarge: a piece of the work ended every worker that did it (1); usually it needs more memory")


@needs_dask
def test_an_address_where_nobody_answers():
    with pytest.raises(UsageError, match="no Dask scheduler answers"):
        list(Cluster("tcp://127.0.0.1:1", timeout=1).run(str, [1]))


ALONE = """
import sys, time
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0", local_directory=sys.argv[1], memory_limit=0) as cluster:
        print(cluster.scheduler_address, flush=True)
        time.sleep(120)
"""


@needs_dask
@pytest.mark.slow
def test_a_scheduler_that_goes_away_is_a_sentence(tmp_path, capfd):
    (tmp_path / "alone.py").write_text(ALONE)
    with subprocess.Popen([sys.executable, tmp_path / "alone.py", tmp_path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            results = Cluster(process.stdout.readline().strip()).unordered(time.sleep, [0, 100])
            assert next(results) == (0, None)
        finally:
            process.kill()
    with pytest.raises(SourceError, match=r"the connection to the Dask scheduler .* was lost; .* --resume"):
        next(results)
    assert capfd.readouterr().err == ""


def test_without_dask_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingDependency, match=r"pip install 'segue\[dask\]'"):
        list(Cluster("tcp://localhost:8786").run(str, [1]))

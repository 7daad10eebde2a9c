"""Many outputs that are kept together: the disk is waited for once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from segue.errors import SinkError
from segue.storage import leftovers
from segue.storage.sink import Together


@pytest.mark.parametrize("count", [1, 3, 70])
def test_many_files_are_kept_together(tmp_path: Path, count: int) -> None:
    together = Together([tmp_path / f"{nth % 2}" / f"{nth}.txt" for nth in range(count)])
    with together as sinks:
        for nth, sink in enumerate(sinks):
            with sink.open() as file:
                file.write(f"{nth}".encode())
        assert not any(sink.target.exists() for sink in sinks)
        kept = together.keep()
    assert [path.read_text() for path in kept] == [f"{nth}" for nth in range(count)]


def test_the_disk_is_waited_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda file: calls.append("one"))
    monkeypatch.setattr(os, "sync", lambda: calls.append("all"), raising=False)
    together = Together([tmp_path / f"{nth}.txt" for nth in range(100)])
    with together as sinks:
        for sink in sinks:
            with sink.open() as file:
                file.write(b"text")
        together.keep()
    assert calls == ["all", "one"]


def test_what_killed_runs_left_is_looked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    targets = [tmp_path / f"{nth}.txt" for nth in range(20)]
    dead = leftovers.hidden_beside(targets[7])
    dead = dead.with_name(dead.name.replace(f"-{os.getpid()}-", f"-{_ended()}-"))
    aside = dead.with_name(leftovers.hidden_beside(targets[9], leftovers.OLD).name.replace(f"-{os.getpid()}-", f"-{_ended()}-"))
    dead.write_text("half a text")
    aside.write_text("old")
    looked: list[Path] = []
    scandir = os.scandir

    def look(path: Path) -> Any:
        looked.append(path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", look)
    with Together(targets, overwrite=True) as sinks:
        for sink in sinks:
            with sink.open() as file:
                file.write(b"text")
        assert looked == [tmp_path]
        assert not dead.exists()
        assert targets[9].read_text() == "old", "a file that was moved aside is back"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["9.txt"], "nothing was kept"


def _ended() -> int:
    """The number of a process that has ended."""
    return int(subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True, text=True).stdout)


def test_folders_that_were_made_for_nothing_go(tmp_path: Path) -> None:
    with Together([tmp_path / "new" / "deep" / "a.txt", tmp_path / "new" / "deep" / "b.txt"]) as sinks:
        for sink in sinks:
            with sink.open() as file:
                file.write(b"text")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_kept_together_that_was_not_written(tmp_path: Path) -> None:
    together = Together([tmp_path / "a.txt"])
    with together, pytest.raises(SinkError, match="nothing was written"):
        together.keep()

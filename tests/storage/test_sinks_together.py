"""Many outputs that are kept together: the disk is waited for once."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from segue.errors import SinkError
from segue.storage.sink import FileSink, keep_together


@pytest.mark.parametrize("count", [1, 3, 70])
def test_many_files_are_kept_together(tmp_path: Path, count: int) -> None:
    with ExitStack() as stack:
        sinks = [stack.enter_context(FileSink(tmp_path / f"{nth % 2}" / f"{nth}.txt", alone=False)) for nth in range(count)]
        for nth, sink in enumerate(sinks):
            with sink.open() as file:
                file.write(f"{nth}".encode())
        assert not any(sink.target.exists() for sink in sinks)
        kept = keep_together(sinks)
    assert [path.read_text() for path in kept] == [f"{nth}" for nth in range(count)]


def test_the_disk_is_waited_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda file: calls.append("one"))
    monkeypatch.setattr(os, "sync", lambda: calls.append("all"), raising=False)
    with ExitStack() as stack:
        sinks = [stack.enter_context(FileSink(tmp_path / f"{nth}.txt", alone=False)) for nth in range(100)]
        for sink in sinks:
            with sink.open() as file:
                file.write(b"text")
        keep_together(sinks)
    assert calls == ["all", "one"]


def test_nothing_is_kept_together_that_was_not_written(tmp_path: Path) -> None:
    with FileSink(tmp_path / "a.txt", alone=False) as sink, pytest.raises(SinkError, match="nothing was written"):
        keep_together([sink])

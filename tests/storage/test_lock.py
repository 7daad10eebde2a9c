"""One writer at a time in a folder; the lock ends with its process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import segue.errors
from segue.errors import SinkError
from segue.storage.lock import write_lock

HOLD = """
import sys
from pathlib import Path
from segue.storage.lock import write_lock
with write_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_writer_is_refused_with_the_process_that_writes(tmp_path: Path) -> None:
    with write_lock(tmp_path), pytest.raises(SinkError, match=rf"another segue \(process {os.getpid()}\)"), write_lock(tmp_path):
        pass
    with write_lock(tmp_path):
        pass


def test_the_lock_ends_with_a_killed_process(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(segue.errors.__file__).parent.parent)}
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(SinkError, match=str(holder.pid)), write_lock(tmp_path):
            pass
        holder.kill()
        holder.wait()
        with write_lock(tmp_path):
            pass


def test_a_folder_that_is_not_there_cannot_be_locked(tmp_path: Path) -> None:
    with pytest.raises(SinkError), write_lock(tmp_path / "missing"):
        pass

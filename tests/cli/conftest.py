"""Running the command line as a user does."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.fixture
def segue_command(tmp_path):
    """Run ``segue ARGS...`` in an empty folder; gives the finished process."""

    def run(*args, cwd=tmp_path, **more):
        return subprocess.run([sys.executable, "-m", "segue", *map(str, args)], capture_output=True, text=True, cwd=cwd, timeout=300, **more)

    return run

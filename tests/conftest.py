"""What every test may use: the real files of the shared folder, commands that are killed, and the two Hypothesis profiles. No test waits for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

FUZZING = os.environ.get("HYPOTHESIS_PROFILE") == "fuzz"
FEW, MANY = 30, int(os.environ.get("EXAMPLES") or 2000)
"""Random examples of a property: in the tests, and in ``make fuzz EXAMPLES=...``."""
LONGEST = 600 * (MANY // FEW + 1 if FUZZING else 1)
"""Seconds after which a test fails that waits for something; far more than any needs, however busy the machine is."""
GOLDEN = Path(__file__).resolve().parents[2] / "shared" / "golden"

settings.register_profile("ci", derandomize=True, database=None, deadline=None, max_examples=FEW, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fuzz", parent=settings.get_profile("ci"), derandomize=False, max_examples=MANY, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session", autouse=True)
def nothing_waits_for_the_disk():
    """No test outlives a power cut, and ``sync`` would wait for whatever else this machine is writing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda file: None)
        if hasattr(os, "sync"):
            patch.setattr(os, "sync", lambda: None)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """A test that hangs (on a lock, a process, a queue) fails with its stack, and the others go on."""
    if not hasattr(signal, "SIGALRM"):
        return (yield)
    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, LONGEST)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def too_long(*_):
    pytest.fail(f"no end after {LONGEST} s")


SIGNALLED = """
import os, sys

what, part, left, which = sys.argv[1].split(), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])

def watch(event, arguments):
    global left
    if event in what and any(part in str(one) for one in arguments):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), which)

sys.addaudithook(watch)
from segue.cli import main
main(sys.argv[5:])
"""


@pytest.fixture
def signalled():
    """Run ``segue WORDS...`` in a process that is sent a signal at a moment that no clock decides: before the nth of some operations on files.

    ``before`` names audit events of Python (``os.rename``, ``os.remove``), ``part`` what has to stand in one of their arguments.
    """

    def run(which, before, part, nth, *words, cwd):
        command = [sys.executable, "-c", SIGNALLED, before, part, str(nth), str(int(which)), *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=LONGEST / 2, check=False)

    return run


@pytest.fixture(scope="session")
def golden() -> Path:
    """The folder of real files from real tools; the test is skipped where a clone does not have it."""
    if not GOLDEN.is_dir():
        pytest.skip("real files are not here: ../shared/golden is absent")
    return GOLDEN

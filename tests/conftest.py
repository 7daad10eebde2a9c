"""What every test may use: the real files of the shared folder, and the two Hypothesis profiles."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

GOLDEN = Path(__file__).resolve().parents[2] / "shared" / "golden"

settings.register_profile("ci", derandomize=True, database=None, deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fuzz", parent=settings.get_profile("ci"), derandomize=False, max_examples=2000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session", autouse=True)
def nothing_waits_for_the_disk():
    """No test outlives a power cut, and ``sync`` would wait for whatever else this machine is writing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda file: None)
        if hasattr(os, "sync"):
            patch.setattr(os, "sync", lambda: None)
        yield


@pytest.fixture(scope="session")
def golden() -> Path:
    """The folder of real files from real tools; the test is skipped where a clone does not have it."""
    if not GOLDEN.is_dir():
        pytest.skip("real files are not here: ../shared/golden is absent")
    return GOLDEN

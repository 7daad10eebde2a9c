"""The programs that make the pictures of the guide."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

PLACE = str(Path(__file__).resolve().parents[2] / "docs/generate")


@pytest.fixture(scope="module")
def maker(request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    """The module of ``docs/generate`` that a test file names as its ``MAKER``."""
    sys.path.insert(0, PLACE)
    yield import_module(request.module.MAKER)
    sys.path.remove(PLACE)
    sys.modules.pop(request.module.MAKER)
    sys.modules.pop("panels", None)

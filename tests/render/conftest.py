"""Both ways of painting: plain numpy, and compiled."""

from __future__ import annotations

import pytest

from segue.render import areas, channels, lettering, paths, segments


@pytest.fixture(params=["numpy", "compiled"])
def way(request, monkeypatch):
    """The tests that ask for it run twice."""
    compiled = request.param == "compiled"
    for module in (channels, segments):
        monkeypatch.setattr(module, "SMALL", 0 if compiled else 1 << 60)
    for module in (areas, paths, lettering):
        monkeypatch.setattr(module, "FEW", 0 if compiled else 1 << 60)
    return request.param

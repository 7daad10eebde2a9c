"""The compiled kernels at any size."""

from __future__ import annotations

import pytest


@pytest.fixture(params=[1, 2, 3])
def kernels(request, monkeypatch):
    """Run the compiled kernels whatever the size, in this many row bands."""
    from segue.geometry import outline, outline_kernel, rasterize, rasterize_kernel

    for module in (outline, rasterize):
        monkeypatch.setattr(module, "SMALL", 0)
    for module in (outline_kernel, rasterize_kernel):
        monkeypatch.setattr(module.bands, "count", lambda rows, *, worth=True: max(1, min(request.param, rows)))
    return request.param

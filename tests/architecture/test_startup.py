"""Asking segue what it can do costs nothing: no heavy library is loaded before there is work for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = [
    *"numpy polars zarr numcodecs numba llvmlite shapely tifffile PIL h5py pydantic msgspec orjson rich".split(),
    *"pandas dask distributed fastapi imagecodecs anndata scipy".split(),
]


def loaded(code):
    """Which heavy libraries a fresh interpreter holds after running the code."""
    report = f"import sys; print('loaded:', *[name for name in {HEAVY!r} if name in sys.modules])"
    program = f"try:\n    {code}\nexcept SystemExit:\n    pass\n{report}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1].split()[1:]


@pytest.mark.parametrize(
    "code",
    [
        "import segue",
        "import segue.formats.catalog",
        "from segue.cli import main; main(['--help'])",
        "from segue.cli import main; main(['convert', '--help'])",
        "from segue.cli import main; main([])",
    ],
)
def test_nothing_heavy_is_loaded(code):
    assert loaded(code) == []


def test_formats_are_listed_without_any_reader():
    assert set(loaded("from segue.cli import main; main(['formats', '--json'])")) <= {"orjson"}

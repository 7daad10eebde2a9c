"""A kernel compiles and runs wherever segue is installed: with or without a folder that its cache can live in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import segue

KERNELS = """
from segue.storage.compiled import njit

@njit
def plus_one(x): return x + 1

@njit(nogil=True)
def twice(x): return 2 * plus_one(x)

@njit("int64(int64)")
def thrice(x): return 3 * plus_one(x)

print(plus_one(1), twice(2), thrice(3))
"""


def run(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    source = str(Path(segue.__file__ or next(iter(segue.__path__)) + "/x").parent.parent)
    settings = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{source}", "PYTHONDONTWRITEBYTECODE": "1", **environment}
    settings.pop("NUMBA_CACHE_DIR", None)
    return subprocess.run([sys.executable, "-W", "error", "-c", "import kernels"], check=False, env=settings, capture_output=True, text=True, timeout=300)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """An installed package whose folder cannot take a cache (a file sits where the cache folder would be; also true for root)."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    (folder / "kernels.py").write_text(KERNELS)
    (folder / "__pycache__").write_text("")
    return folder


def test_kernels_are_cached_beside_the_source_where_that_is_possible(package: Path) -> None:
    (package / "__pycache__").unlink()
    outcome = run(package)
    assert (outcome.stdout, outcome.stderr) == ("2 6 12\n", "")
    assert list((package / "__pycache__").glob("kernels.thrice*.nbi"))


def test_kernels_go_to_the_cache_of_the_user_else(package: Path, tmp_path: Path) -> None:
    outcome = run(package, XDG_CACHE_HOME=str(tmp_path / "cache"), HOME="/dev/null", LOCALAPPDATA=str(tmp_path / "cache"))
    assert (outcome.stdout, outcome.stderr) == ("2 6 12\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="HOME=/dev/null is a Unix matter")
def test_without_a_home_kernels_go_to_a_private_temporary_folder(package: Path, tmp_path: Path) -> None:
    outcome = run(package, HOME="/dev/null", XDG_CACHE_HOME="/dev/null/cache", TMPDIR=str(tmp_path))
    assert (outcome.stdout, outcome.stderr) == ("2 6 12\n", "")
    folder = next(tmp_path.glob("segue-kernels-*"))
    assert folder.stat().st_mode & 0o077 == 0
    assert list(folder.rglob("*.nbi"))


@pytest.mark.skipif(sys.platform == "win32", reason="uses a Unix user number")
def test_with_nowhere_to_write_kernels_run_uncached(package: Path, tmp_path: Path) -> None:
    (tmp_path / f"segue-kernels-{os.getuid()}").write_text("somebody else was here")
    outcome = run(package, HOME="/dev/null", XDG_CACHE_HOME="/dev/null/cache", TMPDIR=str(tmp_path))
    assert (outcome.stdout, outcome.stderr) == ("2 6 12\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="uses a Unix user number")
def test_a_temporary_folder_that_others_can_write_is_not_trusted(package: Path, tmp_path: Path) -> None:
    folder = tmp_path / f"segue-kernels-{os.getuid()}"
    folder.mkdir()
    folder.chmod(0o777)
    outcome = run(package, HOME="/dev/null", XDG_CACHE_HOME="/dev/null/cache", TMPDIR=str(tmp_path))
    assert (outcome.stdout, outcome.stderr) == ("2 6 12\n", "")
    assert not list(folder.iterdir())


@pytest.mark.parametrize("damage", ["empty", "cut"])
def test_a_damaged_cache_is_compiled_again(package: Path, damage: str) -> None:
    (package / "__pycache__").unlink()
    run(package)
    for file in (package / "__pycache__").glob("kernels*.nb[ic]"):
        file.write_bytes(b"" if damage == "empty" else file.read_bytes()[:-20])
    outcome = run(package)
    assert (outcome.stdout, outcome.stderr) == ("2 6 12\n", "")
    index = next((package / "__pycache__").glob("kernels.thrice*.nbi"))
    assert index.stat().st_size > 0, "the damaged cache was not repaired"


def test_a_kernel_is_compiled_again_when_a_kernel_that_it_calls_has_changed(tmp_path: Path) -> None:
    package = tmp_path / "segue"
    (package / "storage").mkdir(parents=True)
    for folder in (package, package / "storage"):
        (folder / "__init__.py").write_text("")
    source = Path(next(iter(segue.__path__)))
    (package / "storage" / "compiled.py").write_text((source / "storage" / "compiled.py").read_text())
    (tmp_path / "kernels.py").write_text(
        "from segue.storage.compiled import njit\nfrom segue.inner_kernel import inner\n\n@njit\ndef outer(x): return inner(x)\nprint(outer(1))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    for added, result in ((1, "2\n"), (2, "3\n")):
        (package / "inner_kernel.py").write_text(f"from segue.storage.compiled import njit\n\n@njit\ndef inner(x): return x + {added}\n")
        command = [sys.executable, "-c", "import kernels"]
        assert subprocess.run(command, check=True, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=300).stdout == result

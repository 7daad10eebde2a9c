"""P10: how long it takes until something happens: help, import, a small conversion in a fresh process."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from harness import LIMIT, OURS, PEER, Contender, measure


def command(*words: str) -> Callable[[], Callable[[], None]]:
    """A contender that runs a process to its end."""
    return lambda: lambda: _run(words)


def conversion(pixels: int) -> Callable[[], Callable[[], None]]:
    """A contender that converts a mask of ``pixels`` x ``pixels`` with 16 x 16 segments to a RoiSet in a fresh process."""

    def make() -> Callable[[], None]:
        import numpy as np
        import tifffile

        folder = Path(tempfile.mkdtemp(prefix="segue-p10-"))
        segments = np.arange(1, 257, dtype=np.uint16).reshape(16, 16)
        tifffile.imwrite(folder / "mask.tif", np.kron(segments, np.ones((pixels // 16, pixels // 16), np.uint16)))
        words = (sys.executable, "-m", "segue", "convert", str(folder / "mask.tif"), str(folder / "out-RoiSet.zip"), "--overwrite", "-q")
        return lambda: _run(words)

    return make


def _run(words: tuple[str, ...]) -> None:
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


PYTHON = sys.executable
TRACERS = "from skimage.measure import find_contours; import roifile"
CONTENDERS = [
    Contender("python -c pass", command(PYTHON, "-c", "pass"), LIMIT, "help"),
    Contender("segue --help", command(PYTHON, "-m", "segue", "--help"), OURS, "help"),
    Contender("import click", command(PYTHON, "-c", "import click"), PEER, "help"),
    Contender("python -c pass", command(PYTHON, "-c", "pass"), LIMIT, "import"),
    Contender("import segue", command(PYTHON, "-c", "import segue"), OURS, "import"),
    Contender("import roifile", command(PYTHON, "-c", "import roifile"), PEER, "import", ("roifile",)),
    Contender("import numpy, polars, tifffile", command(PYTHON, "-c", "import numpy, polars, tifffile"), LIMIT, "small conversion"),
    Contender("segue convert, 512 x 512", conversion(512), OURS, "small conversion"),
    Contender("import skimage.measure, roifile", command(PYTHON, "-c", TRACERS), PEER, "small conversion", ("skimage", "roifile")),
    Contender("import numpy, polars, tifffile, numba", command(PYTHON, "-c", "import numpy, polars, tifffile, numba"), LIMIT, "compiled kernels"),
    Contender("segue convert, 2048 x 2048", conversion(2048), OURS, "compiled kernels"),
]

if __name__ == "__main__":
    measure("P10 start-up", CONTENDERS)

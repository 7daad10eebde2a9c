"""Large TIFF files are read in little memory: what was read of a mapped file is let go of."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import tifffile

CODE = """
import sys
from segue.codecs.tiff import TiffPixels
from segue.storage.source import Source
from pathlib import Path
pixels = TiffPixels.of(Source(Path(sys.argv[1])))
total = sum(int(pixels.read((slice(top, top + 500), slice(0, 8000))).sum()) for top in range(0, 8000, 500))
kept = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("RssFile"))
print(total, kept // 1024)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_pages_of_the_file_are_let_go_of(tmp_path):
    image = np.ones((8000, 8000), np.uint16)
    tifffile.imwrite(tmp_path / "large.tif", image)
    done = subprocess.run([sys.executable, "-c", CODE, str(tmp_path / "large.tif")], capture_output=True, text=True, check=True)
    total, kept = map(int, done.stdout.split())
    assert total == image.size
    assert kept < 110  # MB of libraries; the file has 128

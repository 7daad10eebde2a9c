"""A folder with four small masks, and the files that are there."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import tifffile


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The working folder, with ``masks/`` and ``images/``."""
    monkeypatch.chdir(tmp_path)
    Path("masks").mkdir()
    Path("images").mkdir()
    for number in range(1, 5):
        mask = np.zeros((24, 24), np.uint16)
        mask[2:9, 3:10], mask[12:20, 5 : 8 + number] = number, number + 9
        tifffile.imwrite(f"masks/m{number}.tif", mask)
        tifffile.imwrite(f"images/m{number}.tif", np.multiply.outer(np.arange(24, dtype=np.uint8), np.arange(24)).astype(np.uint8))
    return tmp_path


@pytest.fixture
def there(here):
    """Everything that is in the working folder: files, links, and empty folders, without what was there at first."""

    def look():
        found = set()
        for folder, folders, files in os.walk(here):
            empty = [] if folders or files else [folder]
            links = [one for one in folders if Path(folder, one).is_symlink()]
            found |= {Path(folder, one).relative_to(here).as_posix() for one in [*files, *links, *empty]}
        return found - {f"{kind}/m{number}.tif" for kind in ("masks", "images") for number in range(1, 5)}

    return look

"""A folder of folders: a project of image sets, each a folder with one file per channel."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile

from segue.errors import NotFound, UsageError
from segue.workflow.pairing import files_of
from segue.workflow.plan import plan


def image_set(folder):
    folder.mkdir(parents=True)
    for name in ("CD3", "DAPI", "segmentation"):
        tifffile.imwrite(folder / f"{name}.tif", np.ones((8, 9), np.uint8))
    return folder


def test_a_project_stands_for_its_image_sets(tmp_path):
    sets = [image_set(tmp_path / name) for name in ("set one", "set two")]
    (tmp_path / "notes").mkdir()
    (tmp_path / ".cache").mkdir()
    assert files_of(str(tmp_path)) == sets


def test_files_come_first(tmp_path):
    image_set(tmp_path / "set one")
    tifffile.imwrite(tmp_path / "a.tif", np.ones((8, 9), np.uint8))
    assert files_of(str(tmp_path)) == [tmp_path / "a.tif"]


def test_other_folders_are_not_searched(tmp_path):
    image_set(tmp_path / "deeper" / "set one")
    with pytest.raises(NotFound, match="holds no file that segue reads"):
        files_of(str(tmp_path))


def test_one_study_of_many_folders_needs_a_word(tmp_path):
    """As many images they are many studies; as a project they are one."""
    for name in ("set one", "set two"):
        image_set(tmp_path / "project" / name)
    with pytest.raises(UsageError, match=r"2 items cannot be written to the one file .*; if .*project is one project, say so with --from mantis-project"):
        plan([str(tmp_path / "project")], str(tmp_path / "study.segue"), None)
    assert len(plan([str(tmp_path / "project")], str(tmp_path / "study.segue"), None, from_="mantis-project").planned) == 1

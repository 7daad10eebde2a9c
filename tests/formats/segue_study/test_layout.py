"""Names of files and folders in a study."""

from __future__ import annotations

import pytest

from segue.formats.segue_study.layout import file_names, folder_names
from segue.formats.zarr_files import group_names


def test_image_sets_are_numbered_and_named():
    assert folder_names(["cells", "", "cells", "CON", "a/b"]) == ["001-cells", "002", "003-cells", "004-CON", "005-a_b"]


def test_names_that_differ_only_in_case_get_different_files():
    assert file_names(["Mean", "mean", ""], ".parquet") == ["Mean.parquet", "mean_2.parquet", "_.parquet"]


@pytest.mark.parametrize("names", [["", "", "_"], ["//", "/", "__", "_"], ["zarr.json", "ZARR.JSON"], ["..", "."], ["_ __a", " _"], ["x" * 300, "x" * 301]])
def test_groups_have_names_that_zarr_allows(names):
    found = group_names(names)
    assert len({name.casefold() for name in found}) == len(names)
    assert not [name for name in found if name.startswith("__") or name.casefold() == "zarr.json" or not name.strip(".")]


def test_long_names_stay_short_enough_for_windows():
    assert max(len(name) for name in folder_names(["x" * 300]) + file_names(["y" * 300], ".parquet") + group_names(["z" * 300])) <= 50

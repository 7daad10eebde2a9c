"""Options of formats are keywords of ``segue.read``, ``write`` and ``convert``, beside those that these have themselves."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
import tifffile

import segue
from segue.formats.catalog import FORMATS, named
from segue.formats.format import load

OWN = {name for function in (segue.read, segue.write, segue.convert) for name in inspect.signature(function).parameters} - {"options"}
OLDER = {
    "anndata": {"image"},
    "cellpose": {"image"},
    "channel-folder": {"labels"},
    "fcs": {"image"},
    "hdf5": {"path"},
    "n5": {"path"},
    "table": {"image", "populations"},
    "tiff": {"image"},
}
"""Names that are in use; in Python they are given with a ``_`` behind them."""


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_no_new_option_has_the_name_of_a_keyword(name):
    record = named(name)
    given = {option for one in (record.read_options, record.write_options) if one is not None for option in load(one).model_fields}
    assert given & OWN == OLDER.get(name, set()), "an option of this name needs a _ behind it in Python: find another name"
    assert not any(option.endswith("_") for option in given), "it could not be told from one that needs a _ behind it"


def test_those_that_are_in_use_are_given_with_an_underscore(tmp_path):
    with tifffile.TiffWriter(tmp_path / "two.tif") as file:
        file.write(np.zeros((4, 5), np.uint8), metadata=None)
        file.write(np.zeros((6, 7), np.uint8), metadata=None)
    assert segue.read(tmp_path / "two.tif", image_=2).image_sets[0].grid.size("y") == 6
    (tmp_path / "cells.csv").write_text("label,area,picture,tags\n1,2,a,x\n2,3,b,y\n")
    study = segue.read(tmp_path / "cells.csv", image_="picture", populations_="tags")
    assert [s.name for s in study.image_sets] == ["a", "b"]
    assert [one.name for one in study.populations] == [("x",), ("y",)]
    segue.convert(tmp_path / "cells.csv", tmp_path / "out.parquet", to="table", image_="picture")
    assert [s.name for s in segue.read(tmp_path / "out.parquet").image_sets] == ["a", "b"]

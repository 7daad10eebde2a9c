"""The on-disk format of AnnData: what is written comes back; limits are said."""

from __future__ import annotations

import h5py
import numpy as np
import polars as pl
import pytest

from segue.codecs.h5ad import Annotated, Frame, Sparse, sparse
from segue.codecs.h5ad_read import read_h5ad
from segue.codecs.h5ad_write import MOST_COLUMNS, write_h5ad
from segue.errors import Incompatible, Malformed, TooLarge
from segue.storage.source import Source

NAMES = pl.Series(["a", "b", "µ"])


def there_and_back(path, **content):
    write_h5ad(path, Annotated(**{"obs": Frame(NAMES), "var": Frame(pl.Series(["v"])), **content}))
    return read_h5ad(Source(path))


@pytest.mark.parametrize(
    "series",
    [
        pl.Series(["x", "", "µ"]),
        pl.Series(["x", None, "x"]),
        pl.Series([None, None, None], dtype=pl.Utf8),
        pl.Series([1, 2, 2**64 - 1], dtype=pl.UInt64),
        pl.Series([1, None, -3]),
        pl.Series([True, False, True]),
        pl.Series([True, None, False]),
        pl.Series([0.5, float("inf"), -0.0], dtype=pl.Float32),
    ],
    ids=str,
)
def test_columns_of_every_kind(tmp_path, series):
    back = there_and_back(tmp_path / "x.h5ad", obs=Frame(NAMES, {"c": series}))
    assert back.obs.index.to_list() == NAMES.to_list()
    assert back.obs.columns["c"].equals(series)
    assert back.obs.columns["c"].dtype == series.dtype


def test_categories_keep_their_order_and_those_without_rows(tmp_path):
    back = there_and_back(tmp_path / "x.h5ad", obs=Frame(NAMES, {"c": pl.Series(["B", None, "A"])}, {"c": ["B", "none", "A"]}))
    assert back.obs.levels == {"c": ["B", "none", "A"]}
    assert back.obs.columns["c"].to_list() == ["B", None, "A"]


def test_sparse_matrices(tmp_path):
    graph = sparse(np.array([2, 0, 0]), np.array([0, 1, 1]), np.array([1.0, 2.0, 3.0]), 3)
    assert graph.dense().tolist() == [[0, 2, 0], [0, 0, 0], [1, 0, 0]]
    back = there_and_back(tmp_path / "x.h5ad", obsp={"g": graph}, matrix=Sparse(np.array([5.0]), np.array([0]), np.array([0, 0, 1, 1]), (3, 1)))
    assert back.obsp["g"].dense().tolist() == graph.dense().tolist()
    assert back.matrix.dense().tolist() == [[0], [5], [0]]


def test_columns_first_are_the_same(tmp_path):
    there_and_back(tmp_path / "x.h5ad", var=Frame(pl.Series(["v", "w"])))
    with h5py.File(tmp_path / "x.h5ad", "r+") as file:
        group = file.create_group("X")
        group.attrs["encoding-type"], group.attrs["shape"] = "csc_matrix", [3, 2]
        group["data"], group["indices"], group["indptr"] = [1.0, 2.0, 3.0], [2, 0, 1], [0, 1, 3]
    assert read_h5ad(Source(tmp_path / "x.h5ad")).matrix.dense().tolist() == [[0, 2], [0, 3], [1, 0]]


def test_what_is_unstructured(tmp_path):
    inside = {"text": "µ", "list": ["a", ""], "numbers": np.arange(3), "frame": Frame(NAMES, {"c": pl.Series([1, 2, 3])}), "deep": {"er": "x"}}
    back = there_and_back(tmp_path / "x.h5ad", uns=inside).uns
    assert (back["text"], back["list"], back["numbers"].tolist(), back["deep"]) == ("µ", ["a", ""], [0, 1, 2], {"er": "x"})
    assert back["frame"].columns["c"].to_list() == [1, 2, 3]


def test_more_columns_than_can_be_listed(tmp_path):
    many = {str(number): NAMES for number in range(MOST_COLUMNS + 1)}
    with pytest.raises(Incompatible, match="4,000 columns"):
        write_h5ad(tmp_path / "x.h5ad", Annotated(Frame(NAMES, many), Frame(NAMES)))
    few = {str(number): pl.Series([True, False, True]) for number in range(MOST_COLUMNS)}
    assert list(there_and_back(tmp_path / "y.h5ad", obs=Frame(NAMES, few)).obs.columns) == list(few)


@pytest.mark.parametrize(("name", "value"), [("indices", [0, 9]), ("indptr", [0, 5, 1, 2]), ("indices", [-1, 0]), ("indptr", [0, 1])])
def test_sparse_parts_that_do_not_fit_are_refused(tmp_path, name, value):
    there_and_back(tmp_path / "x.h5ad", matrix=Sparse(np.array([5.0, 6.0]), np.array([0, 0]), np.array([0, 1, 1, 2]), (3, 1)))
    with h5py.File(tmp_path / "x.h5ad", "r+") as file:
        del file[f"X/{name}"]
        file[f"X/{name}"] = np.array(value)
    with pytest.raises(Malformed):
        read_h5ad(Source(tmp_path / "x.h5ad"))


def test_a_matrix_beyond_what_is_read_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr("segue.codecs.h5ad_read.MOST_CELLS", 2)
    with pytest.raises(TooLarge, match="matrix=none"):
        there_and_back(tmp_path / "x.h5ad", matrix=np.zeros((3, 1)))
    assert read_h5ad(Source(tmp_path / "x.h5ad"), None).matrix is None

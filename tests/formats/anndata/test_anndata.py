"""AnnData as segue writes it: what scverse finds in it, and what comes back after others worked on it."""

from __future__ import annotations

import h5py
import numpy as np
import polars as pl
import pytest

from segue.codecs.h5ad_read import read_h5ad
from segue.model.diff import diff


def members(study):
    return {s.name: {one: s.objects.frame["id"].gather(rows["object"]).to_list() for (one,), rows in _by_population(s)} for s in study.image_sets}


def _by_population(s):
    return s.membership.frame.partition_by("population", as_dict=True).items()


def test_everything_about_objects_comes_back(study, save, load):
    whole = study("roi 1", "roi/2")
    back, notes = load(save(whole))
    assert not diff(whole, back)
    assert not list(notes)
    frame = back.image_sets[1].tables["measurements"].frame
    assert frame["CD4/CD8 mean"].to_list()[:2] == [0.1, None]
    assert np.isnan(frame["CD4/CD8 mean"][2])
    assert frame["barcode"][3] == 2**53 + 1
    assert frame["note"].to_list() == ["x", None, "", "a\0b"]


def test_numbers_are_x_and_the_rest_is_obs(study, save):
    content = read_h5ad(save(study("roi 1", "roi 2")))
    assert content.var.index.to_list() == ["CD4/CD8 mean", "area"]
    assert content.var.columns["unit"].to_list() == ["a.u.", None]
    assert content.matrix.shape == (8, 2)
    assert {"image", "id", "label", "barcode", "note", "good", "population"} <= set(content.obs.columns)
    assert content.obs.index.to_list()[:2] == ["roi 1:a", "roi 1:b"]
    assert content.obs.levels["image"] == ["roi 1", "roi 2"]


def test_populations_that_exclude_each_other_are_categories_with_colours(study, save):
    content = read_h5ad(save(study("roi 1")))
    assert content.obs.columns["population"].to_list() == ["T cells: CD4/CD8", "B", "T cells: CD4/CD8", None]
    assert content.uns["population_colors"] == ["#ff0000", "#0000ff"]


def test_populations_that_overlap_are_columns_of_truth_values(study, save, load):
    source = save(study("roi 1", members=(("T", 0), ("T", 2), ("B", 2))))
    content = read_h5ad(source)
    assert content.obs.columns["T cells: CD4_CD8"].to_list() == [True, False, True, False]
    assert members(load(source)[0]) == {"roi 1": {"T": ["a", "c"], "B": ["c"]}}


def test_connections_are_matrices_too(study, save):
    content = read_h5ad(save(study("a", "b")))
    assert set(content.obsp) == {"touches", "touches contact_length", "track"}
    touches = content.obsp["touches contact_length"].dense()
    assert (touches[0, 3], touches[3, 0], touches[4, 7]) == (2.5, 2.5, 2.5)
    assert content.obsp["track"].dense()[2, 1] == 1
    assert content.obsp["track"].dense().sum() == 2, "a track has a direction"


def test_single_precision_on_request(study, save, load):
    source = save(study("a"), dtype="float32", compression="gzip")
    with h5py.File(source.path) as file:
        assert file["X"].dtype == np.float32
        assert file["X"].compression == "gzip"
    assert load(source)[0].image_sets[0].tables["measurements"].frame["CD4/CD8 mean"].to_list()[:2] == [float(np.float32(0.1)), None]


def test_an_empty_study_is_a_file(save, load):
    from segue.model.study import ImageSet, Study

    for whole in (Study(), Study((ImageSet("a"), ImageSet("b")))):
        source = save(whole, f"{len(whole.image_sets)}.h5ad")
        assert not diff(load(source)[0], whole)


def test_anndata_reads_what_segue_writes(study, save):
    anndata = pytest.importorskip("anndata")
    found = anndata.read_h5ad(save(study("roi 1", "roi 2")).path)
    assert found.shape == (8, 2)
    assert found.obs["label"].tolist()[:4] == [3, 7, 2**64 - 1, 70000]
    assert found.obs["population"].cat.categories.tolist() == ["T cells: CD4/CD8", "B"]
    assert found.obs["good"].isna().tolist() == [False, True, False, False] * 2
    np.testing.assert_array_equal(found.obsm["spatial"][:3], [[0.5, 1.25], [2, 3], [1 / 3, 9]])
    np.testing.assert_array_equal(np.asarray(found.X)[[0, 4], 0], [0.1, 0.1])
    assert found.obsp["touches"].sum() == 4


@pytest.mark.filterwarnings("ignore:.*option is deprecated")  # anndata sets options that pandas 3 has no use for
def test_anndata_selects_and_annotates(study, save, load, tmp_path):
    anndata = pytest.importorskip("anndata")
    from segue.storage.source import Source

    found = anndata.read_h5ad(save(study("roi 1", "roi 2")).path)
    found = found[[6, 1, 4, 0]].copy()
    found.obs["leiden"] = ["0", "1", "0", "1"]
    found.write_h5ad(tmp_path / "selected.h5ad")
    back, notes = load(Source(tmp_path / "selected.h5ad"))
    assert [s.objects.frame["id"].to_list() for s in back.image_sets] == [["b", "a"], ["c", "a"]]
    assert members(back) == {"roi 1": {"T": ["a"], "B": ["b"]}, "roi 2": {"T": ["c", "a"]}}
    assert back.image_sets[0].tables["measurements"].frame["CD4/CD8 mean"].to_list() == [None, 0.1]
    assert back.image_sets[0].tables["obs"].frame["leiden"].to_list() == ["1", "1"]
    assert "assumed: 1 column that segue did not write" in map(str, notes)


def test_selected_without_anndata(study, save, load):
    """The same on the file itself: rows gone, in another order, with a column more."""
    source = save(study("roi 1"))
    order = [3, 0]
    with h5py.File(source.path, "r+") as file:
        for group, names in {"obs": list(file["obs"]), "obsm": ["spatial"], ".": ["X"]}.items():
            for name in names:
                _taken(file if group == "." else file[group], name, order)
        del file["obsp"]
    back, _ = load(type(source)(source.path))
    assert back.image_sets[0].objects.frame["label"].to_list() == [70000, 3]
    assert members(back) == {"roi 1": {"T": ["a"]}}
    assert back.image_sets[0].connections.frame["id"].to_list() == ["1"]
    assert back.image_sets[0].connections.frame.select("parent", "child").row(0) == (1, 0)


def _taken(group, name, rows):
    item = group[name]
    if isinstance(item, h5py.Group):
        for part in ("codes", "values", "mask"):
            if part in item:
                _taken(item, part, rows)
        return
    data, attrs = item[()][rows], dict(item.attrs)
    del group[name]
    new = group.create_dataset(name, data=data, dtype=item.dtype if h5py.check_string_dtype(item.dtype) else None)
    for key, value in attrs.items():
        new.attrs[key] = value


def test_damaged_facts_are_said(study, save, load):
    source = save(study("roi 1"))
    with h5py.File(source.path, "r+") as file:
        del file["uns/segue/facts"]
        file["uns/segue"].create_dataset("facts", data='{"version": 1}', dtype=h5py.string_dtype())
    back, notes = load(type(source)(source.path))
    assert any(str(note).startswith("repaired: what segue wrote") for note in notes)
    assert back.image_sets[0].objects.frame["label"].to_list() == [3, 7, 2**64 - 1, 70000]
    assert pl.Series(["T cells: CD4/CD8"]).is_in([one.name[-1] for one in back.populations]).all()

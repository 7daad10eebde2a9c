"""Files of other programs: scverse.h5ad and spatialdata.h5ad were written by anndata 0.12.19."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from segue.errors import InvalidOption, Malformed, SegueError, TooLarge, UnsupportedVariant
from segue.formats.detect import detect
from segue.storage.source import Source


def classes(study, place=0):
    s = study.image_sets[place]
    found = {}
    for one in study.populations:
        rows = s.membership.frame.filter(population=one.id)["object"]
        found[one.name] = s.objects.frame["id"].gather(rows).to_list()
    return found


def test_images_and_labels_are_known_by_their_columns(load):
    study, notes = load("scverse.h5ad")
    assert [(s.name, s.objects.frame["label"].to_list()) for s in study.image_sets] == [("roi 1", [1, 2, 3, 4, 5, 6, 7]), ("roi 2", [1, 2, 3, 4, 5])]
    assert study.image_sets[1].objects.frame["id"][0] == "cell-7"
    assert study.image_sets[1].shapes.rings.coords[0].tolist() == [17.5, 7.25]
    assert {"assumed: image taken from the column library_id of obs", "skipped: 1 part that segue does not read: layer counts"} <= set(map(str, notes))


def test_categories_are_classes_with_their_colours(load):
    study, _ = load("scverse.h5ad")
    assert classes(study)["cell_type", "T"] == ["cell-0", "cell-3", "cell-4"]
    assert classes(study)["cell_type", "Mast"] == []
    assert classes(study)["doublet",] == ["cell-0"]
    assert classes(study)["passed",] == ["cell-0", "cell-3", "cell-6"], "missing is not a member"
    assert [(one.colour, one.exclusive) for one in study.populations[:2]] == [(0xFF0000FF, True), (0x00FF00FF, True)]


def test_sparse_values_missing_ones_and_embeddings(load):
    study, _ = load("scverse.h5ad")
    tables = study.image_sets[0].tables
    assert tables["obs"].frame["batch"].to_list() == [1, None, 3, 1, None, 3, 1]
    assert np.isnan(tables["obs"].frame["total"][4])
    assert tables["measurements"].columns[2].name == "CD4/CD8"
    assert tables["measurements"].columns[0].channel == "Nd150"
    assert tables["X_umap"].frame.columns == ["row", "X_umap 1", "X_umap 2"]
    counts = load("scverse.h5ad", matrix="counts")[0].image_sets[0].tables["measurements"].frame
    np.testing.assert_allclose(counts["CD3"], tables["measurements"].frame["CD3"] * 10, rtol=1e-6)
    assert "measurements" not in load("scverse.h5ad", matrix="none")[0].image_sets[0].tables


def test_neighbours_are_links_once_each(load):
    connections = load("scverse.h5ad")[0].image_sets[0]
    assert connections.connections.frame.select("kind", "parent", "child", "label").rows()[:2] == [
        ("link", 0, 1, "spatial_connectivities"),
        ("link", 1, 2, "spatial_connectivities"),
    ]
    assert connections.tables["connections"].frame["weight"].to_list() == [0.5, 1.5, 2.5, 3.5, 4.5, 5.5]


def test_spatialdata_says_itself_what_is_what(load):
    study, _ = load("spatialdata.h5ad")
    assert (study.image_sets[0].name, study.image_sets[0].objects.frame["label"].to_list()) == ("nuclei", [7, 3, 9, 70000])


def test_columns_can_be_chosen(load):
    study, _ = load("scverse.h5ad", image="", label="n_genes")
    assert len(study.image_sets) == 1
    assert study.image_sets[0].objects.frame["label"].to_list()[:3] == [None, 10, 20]
    for option in ("image", "label", "matrix"):
        with pytest.raises(InvalidOption, match="nothing"):
            load("scverse.h5ad", **{option: "nothing"})


def test_anndata_and_segue_read_the_same(load):
    anndata = pytest.importorskip("anndata")
    theirs = anndata.read_h5ad(Path(__file__).parent / "scverse.h5ad")
    ours = load("scverse.h5ad")[0]
    table = [s.tables["measurements"].frame.drop("row").to_numpy() for s in ours.image_sets]
    np.testing.assert_array_equal(np.concatenate(table), theirs.X.toarray().astype(np.float64))
    ids = [one for s in ours.image_sets for one in s.objects.frame["id"]]
    assert ids == theirs.obs_names.tolist()


def old_categories(path):
    """As anndata 0.7 writes it."""
    with h5py.File(path, "w") as file:
        obs, var = file.create_group("obs"), file.create_group("var")
        for group, names in ((obs, ["a", "b", "c"]), (var, ["CD3"])):
            group.attrs["_index"] = "_index"
            group.attrs["column-order"] = np.array(["kind"] if group is obs else [], h5py.string_dtype())
            group.create_dataset("_index", data=np.array(names, object), dtype=h5py.string_dtype())
        obs.create_dataset("kind", data=np.array([1, 0, -1], np.int8))
        obs.create_dataset("__categories/kind", data=np.array(["B", "T"], object), dtype=h5py.string_dtype())
        file.create_dataset("X", data=np.ones((3, 1), np.float32))


def test_categories_of_anndata_0_7(load, tmp_path):
    old_categories(tmp_path / "old.h5ad")
    study, _ = load(Source(tmp_path / "old.h5ad"))
    assert classes(study) == {("kind", "B"): ["b"], ("kind", "T"): ["a"]}
    assert detect(Source(tmp_path / "old.h5ad"))[0].name == "anndata"


def test_what_cannot_be_read_is_said(load, tmp_path):
    def written(change):
        path = tmp_path / "x.h5ad"
        old_categories(path)
        with h5py.File(path, "r+") as file:
            change(file)
        return Source(path)

    def compound(file):
        del file["obs"]
        file["obs"] = np.zeros(3, [("index", "S4"), ("n", "f4")])

    def far(file):
        del file["X"]
        file["X"] = h5py.ExternalLink("/etc/passwd", "/X")

    def bomb(file):
        del file["X"]
        file.create_dataset("X", shape=(10**6, 10**6), dtype="f8", chunks=(1000, 1000), fillvalue=1)

    def wrong(file):
        file["obs/kind"][0] = 7

    with pytest.raises(UnsupportedVariant, match=r"before anndata 0\.7"):
        load(written(compound))
    assert load(written(far))[0].image_sets[0].tables == {}, "links to other files are not followed"
    with pytest.raises((TooLarge, Malformed)):
        load(written(bomb))
    with pytest.raises(Malformed, match="a category that is not there"):
        load(written(wrong))
    (tmp_path / "text.h5ad").write_text("no HDF5")
    with pytest.raises(SegueError):
        load(Source(tmp_path / "text.h5ad"))

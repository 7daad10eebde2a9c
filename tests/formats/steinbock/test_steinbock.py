"""Folders of steinbock: everything in them is read, and written back as steinbock has it.

``samples/run`` was made by steinbock's steps (io.py, measurement/: masks and images by tifffile as ImageJ hyperstacks, means, scikit-image's
region properties, distances of centroids up to 8 pixels for the first image, pixel expansion for the second).
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import tifffile

import segue
from segue.errors import Malformed, SegueError, WrongFormat
from segue.formats.detect import detect
from segue.formats.steinbock.spec import FORMAT
from segue.model.connections import Connections
from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, LabelImage, in_memory
from segue.model.objects import Objects
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table
from segue.storage.sink import FileSink
from segue.storage.source import Source

SAMPLE = Path(__file__).parent / "samples" / "run"


def read(path: Path) -> Study:
    return FORMAT.read(Source(path))[0]


def written(study: Study, path: Path) -> Path:
    with FileSink(path) as sink:
        FORMAT.write(FORMAT.fitted(study), sink)
        sink.keep()
    return path


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "run"))


def test_every_part_is_read() -> None:
    study, notes = FORMAT.read(Source(SAMPLE))
    assert len(notes) == 0
    assert [s.name for s in study.image_sets] == ["Patient1_001", "Patient1_002"]
    s = study.image_sets[0]
    assert s.grid == grid_of("yx", (12, 16))
    assert np.unique(in_memory(s.labels[0].pixels)).tolist() == [0, 1, 2, 7]
    assert (s.images[0].channels, in_memory(s.images[0].pixels).shape) == (("DNA1", "CD3/CD8"), (2, 12, 16))
    assert s.objects.frame.select("id", "label", "layer").rows() == [("1", 1, "labels"), ("2", 2, "labels"), ("7", 7, "labels")]
    assert [(column.name, column.channel) for column in s.tables["intensities"].columns] == [("DNA1", "DNA1"), ("CD3/CD8", "CD3/CD8")]
    assert [(column.name, column.unit) for column in s.tables["regionprops"].columns][:2] == [("area", "pixel^2"), ("centroid-0", "pixel")]
    assert s.tables["images"].frame.rows() == [("Patient1.mcd", 1, 0.5)]


def test_means_are_those_of_the_masks() -> None:
    """Values belong to the objects whose number they stand beside, whatever row that is."""
    s = read(SAMPLE).image_sets[0]
    mask, pixels = in_memory(s.labels[0].pixels), in_memory(s.images[0].pixels)
    values = s.tables["intensities"].frame.join(s.objects.frame.with_row_index("row").select(pl.col("row").cast(pl.Int32), "label"), on="row")
    for label, dna in values.select("label", "DNA1").iter_rows():
        assert dna == pytest.approx(pixels[0][mask == label].mean())


def test_neighbours_are_connections() -> None:
    near, touching = read(SAMPLE).image_sets
    assert near.connections.frame.select("id", "kind", "parent", "child").rows() == [
        ("1-2", "link", 0, 1),
        ("2-7", "link", 1, 2),
        ("2-1", "link", 1, 0),
        ("7-2", "link", 2, 1),
    ]
    assert near.tables["neighbors"].frame["Distance"].to_list() == [5.590169906616211, 8.0, 5.590169906616211, 8.0]
    assert touching.connections.frame["kind"].to_list() == ["touches", "touches"]
    assert "neighbors" not in touching.tables


def test_tables_are_written_as_they_were(tmp_path: Path) -> None:
    study = read(SAMPLE)
    assert diff(study, FORMAT.fitted(study)) == {F.IMAGES: 2}
    out = written(study, tmp_path / "out.steinbock")
    for path in sorted(SAMPLE.rglob("*.csv")):
        own = (out / path.relative_to(SAMPLE)).read_text()
        assert own == path.read_text() if path.name != "images.csv" else own.replace(",0,", ",2,")
    for path in (SAMPLE / "masks").iterdir():
        mask = tifffile.imread(out / "masks" / path.name)
        assert mask.dtype == np.uint16
        np.testing.assert_array_equal(mask, tifffile.imread(path).squeeze())
    assert not (out / "img").exists()


def test_it_is_recognised_and_converted(tmp_path: Path) -> None:
    assert detect(Source(SAMPLE))[0] is FORMAT
    notes = segue.convert(SAMPLE, tmp_path / "a.segue")
    assert not notes.refused
    assert diff(read(SAMPLE), segue.read(tmp_path / "a.segue")) == {}


@pytest.mark.parametrize("missing", ["panel.csv", "images.csv", "masks", "img", "intensities", "regionprops", "neighbors"])
def test_every_part_may_be_missing(run: Path, missing: str) -> None:
    path = run / missing
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    study = read(run)
    assert [s.name for s in study.image_sets] == ["Patient1_001", "Patient1_002"]
    assert [len(s.objects) for s in study.image_sets] == [3, 2]
    assert detect(Source(run))[0] is FORMAT


def test_a_file_of_one_image_may_be_missing(run: Path) -> None:
    (run / "intensities" / "Patient1_002.csv").unlink()
    (run / "masks" / "Patient1_002.tiff").unlink()
    second = read(run).image_sets[1]
    assert (len(second.objects), second.labels, list(second.tables)) == (2, (), ["regionprops", "images"])


def test_images_that_are_not_listed_come_last(run: Path) -> None:
    shutil.copy(run / "masks" / "Patient1_001.tiff", run / "masks" / "A_003.tiff")
    assert [s.name for s in read(run).image_sets] == ["Patient1_001", "Patient1_002", "A_003"]


def test_values_in_folders_of_any_name(run: Path, tmp_path: Path) -> None:
    (run / "clusters").mkdir()
    (run / "clusters" / "Patient1_001.csv").write_text("Object,cluster\n7,T cell\n1,B cell\n9,dust\n")
    (run / "notes").mkdir()
    (run / "notes" / "Patient1_001.csv").write_text("who,when\nme,now\n")
    s = read(run).image_sets[0]
    assert s.objects.frame["label"].to_list() == [1, 2, 7, 9]
    assert s.tables["clusters"].frame.rows() == [(2, "T cell"), (0, "B cell"), (3, "dust")]
    assert "notes" not in s.tables
    back = read(written(read(run), tmp_path / "b.steinbock")).image_sets[0]
    assert back.tables["clusters"].frame.drop_nulls().sort("row").rows() == [(0, "B cell"), (2, "T cell"), (3, "dust")]


@pytest.mark.parametrize(
    ("file", "text", "what"),
    [
        ("intensities/Patient1_001.csv", "Object,A\n1,2\n1,3\n", "two rows have the same Object 1"),
        ("intensities/Patient1_001.csv", "Object,A\nx,2\n", "column Object"),
        ("neighbors/Patient1_001.csv", "Object,Distance\n1,2\n", "no column Neighbor"),
        ("neighbors/Patient1_001.csv", "Object,Neighbor,Distance\n1,2,far\n", "column Distance"),
        ("images.csv", "image,width_px,height_px\na.tiff,16,12\na.tiff,16,12\n", "names an image twice"),
        ("images.csv", "image,width_px,height_px\na.tiff,wide,12\n", "column width_px"),
        ("images.csv", "image,width_px,height_px\nPatient1_001.tiff,99,12\n", "not of the same image"),
    ],
)
def test_what_makes_no_sense_is_refused(run: Path, file: str, text: str, what: str) -> None:
    (run / file).write_text(text)
    with pytest.raises(Malformed, match=what):
        read(run)


@pytest.mark.parametrize("place", ["nothing", "a file"])
def test_other_things_are_refused(tmp_path: Path, place: str) -> None:
    path = tmp_path / "x"
    path.mkdir() if place == "nothing" else path.write_text("hello")
    assert FORMAT.evidence(Source(path)).score == 0
    with pytest.raises(WrongFormat):
        read(path)


def test_damaged_files_are_refused(run: Path) -> None:
    (run / "masks" / "Patient1_001.tiff").write_bytes(b"II*\0")
    with pytest.raises(SegueError):
        read(run)


def test_names_that_no_file_can_have(tmp_path: Path) -> None:
    names = ["", "a/b", "A/B", "007", "con", 'µ, "x"\n']
    study = Study(tuple(ImageSet(name, grid=grid_of("yx", (2, 3))) for name in names))
    out = written(study, tmp_path / "a.steinbock")
    assert diff(study, read(out)) == {}
    assert (out / "images.csv").read_text().startswith("image,width_px,height_px,num_channels,segue_name\nimage.tiff,3,2,0,")


def test_many_labels_and_several_masks(tmp_path: Path) -> None:
    large = np.array([[0, 70_000]], np.int64)
    images = (LabelImage(ArrayPixels(large[None].repeat(2, 0)), "zyx", "stack"), LabelImage(ArrayPixels(large), "yx", "cells"))
    out = written(Study((ImageSet("a", grid=grid_of("yx", (1, 2)), labels=images),)), tmp_path / "a.steinbock")
    mask = tifffile.imread(out / "masks" / "a.tiff")
    assert (mask.dtype, mask.tolist()) == (np.uint32, [[0, 70_000]])


def test_connections_and_tables_of_others(tmp_path: Path) -> None:
    objects = Objects(pl.DataFrame({"id": ["x", "y", "z"], "label": [5, None, 1]}, schema_overrides={"label": pl.UInt64}))
    frame = pl.DataFrame(
        {"id": ["a", "b", "c"], "kind": ["link", "track", "touches"], "parent": [0, 0, 1], "child": [1, 2, 2]},
        schema_overrides={"parent": pl.Int32, "child": pl.Int32},
    )
    tables = {
        "a/b": Table("objects", pl.DataFrame({"row": [0], "Object": [1.5]}), (Column("Object"),)),
        "lengths": Table("connections", pl.DataFrame({"row": [0], "distance": [3]}), (Column("distance", "integer"),)),
    }
    study = Study((ImageSet("s", objects=objects, connections=Connections(frame), tables=tables),))
    out = written(study, tmp_path / "a.steinbock")
    assert (out / "neighbors" / "s.csv").read_text() == "Object,Neighbor,Distance\n5,2,3.0\n2,1,\n"
    assert (out / "a_b" / "s.csv").read_text() == "Object,Object 1\n5,1.5\n2,\n1,\n"
    assert diff(study, FORMAT.fitted(study))[F.CONNECTIONS] > 0
    assert diff(FORMAT.fitted(study), read(out)) == {}


def test_objects_without_values_are_listed(tmp_path: Path) -> None:
    objects = Objects(pl.DataFrame({"id": ["5"], "label": [5]}, schema_overrides={"label": pl.UInt64}))
    out = written(Study((ImageSet("s", objects=objects),)), tmp_path / "a.steinbock")
    assert (out / "regionprops" / "s.csv").read_text() == "Object\n5\n"
    assert read(out).image_sets[0].objects.frame["label"].to_list() == [5]

"""CellProfiler's ExportToSpreadsheet: folders of tables as it writes them, real ones, and those that segue writes."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import tifffile

import segue
from segue.errors import Malformed, SegueError, WrongFormat
from segue.formats.cellprofiler.columns import channel_of
from segue.formats.cellprofiler.spec import FORMAT
from segue.formats.detect import detect
from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.image import in_memory
from segue.model.study import Study
from segue.notes import Kind, Notes
from segue.storage.source import Source
from segue.testing.canonical import canonical
from segue.testing.trips import PlainSink

NUCLEI = [
    [
        "ImageNumber",
        "ObjectNumber",
        "AreaShape_Area",
        "Intensity_MeanIntensity_DNA",
        "Location_Center_X",
        "Location_Center_Y",
        "Number_Object_Number",
        "TrackObjects_Label_50",
    ],
    [1, 1, 4, 0.5, 2.5, 1.5, 1, 7],
    [1, 2, 2, "nan", 6.5, 5.0, 2, 8],
    [2, 1, 1, 0.25, 3.0, 3.0, 1, "nan"],
]
CELLS = [
    ["ImageNumber", "ObjectNumber", "Parent_Nuclei", "Classify_large"],
    [1, 1, 1, 1],
    [1, 2, 2, 0],
    [2, 1, 0, "nan"],
]
IMAGE = [
    ["Count_Cells", "Count_Nuclei", "FileName_DNA", "Height_DNA", "ImageNumber", "Metadata_Plate", "Metadata_Well", "PathName_DNA", "URL_DNA", "Width_DNA"],
    [2, 2, "a01.tif", 8, 1, "P 1", "A01", "/home/anna/data", "file:/home/anna/data/a01.tif", 9],
    [1, 1, "a02.tif", 8, 2, "P 1", "A02", "/home/anna/data", "file:/home/anna/data/a02.tif", 9],
]
RELATIONS = [
    [
        *("Module", "Module Number", "Relationship", "First Object Name", "First Image Number", "First Object Number"),
        *("Second Object Name", "Second Image Number", "Second Object Number"),
    ],
    ["IdentifySecondaryObjects", 5, "Parent", "Nuclei", 1, 1, "Cells", 1, 1],
    ["RelateObjects", 6, "Parent", "Cells", 1, 2, "Nuclei", 1, 2],
    ["MeasureObjectNeighbors", 7, "Neighbors", "Nuclei", 1, 1, "Nuclei", 1, 2],
    ["TrackObjects", 8, "Parent", "Nuclei", 1, 1, "Nuclei", 2, 1],
]
EXPERIMENT = [["Key", "Value"], ["CellProfiler_Version", "4.2.8"], ["Pipeline_Pipeline", "Images:[]\n    Folder:Elsewhere...|/home/anna/out\n    Ratio:1/2"]]


def save(folder: Path, *, delimiter: str = ",", prefix: str = "MyExpt_", **tables: list[list[Any]]) -> Path:
    """Tables as Python's csv module, and so CellProfiler, writes them."""
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{prefix}{name.replace('_', ' ')}{'.csv' if delimiter == ',' else '.txt'}").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, delimiter=delimiter).writerows(rows)
    return folder


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return save(tmp_path / "out", Nuclei=NUCLEI, Cells=CELLS, Image=IMAGE, Object_relationships=RELATIONS, Experiment=EXPERIMENT)


def read(path: Path, **options: Any) -> tuple[Study, list[str]]:
    study, notes = FORMAT.read(Source(path), FORMAT.options("read", options))
    return study, [str(note) for note in notes]


class TestFolder:
    def test_one_image_set_per_image_and_one_layer_per_type(self, export):
        study, _ = read(export)
        assert [(s.name, s.group, s.grid.shape) for s in study.image_sets] == [("a01", "P 1", (8, 9)), ("a02", "P 1", (8, 9))]
        one = study.image_sets[0].objects.frame
        assert one.select("layer", "label", "id").rows() == [
            ("Cells", 1, "Cells/1"),
            ("Cells", 2, "Cells/2"),
            ("Nuclei", 1, "Nuclei/1"),
            ("Nuclei", 2, "Nuclei/2"),
        ]
        assert one["track"].to_list() == [None, None, 7, 8]
        assert study.image_sets[1].objects.frame["track"].to_list() == [None, None]

    def test_centres_are_points_from_the_corner_of_the_first_pixel(self, export):
        s = read(export)[0].image_sets[0]
        assert s.shapes.frame.select("object", "role", "kind").rows() == [(2, "centre", "point"), (3, "centre", "point")]
        assert s.shapes.rings.coords.tolist() == [[3.0, 2.0], [7.0, 5.5]]

    def test_values_with_their_channels(self, export):
        tables = read(export)[0].image_sets[0].tables
        assert sorted(tables) == ["Cells", "Image", "Nuclei"]
        nuclei = tables["Nuclei"]
        assert {column.name: (column.type, column.channel) for column in nuclei.columns} == {
            "AreaShape_Area": ("integer", None),
            "Intensity_MeanIntensity_DNA": ("number", "DNA"),
            "Number_Object_Number": ("integer", None),
        }
        assert nuclei.frame["row"].to_list() == [2, 3]
        assert nuclei.frame["Intensity_MeanIntensity_DNA"].is_nan().to_list() == [False, True]
        assert tables["Image"].frame.select("Metadata_Well", "FileName_DNA").rows() == [("A01", "a01.tif")]

    def test_relationships_are_connections(self, export):
        study, notes = read(export)
        found = study.image_sets[0].connections.frame.select("kind", "parent", "child", "label").rows()
        assert found == [("part-of", 2, 0, None), ("part-of", 3, 1, None), ("touches", 2, 3, None)]
        assert len(study.image_sets[1].connections) == 0
        assert any("1 relationship between objects of two images" in note for note in notes)

    def test_without_that_table_parents_are_links_or_what_one_says(self, export):
        (export / "MyExpt_Object relationships.csv").unlink()
        rows = read(export)[0].image_sets[0].connections.frame.select("kind", "parent", "child", "label").rows()
        assert rows == [("link", 2, 0, "Parent"), ("link", 3, 1, "Parent")]
        rows = read(export, parents="part-of")[0].image_sets[0].connections.frame.select("kind", "parent", "child", "label").rows()
        assert rows == [("part-of", 0, 2, None), ("part-of", 1, 3, None)]

    def test_classes_are_populations(self, export):
        for nan in ("nan", ""):
            save(export, Cells=[CELLS[0], *CELLS[1:3], [2, 1, 0, nan]])
            study, _ = read(export)
            assert ([one.name for one in study.populations] == [("large",)]) == (nan == "")
        assert study.image_sets[0].membership.frame.select("population", "object").rows() == [("large", 0)]

    def test_nothing_says_where_files_were_on_somebodys_computer(self, export):
        study, notes = read(export)
        assert any("2 columns with absolute paths" in note for note in notes)
        payload = study.image_sets[0].extras["payload"][0]
        assert "4.2.8" in payload
        assert "Ratio:1/2" in payload
        assert "anna" not in payload + str([table.frame.to_dict(as_series=False) for s in study.image_sets for table in s.tables.values()])

    def test_counts_that_are_not_the_number_of_rows_are_noted(self, export):
        save(export, Image=[IMAGE[0], [2, 9, *IMAGE[1][2:]], IMAGE[2]])
        assert any("counts other numbers of Nuclei than there are rows, in 1 image" in note for note in read(export)[1])

    def test_tabs_no_prefix_and_empty_cells(self, tmp_path):
        empty = [[("" if cell == "nan" else cell) for cell in row] for row in NUCLEI]
        save(tmp_path / "out", delimiter="\t", prefix="", Nuclei=empty, Image=IMAGE)
        s = read(tmp_path / "out")[0].image_sets[0]
        assert s.objects.frame["layer"].to_list() == ["Nuclei", "Nuclei"]
        assert s.tables["Nuclei"].frame["Intensity_MeanIntensity_DNA"].to_list() == [0.5, None]

    def test_two_header_rows_hold_several_types(self, tmp_path):
        rows = [
            ["Image", "Nuclei", "Nuclei", "Nuclei", "Cells"],
            ["ImageNumber", "ObjectNumber", "AreaShape_Area", "Location_Center_X", "AreaShape_Area"],
            [1, 1, 4.0, 1.0, 9.0],
            [1, 2, 5.0, 2.0, "nan"],
        ]
        path = save(tmp_path, prefix="", Both=rows) / "Both.csv"
        assert detect(Source(path))[0].name == "cellprofiler"
        s = read(path)[0].image_sets[0]
        assert s.objects.frame.select("layer", "label").rows() == [("Cells", 1), ("Nuclei", 1), ("Nuclei", 2)]
        assert s.tables["Cells"].frame.rows() == [(0, 9.0)]

    def test_one_table_of_objects_alone(self, export):
        study, _ = read(export / "MyExpt_Nuclei.csv")
        assert [s.name for s in study.image_sets] == ["1", "2"]
        assert study.image_sets[0].objects.frame["layer"].to_list() == ["Nuclei", "Nuclei"]

    def test_the_table_of_images_stands_for_the_export(self, export):
        assert diff(read(export)[0], read(export / "MyExpt_Image.csv")[0]) == {}

    def test_several_exports_in_a_folder(self, export):
        save(export, prefix="Second_", Image=IMAGE, Nuclei=NUCLEI)
        with pytest.raises(Malformed, match="--set prefix="):
            read(export)
        assert [sorted(s.tables) for s in read(export, prefix="Second_")[0].image_sets] == [["Image", "Nuclei"]] * 2

    def test_it_is_found_by_its_content(self, export):
        assert FORMAT.evidence(Source(export)).score >= 90
        for name in ("Nuclei", "Image", "Object relationships"):
            assert detect(Source(export / f"MyExpt_{name}.csv"))[0].name == "cellprofiler"

    def test_a_folder_without_its_tables_is_none(self, tmp_path):
        (tmp_path / "a.csv").write_text("a,b\n1,2\n")
        assert FORMAT.evidence(Source(tmp_path)).score == 0
        with pytest.raises(WrongFormat):
            read(tmp_path)

    def test_names_that_look_like_patterns_are_names(self, tmp_path):
        rows = [["ImageNumber", "ObjectNumber", "^a$", "*", "Parent_^a$", "Classify_^x$"], [1, 1, 5, "nan", 1, 1], [1, 2, 6, "t", 2, 0]]
        save(tmp_path / "out", prefix="", N=rows, Image=[["ImageNumber", "^a$", "*", "^.*$"], [1, 5, "nan", "/x/y"]])
        study, _ = read(tmp_path / "out")
        assert study.image_sets[0].tables["N"].frame["^a$"].to_list() == [5, 6]
        assert [one.id for one in study.populations] == ["^x$"]
        assert list(study.image_sets[0].tables["Image"].frame.columns) == ["^a$", "*"]


class TestMasks:
    def labels(self) -> np.ndarray[Any, Any]:
        values = np.zeros((8, 9), np.uint16)
        values[1:3, 2:4], values[5, 6:8] = 1, 2
        return values

    def with_masks(self, export: Path, values: np.ndarray[Any, Any]) -> tuple[Study, list[str]]:
        save(export, Image=[[*IMAGE[0], "ObjectsFileName_Nuclei"], [*IMAGE[1], "a01_nuclei.tif"], [*IMAGE[2], "a02_nuclei.tif"]])
        tifffile.imwrite(export / "a01_nuclei.tif", values)
        return read(export)

    def test_label_images_beside_the_tables_are_taken_along(self, export):
        study, notes = self.with_masks(export, self.labels())
        (image,) = study.image_sets[0].labels
        assert image.name == "Nuclei"
        assert (np.asarray(in_memory(image.pixels)) == self.labels()).all()
        assert study.image_sets[1].labels == ()
        assert any("1 mask of Nuclei" in note and "--labels" in note for note in notes)
        assert read(export, masks=False)[0].image_sets[0].labels == ()

    def test_a_label_without_a_row_and_a_row_without_pixels_are_noted(self, export):
        values = self.labels()
        values[7, 0], values[values == 2] = 5, 0
        _, notes = self.with_masks(export, values)
        assert any("1 object of Nuclei without pixels" in note for note in notes)
        assert any("1 label in it without a row" in note for note in notes)

    def test_objects_that_are_numbered_otherwise_are_matched_by_their_centres(self, export):
        values = self.labels()
        values[values > 0] = np.array([0, 40, 3])[values[values > 0]]
        study, notes = self.with_masks(export, values)
        assert study.image_sets[0].objects.frame["label"].to_list() == [1, 2, 40, 3]
        assert any("matched by their centres" in note for note in notes)

    def test_labels_that_fit_nothing_are_not_believed(self, export):
        study, notes = self.with_masks(export, self.labels()[::-1, ::-1])
        assert study.image_sets[0].objects.frame["label"].to_list() == [1, 2, None, None]
        assert any("cannot be matched" in note for note in notes)

    def test_a_label_image_of_another_size_is_not_taken(self, export):
        study, notes = self.with_masks(export, self.labels()[:, :-1])
        assert study.image_sets[0].labels == ()
        assert any("it is 8 x 8 pixels, and the image 9 x 8" in note for note in notes)

    def test_a_name_that_leads_elsewhere_is_not_followed(self, export, tmp_path):
        tifffile.imwrite(tmp_path / "secret.tif", self.labels())
        save(export, Image=[[*IMAGE[0], "ObjectsFileName_Nuclei"], [*IMAGE[1], "../secret.tif"], [*IMAGE[2], ""]])
        assert read(export)[0].image_sets[0].labels == ()

    def test_outlines_of_a_whole_export(self, export, tmp_path):
        self.with_masks(export, self.labels())
        notes = segue.convert(export, tmp_path / "cells.segue")
        assert isinstance(notes, Notes)
        back = segue.read(tmp_path / "cells.segue")
        assert back.image_sets[0].labels[0].name == "Nuclei"


@pytest.mark.golden
class TestRealTables:
    def test_two_images_of_twelve_nuclei(self, golden):
        study, notes = read(golden / "neubias" / "nuclei.tsv")
        assert [s.name for s in study.image_sets] == ["xy_8bit__mitocheck_incenp_t1", "xy_8bit__mitocheck_incenp_t70"]
        assert [len(s.objects) for s in study.image_sets] == [7, 5]
        assert [one.split(" (")[0] for one in notes] == ["skipped: 3 foreign details", "skipped: label pixels"]

    def test_their_labels_are_the_object_numbers(self, golden):
        study, notes = read(golden / "neubias" / "nuclei_t1.tsv")
        (s,) = study.image_sets
        values = np.asarray(in_memory(s.labels[0].pixels))
        for label, (x, y) in zip(s.objects.frame["label"], s.shapes.rings.coords, strict=True):
            rows, columns = np.nonzero(values == label)
            np.testing.assert_allclose((columns.mean() + 0.5, rows.mean() + 0.5), (x, y), rtol=0, atol=1e-9)
        assert (np.bincount(values.ravel())[1:] == s.tables["nuclei_t1"].frame["AreaShape_Area"].to_numpy()).all()
        assert not any("numbers of objects" in note for note in notes)

    def test_they_become_outlines_with_their_values(self, golden, tmp_path):
        segue.convert(golden / "neubias" / "nuclei_t1.tsv", tmp_path / "nuclei.geojson")
        s = segue.read(tmp_path / "nuclei.geojson").image_sets[0]
        assert len(s.objects) == 7
        assert s.shapes.frame["kind"].cast(pl.Utf8).to_list().count("traced") == 7
        table = next(table for table in s.tables.values() if "AreaShape_Area" in table.frame.columns)
        assert table.frame["AreaShape_Area"][0] == 673


class TestWritten:
    def write(self, study: Study, path: Path, **options: Any) -> Study:
        chosen = FORMAT.options("write", options)
        fitted = FORMAT.fitted(study, chosen)
        FORMAT.write(fitted, PlainSink(path), chosen)
        return fitted

    def rows(self, path: Path, delimiter: str = ",") -> list[dict[str, str]]:
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file, delimiter=delimiter))

    def test_an_export_comes_back_as_it_was(self, export, tmp_path):
        study, _ = read(export)
        fitted = self.write(study, tmp_path / "again", prefix="MyExpt_")
        assert sorted(path.name for path in (tmp_path / "again").iterdir()) == sorted(path.name for path in export.iterdir())
        assert diff(study, fitted) == diff(fitted, read(tmp_path / "again")[0]) == {}
        nuclei = self.rows(tmp_path / "again" / "MyExpt_Nuclei.csv")
        assert [(row["ImageNumber"], row["ObjectNumber"]) for row in nuclei] == [("1", "1"), ("1", "2"), ("2", "1")]
        assert nuclei[1]["Intensity_MeanIntensity_DNA"] == "nan"
        assert nuclei[1]["Location_Center_X"] == "6.5"

    def test_anything_as_tables_that_others_join_by_image_and_object(self, tmp_path):
        self.write(canonical(), tmp_path / "out", delimiter="tab", undefined="empty")
        images = self.rows(tmp_path / "out" / "Image.txt", "\t")
        assert [(row["ImageNumber"], row["Metadata_ImageSet"]) for row in images] == [("1", "field 1"), ("2", "field 2")]
        labels = self.rows(tmp_path / "out" / "labels.txt", "\t")
        assert [(row["ImageNumber"], row["ObjectNumber"], row["Metadata_Object_Id"]) for row in labels] == [
            ("1", "1", "1"),
            ("1", "2", "2"),
            ("1", "300", "cell-300"),
        ]
        assert labels[1]["Area"] == ""

    def test_what_is_lost_is_said(self, tmp_path):
        found = diff(canonical(), self.write(canonical(), tmp_path / "out"))
        assert F.TRACED in found
        assert F.OBJECT_ID not in found
        assert F.IMAGE_SETS not in found

    def test_numbers_of_images_are_kept(self, tmp_path):
        path = save(tmp_path / "one", prefix="", Nuclei=[NUCLEI[0], [11, *NUCLEI[1][1:]], [5, *NUCLEI[2][1:]]]) / "Nuclei.csv"
        study, _ = read(path)
        assert [s.name for s in study.image_sets] == ["5", "11"]
        self.write(study, tmp_path / "out")
        assert [row["ImageNumber"] for row in self.rows(tmp_path / "out" / "Image.csv")] == ["5", "11"]


@pytest.mark.parametrize(
    ("name", "channel"),
    [
        ("Intensity_MeanIntensity_DNA", "DNA"),
        ("Intensity_MeanIntensityEdge_Corr_Green", "Corr_Green"),
        ("Texture_AngularSecondMoment_DNA_3_00_256", "DNA"),
        ("RadialDistribution_FracAtD_DNA_1of4", "DNA"),
        ("Granularity_10_DNA", "DNA"),
        ("Location_MaxIntensity_X_DNA", "DNA"),
        ("Mean_Nuclei_Intensity_MeanIntensity_DNA", "DNA"),
        ("FileName_DNA", "DNA"),
        ("Correlation_Correlation_DNA_Actin", None),
        ("AreaShape_Area", None),
        ("AreaShape_Zernike_2_0", None),
        ("Neighbors_NumberOfNeighbors_5", None),
    ],
)
def test_channels_are_told_from_names(name, channel):
    assert channel_of(name, ["Corr_Green"]) == channel


HEAD = "ImageNumber,ObjectNumber,AreaShape_Area"


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "\n1,1,4" + "," * 1_000_000 + "\n",
        HEAD + '\n"1,1,4\n' * 50,
        HEAD + "\n\x00\x00,\x00,4\n",
        HEAD + "\n1\n1,2,3,4,5,6,7\n",
        HEAD + "\n1,1,4\n1,1,5\n",
        HEAD + "\n1,one,4\n",
        HEAD + "\n-1,1,4\n",
        HEAD + "\n1e400,1,4\n",
    ],
)
def test_hostile_tables_are_refused(tmp_path, text):
    (tmp_path / "Nuclei.csv").write_text(text, encoding="utf-8")
    with pytest.raises(SegueError):
        read(tmp_path / "Nuclei.csv")


def test_absolute_paths_are_a_note_that_strict_accepts(export):
    _, notes = FORMAT.read(Source(export))
    assert {note.kind for note in notes} == {Kind.SKIPPED}

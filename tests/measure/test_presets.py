"""Presets: the columns of other programs, by name, in order, with their numbers."""

from __future__ import annotations

import csv

import numpy as np
import pytest
import tifffile

from segue.errors import Incompatible, InvalidOption
from segue.measure.catalog import MEASUREMENTS
from segue.measure.measuring import Channel, Wanted, measure
from segue.measure.preset import PERCENTILE, shown
from segue.measure.presets import ALL, CELLPROFILER, IMAGEJ, MANTIS, NIMBUS, PRESETS, preset_of
from segue.model.image import ArrayPixels, Image, LabelImage

NAMES = [each.name for each in MEASUREMENTS]
every_preset = pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)


def measured(preset, labels, images):
    """Label, and the columns of a preset by their names, of a plane and channels (name -> plane)."""
    channels = [Channel(Image(ArrayPixels(plane), "yx", name)) for name, plane in images.items()]
    found = measure(LabelImage(ArrayPixels(labels), "yx"), channels, Wanted(preset.measurements, preset.percentiles))
    dtypes = [plane.dtype for plane in images.values()]
    columns = preset.table(list(images))
    return found.label, {
        one.name: shown(found.columns[one.measurement, one.channel], one.convention, None if one.channel is None else dtypes[one.channel]) for one in columns
    }


@every_preset
def test_a_preset_names_measurements_under_headings_of_its_own(preset):
    columns = preset.table(["a", "b"])
    assert {column.measurement for column in columns if not column.measurement.startswith(PERCENTILE)} <= set(NAMES)
    assert len({column.name for column in columns}) == len(columns)


@every_preset
def test_a_preset_asks_for_what_its_columns_need(preset):
    asked = {*preset.measurements, *(f"{PERCENTILE}{value:g}" for value in preset.percentiles)}
    assert {column.measurement for column in preset.table(["a"])} <= asked


def test_with_several_channels_a_heading_says_which():
    assert [column.name for column in IMAGEJ.table(["one"])][:2] == ["Area", "Mean"]
    assert [(column.name, column.channel) for column in IMAGEJ.table(["one", "two"])][:3] == [("Area", None), ("one Mean", 0), ("two Mean", 1)]


def test_a_channel_without_a_name_leaves_nothing_behind():
    assert MANTIS.table([""])[0].name == "Mean"
    assert {"Intensity_MeanIntensity", "Location_CenterMassIntensity_X"} <= {column.name for column in CELLPROFILER.table([""])}


def test_all_is_the_catalogue():
    assert [column.measurement for column in ALL.table(["c"])] == [each.name for each in MEASUREMENTS if 2 in each.dimensions]
    assert [column.measurement for column in ALL.table(["c"], 3)] == [each.name for each in MEASUREMENTS if 3 in each.dimensions]


def test_a_preset_is_found_by_name():
    assert preset_of("mantis") is MANTIS
    with pytest.raises(InvalidOption, match="choose one of imagej"):
        preset_of("nothing")


@pytest.mark.parametrize(
    ("convention", "value", "dtype", "expected"),
    [
        ("plain", 3.7, None, 3.7),
        ("truncated index", 3.7, None, 3),
        ("truncated index", 3.4, None, 2),
        ("from centre", 3.7, None, 3.2),
        ("degrees", np.pi, None, 180),
        ("full scale", 51.0, np.uint8, 0.2),
        ("full scale", 13107.0, np.uint16, 0.2),
        ("full scale", 0.7, np.float32, 0.7),
    ],
)
def test_numbers_are_shown_as_the_program_does(convention, value, dtype, expected):
    assert shown(np.array([value]), convention, None if dtype is None else np.dtype(dtype)).tolist() == pytest.approx([expected])


@pytest.mark.golden
def test_mantis_writes_the_same_table(golden):
    folder = golden / "mantis" / "test" / "files" / "project" / "set_one"
    folder = folder if folder.is_dir() else next(path for path in (golden / "mantis").rglob("set_one") if path.is_dir())
    images = {file.stem: tifffile.imread(file) for file in sorted(folder.glob("*.tif"))}
    labels = images.pop("segmentation").astype(np.int64)
    with (golden / "mantis" / "generated" / "set_one.csv").open(encoding="utf-8", newline="") as text:
        header, *rows = csv.reader(text)
    theirs = dict(zip(header, np.array(rows).T, strict=True))
    label, ours = measured(MANTIS, labels, images)
    assert [MANTIS.label, *ours, MANTIS.populations] == header
    assert label.tolist() == [int(cell) for cell in theirs[MANTIS.label]]
    for name, column in ours.items():
        np.testing.assert_allclose(column, theirs[name].astype(float), rtol=1e-12, err_msg=name)
    for name in ("Segment Area", "Centroid X", "Centroid Y", "cd3 Num0"):
        assert [f"{value:g}" for value in ours[name]] == theirs[name].tolist()


@pytest.mark.golden
def test_cellprofiler_writes_the_same_table(golden):
    """Every column of the table but file names and the constant Location_Center_Z."""
    folder = golden / "neubias"
    labels = tifffile.imread(folder / "xy_8bit__mitocheck_incenp_t1_nuclei_labels.tiff")
    with (folder / "nuclei_t1.tsv").open(encoding="utf-8", newline="") as text:
        header, *rows = csv.reader(text, delimiter="\t")
    theirs = dict(zip(header, np.array(rows).T, strict=True))
    label, ours = measured(CELLPROFILER, labels, {"DNA": np.zeros(labels.shape, np.uint8)})
    assert label.tolist() == [int(cell) for cell in theirs["ObjectNumber"]]
    numbers = [name for name in header if name.startswith(("AreaShape_", "Location_")) and name != "Location_Center_Z"]
    assert len(numbers) == 22
    for name in numbers:
        np.testing.assert_allclose(ours[name], theirs[name].astype(float), rtol=1e-9, err_msg=name)


def test_cellprofiler_counts_values_in_parts_of_full_scale():
    image = np.array([[51, 102], [0, 0]], np.uint8)
    _, ours = measured(CELLPROFILER, np.array([[1, 1], [0, 0]]), {"DNA": image})
    assert ours["Intensity_MeanIntensity_DNA"].tolist() == pytest.approx([0.3])
    assert ours["Intensity_IntegratedIntensity_DNA"].tolist() == pytest.approx([0.6])
    assert ours["Location_CenterMassIntensity_X_DNA"].tolist() == pytest.approx([2 / 3])


def test_cellprofiler_and_mantis_sort_their_columns():
    names = [column.name for column in CELLPROFILER.table(["DNA", "Actin"])]
    assert names == sorted(names)
    assert [column.name for column in MANTIS.table(["b", "a"])][:3] == ["Segment Area", "a Mean", "a Median"]


def test_a_preset_of_planes_is_not_for_volumes():
    with pytest.raises(Incompatible, match="preset all"):
        CELLPROFILER.table(["DNA"], 3)


def test_nimbus_has_the_names_of_its_workers():
    _, ours = measured(NIMBUS, np.array([[1, 1, 1], [1, 1, 1]]), {"GFP": np.arange(6).reshape(2, 3)})
    assert ours["Blob metrics / Area"].tolist() == [6]
    assert ours["Blob metrics / Centroid / x"].tolist() == [1.5]
    assert ours["GFP Blob intensity / 75thPercentileIntensity"].tolist() == [3.75]
    assert ours["GFP Blob intensity / TotalIntensity"].tolist() == [15]

"""Values of NimbusImage's workers that are measurements of segue's catalogue."""

from __future__ import annotations

import json

import pytest

from segue.formats.nimbus_files.measured import WORKERS
from segue.measure.catalog import MEASUREMENTS
from segue.measure.presets import NIMBUS
from segue.model.diff import diff
from segue.model.tables import Column

PLACE = {"XY": 0, "Z": 0, "Time": 0}
SQUARE = [{"x": 0, "y": 0}, {"x": 2, "y": 0}, {"x": 2, "y": 2}]


def document(image, values, interface=None, **more):
    annotation = {"_id": "a", "shape": "polygon", "channel": 0, "location": PLACE, "tags": [], "coordinates": SQUARE}
    definition = {"_id": "p", "name": "P", "image": image, "shape": "polygon", "tags": {"tags": [], "exclusive": False}, "workerInterface": interface or {}}
    return {"annotations": [annotation], "annotationProperties": [definition], "annotationPropertyValues": {"a": {"p": values}}, **more}


def columns(nimbus, *given, **more):
    study, _ = nimbus.read(document(*given, **more))
    (table,) = study.image_sets[0].tables.values()
    return {column.path: (column.measurement, column.channel) for column in table.columns}


BLOB, INTENSITY = "properties/blob_metrics:latest", "properties/blob_intensity:latest"


def test_blob_metrics(nimbus):
    found = columns(nimbus, BLOB, {"Area": 4.0, "Centroid": {"x": 1.5, "y": 1}, "Else": 3})
    assert found == {("Area",): ("outline_area", None), ("Centroid", "x"): ("outline_x", None), ("Centroid", "y"): ("outline_y", None), ("Else",): (None, None)}


@pytest.mark.parametrize(("interface", "channel"), [({"Channel": 2}, "2"), ({}, None), ({"Channel": True}, None), ({"Channel": "x"}, None)])
def test_blob_intensity_has_the_channel_that_the_worker_was_given(nimbus, interface, channel):
    assert columns(nimbus, INTENSITY, {"MeanIntensity": 4.0}, interface) == {("MeanIntensity",): ("mean", channel)}


def test_places_and_areas_in_physical_units_are_not_those_in_pixels(nimbus):
    found = columns(nimbus, BLOB, {"Area": 4.0, "Solidity": 0.5}, {"Use physical units": True})
    assert found == {("Area",): (None, None), ("Solidity",): ("outline_solidity", None)}


def test_intensities_of_several_planes_and_other_workers_are_not_told(nimbus):
    assert columns(nimbus, INTENSITY, {"MeanIntensity": {"z001": 4.0}}) == {("MeanIntensity", "z001"): (None, None)}
    assert columns(nimbus, "properties/none:latest", {"Area": 4.0}) == {("Area",): (None, None)}


def test_what_segue_wrote_itself_stays_what_it_said(nimbus):
    from dataclasses import replace

    study, _ = nimbus.read(document(BLOB, {"Area": 4.0}))
    (s,) = study.image_sets
    ((name, table),) = s.tables.items()
    other = replace(table, columns=tuple(replace(column, measurement="my own") for column in table.columns))
    study = replace(study, image_sets=(replace(s, tables={name: other}),))
    back, _ = nimbus.read(nimbus.write(study))
    assert diff(study, back) == {}
    assert [column.measurement for column in back.image_sets[0].tables[name].columns] == ["my own"]


def test_the_preset_of_the_same_names_measures_the_same():
    headings = {tuple(heading.name.split(" / ")[1:]): heading.measurement for heading in NIMBUS.headings}
    assert headings == {path: name for paths in WORKERS.values() for path, name in paths.items()}
    assert {name for name in headings.values() if not name.startswith("percentile ")} <= {one.name for one in MEASUREMENTS}


def table_of(*columns):
    """A study of one annotation with a table ``measurements``."""
    import polars as pl

    from segue.model.tables import Table

    frame = pl.DataFrame({"row": pl.Series([0], dtype=pl.Int32), **{column.name: [float(nth)] for nth, column in enumerate(columns)}})
    return Table("objects", frame, columns)


def written(nimbus, *columns):
    from dataclasses import replace

    study, _ = nimbus.read({**document(BLOB, {}), "annotationProperties": [], "annotationPropertyValues": {}})
    study = replace(study, image_sets=(replace(study.image_sets[0], tables={"measurements": table_of(*columns)}),))
    data = nimbus.write(study)
    return study, json.loads(data), data


def test_measurements_with_names_of_nimbusimage_are_nested_as_there(nimbus, checklist):
    names = [heading.name.format(channel="CD3") for heading in NIMBUS.headings]
    columns = [Column(name, measurement=heading.measurement) for name, heading in zip(names, NIMBUS.headings, strict=True)]
    study, whole, data = written(nimbus, *columns, Column("plain"))
    assert not checklist(data)
    assert [one["name"] for one in whole["annotationProperties"]] == ["measurements", "Blob metrics", "CD3 Blob intensity"]
    values = dict(
        zip(
            (one["name"] for one in whole["annotationProperties"]),
            (whole["annotationPropertyValues"]["a"][one["_id"]] for one in whole["annotationProperties"]),
            strict=True,
        )
    )
    assert values["Blob metrics"]["Centroid"] == {"x": 2, "y": 3}
    assert (values["CD3 Blob intensity"]["MeanIntensity"], values["measurements"]) == (10, {"plain": 17})
    back, _ = nimbus.read(data)
    assert diff(study, back) == {}


def test_names_that_cannot_be_nested_stay_plain(nimbus):
    columns = [Column("A / b", measurement="mean"), Column("A / b / c", measurement="max"), Column("B / c"), Column("measurements / x", measurement="min")]
    study, whole, data = written(nimbus, *columns)
    assert [one["name"] for one in whole["annotationProperties"]] == ["measurements"]
    assert diff(study, nimbus.read(data)[0]) == {}

"""Measurement tables of QuPath, made after its source (0.7 line): columns by name, ids, classes, centroids, and what languages and spreadsheets do to them."""

from __future__ import annotations

import json
import math
import random

import pytest

import segue
from segue.errors import Incompatible, SegueError, WrongFormat
from segue.formats.detect import detect
from segue.formats.qupath_measurements.spec import FORMAT
from segue.formats.qupath_measurements.terms import channel_of, unit_of
from segue.notes import Kind
from segue.storage.source import Source
from segue.testing.damage import damages

A, B, C = "3f0c6d1e-0a2b-4c3d-8e4f-000000000001", "3f0c6d1e-0a2b-4c3d-8e4f-000000000002", "3f0c6d1e-0a2b-4c3d-8e4f-000000000003"
HEADER = "Image\tObject ID\tObject type\tName\tClassification\tParent\tROI\tCentroid X px\tCentroid Y px\tNucleus: Area µm^2\tCell: DAPI mean\tNum spots\n"
ROWS = (
    f"slide.svs\t{A}\tCell\t\tTumor: CD8\tRegion 1\tPolygon\t10.5\t20\t33.25\t101.5\t3\n"
    f"slide.svs\t{B}\tCell\tmine\tStroma\tRegion 1\tPolygon\t11\t21.5\tNaN\t\t0\n"
    f"slide.svs\t{C}\tAnnotation\tPathAnnotationObject\t\tRoot object\tGeometry\t1\t2\t\t5\t\n"
)


@pytest.fixture
def read(tmp_path):
    def reading(text, name="measurements.tsv", encoding="utf-8", **options):
        (tmp_path / name).write_bytes(text.encode(encoding))
        assert detect(Source(tmp_path / name))[0] is FORMAT
        return FORMAT.read(Source(tmp_path / name), FORMAT.options("read", options))

    return reading


def test_objects_classes_and_values(read):
    study, notes = read(HEADER + ROWS)
    s = study.image_sets[0]
    assert (s.name, s.objects.frame["id"].to_list(), len(notes)) == ("slide.svs", [A, B, C], 0)
    assert [(one.id, one.name, one.kind) for one in study.populations] == [("Tumor: CD8", ("Tumor", "CD8"), "class"), ("Stroma", ("Stroma",), "class")]
    assert s.membership.frame.select("population", "object").rows() == [("Tumor: CD8", 0), ("Stroma", 1)]
    assert s.shapes.rings.coords.tolist() == [[10.5, 20], [11, 21.5], [1, 2]]
    table = s.tables["measurements"]
    facts = {column.name: (column.type, column.unit, column.channel) for column in table.columns}
    assert facts["Nucleus: Area µm^2"] == ("number", "um^2", None)
    assert facts["Cell: DAPI mean"] == ("number", None, "DAPI")
    assert facts["Parent"][0] == facts["ROI"][0] == facts["Object type"][0] == "text"
    assert math.isnan(table.frame["Nucleus: Area µm^2"][1])
    assert table.frame["Num spots"].to_list() == [3, 0, None]
    assert len(s.connections) == 0


def test_names_that_are_none(read):
    assert read(HEADER + ROWS)[0].image_sets[0].objects.frame["name"].to_list() == [None, "mine", None]


@pytest.mark.parametrize(
    ("name", "channel", "unit"),
    [
        ("Nucleus: Area µm^2", None, "um^2"),
        ("Nucleus: Perimeter", None, None),
        ("DAPI: Mean", "DAPI", None),
        ("Nucleus: DAPI: Median", "DAPI", None),
        ("Cytoplasm: CD 3 (Opal 570) std dev", "CD 3 (Opal 570)", None),
        ("Length px", None, "pixel"),
        ("Area px^2", None, "pixel^2"),
        ("Max diameter µm", None, "um"),
        ("Distance to annotation with Tumor µm", None, "um"),
    ],
)
def test_names_tell_channels_and_units(name, channel, unit):
    assert (channel_of(name), unit_of(name)) == (channel, unit)


def test_a_table_of_several_images(read):
    study = read(HEADER + ROWS.replace(f"slide.svs\t{B}", f"other.svs\t{B}"))[0]
    assert [(s.name, len(s.objects)) for s in study.image_sets] == [("slide.svs", 2), ("other.svs", 1)]
    assert study.image_sets[1].tables["measurements"].frame["Num spots"].to_list() == [0]


def test_centroids_in_micrometres_need_the_pixel_size(read):
    text = HEADER.replace(" px", " µm") + ROWS
    study, notes = read(text)
    assert len(study.image_sets[0].shapes) == 0
    assert {c.name: c.unit for c in study.image_sets[0].tables["measurements"].columns}["Centroid X µm"] == "um"
    assert [note.kind for note in notes] == [Kind.ASSUMED]
    s = read(text, pixel_size=0.5)[0].image_sets[0]
    assert s.shapes.rings.coords.tolist() == [[21, 40], [22, 43], [2, 4]]
    assert [(axis.scale, axis.unit) for axis in s.grid.axes] == [(0.5, "um")] * 2


@pytest.mark.parametrize("letter", ["µ", "\u03bc", "Âµ", "u"])
def test_the_letter_of_micrometres(read, letter):
    s = read((HEADER + ROWS).replace("Centroid X px", f"Centroid X {letter}m").replace("Centroid Y px", f"Centroid Y {letter}m"), pixel_size=1)[0].image_sets[0]
    assert s.shapes.rings.coords[0].tolist() == [10.5, 20]


def test_decimal_commas(read):
    for text, name in (
        ((HEADER + ROWS).replace(".5", ",5").replace(".25", ",25"), "m.tsv"),
        ((HEADER + ROWS).replace(".5", ",5").replace(".25", ",25").replace("\t", ";"), "m.csv"),
    ):
        study, notes = read(text, name)
        assert study.image_sets[0].tables["measurements"].frame["Nucleus: Area µm^2"][0] == 33.25
        assert "numbers have decimal commas" in [note.what for note in notes]


def test_windows_encoding_and_commas(read):
    study, _ = read((HEADER + ROWS).replace("\t", ","), "m.csv", "cp1252")
    assert "Nucleus: Area µm^2" in study.image_sets[0].tables["measurements"].frame.columns


def test_planes(read):
    text = "".join(line + f"\t{tail}\n" for line, tail in zip((HEADER + ROWS).splitlines(), ("Z-slice\tTimepoint", "2\t0", "3\t1", "0\t1"), strict=True))
    s = read(text)[0].image_sets[0]
    assert s.objects.frame["t"].to_list() == [0, 1, 1]
    assert s.shapes.frame["z"].to_list() == [2, 3, 0]


def test_a_row_about_the_image(read):
    s = read(HEADER + "slide.svs\t\tPathRootObject\t\t\t\t\t\t\t\t\t7\n" + ROWS)[0].image_sets[0]
    assert len(s.objects) == 3
    assert s.tables["image"].about == "image set"
    assert s.tables["image"].frame["Num spots"].to_list() == [7]


def test_tables_of_older_versions(read):
    study, _ = read("Image\tName\tClass\tParent\tROI\tCentroid X µm\tCentroid Y µm\tArea µm^2\nx.tif\tTumor\tTumor\tImage\tPolygon\t1\t2\t3\n")
    assert study.image_sets[0].objects.frame.select("id", "name").rows() == [("#1", None)]
    assert [one.name for one in study.populations] == [("Tumor",)]


def test_a_table_is_joined_to_geojson_by_object_id(tmp_path):
    square = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
    features = [
        {"type": "Feature", "id": one, "geometry": {"type": "Polygon", "coordinates": [square]}, "properties": {"objectType": "cell"}} for one in (B, A)
    ]
    (tmp_path / "cells.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    (tmp_path / "m.tsv").write_text(HEADER + "".join(ROWS.splitlines(keepends=True)[:2]), encoding="utf-8")
    s = segue.read(tmp_path / "cells.geojson", table=tmp_path / "m.tsv").image_sets[0]
    held = s.tables["measurements"].frame
    assert dict(zip(s.objects.frame["id"].gather(held["row"]), held["Num spots"], strict=True)) == {A: 3, B: 0}
    assert dict(zip(s.membership.frame["population"], s.objects.frame["id"].gather(s.membership.frame["object"]), strict=True)) == {
        "Tumor: CD8": A,
        "Stroma": B,
    }


def test_ids_that_occur_twice(read):
    study, notes = read(HEADER + ROWS.replace(B, A))
    assert study.image_sets[0].objects.frame["id"].to_list() == [A, f"{A}-2", C]
    assert [note.kind for note in notes] == [Kind.REPAIRED]
    with pytest.raises(Incompatible, match="several rows"):
        read(HEADER + ROWS.replace(B, A), repeated="error")


def test_damaged_files_are_read_or_refused(tmp_path):
    (tmp_path / "x.tsv").write_text("a\tb\n1\t2\n")
    with pytest.raises(WrongFormat, match="none of the columns"):
        FORMAT.read(Source(tmp_path / "x.tsv"))
    for nth, (_, damaged) in enumerate(damages((HEADER + ROWS).encode(), random.Random(4), 60)):
        path = tmp_path / f"{nth}.tsv"
        path.write_bytes(damaged)
        try:
            FORMAT.read(Source(path))
        except SegueError:
            continue

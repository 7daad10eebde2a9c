"""Published projects of NimbusImage: read as one study, written, and read again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from segue.errors import SegueError
from segue.formats.detect import detect
from segue.formats.nimbus_project.spec import FORMAT
from segue.model.diff import diff
from segue.model.display import ChannelDisplay, Display
from segue.model.study import ImageSet, Study
from segue.storage.sink import FileSink
from segue.storage.source import Source

SQUARE = [{"x": 1, "y": 1}, {"x": 9, "y": 1}, {"x": 9, "y": 9}]
CONFIG = {"name": "Spots", "meta": {"subtype": "contrastConfiguration", "layers": [], "scales": {"pixelSize": {"value": 0.5, "unit": "µm"}}}}


def document(name: str) -> dict[str, Any]:
    place = {"XY": 0, "Z": 0, "Time": 0}
    one = {"_id": name * 24, "shape": "polygon", "channel": 0, "location": place, "tags": ["cell"], "coordinates": SQUARE}
    return {"annotations": [one], "annotationConnections": [], "annotationProperties": [], "annotationPropertyValues": {}}


@pytest.fixture
def project(tmp_path):
    def making(**files: Any) -> Source:
        folder = tmp_path / "record"
        folder.mkdir()
        for name, body in files.items():
            (folder / name.replace("__", ".")).write_text(body if isinstance(body, str) else json.dumps(body))
        return Source(folder)

    return making


MANIFEST = {
    "projectName": "P",
    "datasets": [{"datasetId": "d2", "name": "mouse 2"}, {"datasetId": "d1", "name": "mouse 1"}],
    "files": [
        {"name": "b_annotations.json", "type": "annotations", "datasetId": "d2"},
        {"name": "a_annotations.json", "type": "annotations", "datasetId": "d1"},
        {"name": "Spots_config.json", "type": "config", "collectionId": "c"},
    ],
}


def test_names_and_order_are_those_of_the_manifest(project):
    source = project(a_annotations__json=document("1"), b_annotations__json=document("2"), Spots_config__json=CONFIG, manifest__json=MANIFEST)
    assert detect(source)[0].name == "nimbus-project"
    study, notes = FORMAT.read(source)
    assert [s.name for s in study.image_sets] == ["mouse 2", "mouse 1"]
    assert [one.name for one in study.displays] == ["Spots"]
    assert not len(notes)


def test_a_project_without_a_manifest(project):
    source = project(a_annotations__json=document("1"), b_annotations__json=document("2"))
    assert detect(source)[0].name == "nimbus-project"
    assert [s.name for s in FORMAT.read(source)[0].image_sets] == ["a", "b"]


def test_datasets_get_the_pixel_size_of_their_collection(project):
    study, _ = FORMAT.read(project(a_annotations__json=document("1"), Spots_config__json=CONFIG))
    assert [(axis.scale, axis.unit) for axis in study.image_sets[0].grid.axes] == [(0.5, "um")] * 2


def test_paths_in_a_manifest_are_not_followed(project, tmp_path):
    (tmp_path / "secret.json").write_text(json.dumps(document("9")))
    files = [{"name": name, "type": "annotations", "datasetId": "d1"} for name in ("../secret.json", str(tmp_path / "secret.json"), "a_annotations.json")]
    study, _ = FORMAT.read(project(a_annotations__json=document("1"), manifest__json={"datasets": [], "files": files}))
    assert len(study.image_sets) == 1
    assert study.image_sets[0].objects.frame["id"].to_list() == ["1" * 24]


@pytest.mark.parametrize("manifest", ["", "[]", "{", '{"files": 3}', '{"files": [1, {"name": ["x"]}], "datasets": [{}]}'])
def test_a_damaged_manifest_is_passed_over(project, manifest):
    assert len(FORMAT.read(project(a_annotations__json=document("1"), manifest__json=manifest))[0].image_sets) == 1


def test_what_is_not_read_is_said(project):
    two = {"Spots_config__json": CONFIG, "Zebra_config__json": {**CONFIG, "name": "Z"}}
    _, notes = FORMAT.read(project(a_annotations__json=document("1"), **two, **{"a--image__tif": "pixels"}))
    assert [note.count for note in notes] == [1, 1]


def test_a_folder_without_annotations_is_refused(project):
    with pytest.raises(SegueError, match="neither annotations of NimbusImage"):
        FORMAT.read(project(x__txt="hello"))


def test_there_and_back(project, tmp_path):
    study, _ = FORMAT.read(project(a_annotations__json=document("1"), b_annotations__json=document("2"), Spots_config__json=CONFIG, manifest__json=MANIFEST))
    study = replace(study, displays=(Display("Spots", (ChannelDisplay("DAPI", 0xFF0000FF, 1, 2),)),))
    options = FORMAT.options("write")
    first, second = tmp_path / "first.nimbus-project", tmp_path / "second.nimbus-project"
    for target in (first, second):
        with FileSink(target) as sink:
            FORMAT.write(FORMAT.fitted(study, options), sink, options)
            sink.keep()
    back, notes = FORMAT.read(Source(first))
    assert (diff(study, back), len(notes)) == ({}, 0)
    assert [path.name for path in sorted(first.iterdir())] == ["Spots_config.json", "manifest.json", "mouse 1_annotations.json", "mouse 2_annotations.json"]
    assert [path.read_bytes() for path in sorted(first.iterdir())] == [path.read_bytes() for path in sorted(second.iterdir())]
    assert "exportDate" not in Path(first / "manifest.json").read_text()


def test_annotations_of_workers_are_moved_where_they_belong(project):
    source = project(a_annotations__json=document("1"), b_annotations__json=document("2"))
    study, notes = FORMAT.read(source, FORMAT.options("read", {"shift": 0.5}))
    assert [s.shapes.rings.coords[0].tolist() for s in study.image_sets] == [[1.5, 1.5]] * 2
    assert [note.count for note in notes] == [2]


def test_names_of_files_are_safe(tmp_path):
    study = Study((ImageSet("../a"), ImageSet("A/b"), ImageSet("a_B")), displays=(Display("x/../y"),))
    options = FORMAT.options("write")
    with FileSink(tmp_path / "p.nimbus-project") as sink:
        FORMAT.write(FORMAT.fitted(study, options), sink, options)
        kept = sink.keep()
    assert len(list(kept.iterdir())) == 5
    assert {path.name for path in tmp_path.iterdir()} == {"p.nimbus-project"}

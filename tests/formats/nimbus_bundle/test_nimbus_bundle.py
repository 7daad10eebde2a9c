"""Archives of NimbusImage: one file per dataset, read as one study."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from tests.formats.nimbus_json.nimbus_checklist import problems

from segue.errors import Malformed, SegueError, WrongFormat
from segue.formats.detect import detect
from segue.formats.nimbus_bundle.spec import FORMAT
from segue.model.diff import diff
from segue.model.study import ImageSet, Study
from segue.storage.sink import FileSink
from segue.storage.source import Source
from segue.testing.canonical import canonical

SQUARE = [{"x": 1, "y": 1}, {"x": 9, "y": 1}, {"x": 9, "y": 9}]


def annotation(name: str, xy: int = 0, tags: tuple[str, ...] = ("cell",)) -> dict[str, Any]:
    place = {"XY": xy, "Z": 0, "Time": 0}
    return {"_id": name * 24, "shape": "polygon", "channel": 0, "location": place, "tags": list(tags), "coordinates": SQUARE, "datasetId": "d" * 24}


def document(*annotations: dict[str, Any], area: float | None = None) -> dict[str, Any]:
    properties = [] if area is None else [{"_id": "e" * 24, "name": "Area", "image": "x", "tags": {"tags": [], "exclusive": False}, "shape": "polygon"}]
    values = {} if area is None else {annotations[0]["_id"]: {"e" * 24: area}}
    return {"annotations": list(annotations), "annotationConnections": [], "annotationProperties": properties, "annotationPropertyValues": values}


@pytest.fixture
def archive(tmp_path):
    def making(files: dict[str, Any], name: str = "collection.zip") -> Source:
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as made:
            for one, body in files.items():
                made.writestr(one, body if isinstance(body, str | bytes) else json.dumps(body))
        return Source(tmp_path / name)

    return making


@pytest.fixture
def written(tmp_path):
    def writing(study: Study, name: str = "out.nimbus.zip") -> bytes:
        options = FORMAT.options("write")
        with FileSink(tmp_path / name, overwrite=True) as sink:
            FORMAT.write(FORMAT.fitted(study, options), sink, options)
            return sink.keep().read_bytes()

    return writing


def names(data: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(data)).namelist()


def test_datasets_are_called_as_their_files(archive):
    source = archive({"mouse 1.json": document(annotation("1")), "mouse 2.json": document(annotation("2", 0), annotation("3", 4))})
    assert detect(source)[0].name == "nimbus-bundle"
    study, notes = FORMAT.read(source)
    assert [(s.name, s.group, s.position, len(s.objects)) for s in study.image_sets] == [
        ("mouse 1", None, (), 1),
        ("", "mouse 2", (("xy", 0),), 1),
        ("", "mouse 2", (("xy", 4),), 1),
    ]
    assert not len(notes.refused)


def test_tags_and_properties_are_shared(archive):
    study, _ = FORMAT.read(archive({"a.json": document(annotation("1"), area=7), "b.json": document(annotation("2", tags=("cell", "dead")), area=8)}))
    assert [one.name for one in study.populations] == [("cell",), ("dead",)]
    assert [one.name for one in study.properties] == ["Area"]
    assert [len(s.membership) for s in study.image_sets] == [1, 2]
    assert [s.tables["properties"].frame["Area"].to_list() for s in study.image_sets] == [[7], [8]]


def test_there_and_back(archive, written):
    study, _ = FORMAT.read(archive({"a.json": document(annotation("1"), area=7), "b.json": document(annotation("2", 0), annotation("3", 1))}))
    data = written(study)
    assert names(data) == ["a.json", "b.json"]
    back, _ = FORMAT.read(archive({}, "x.zip") if not data else Source(_saved(archive, data)))
    assert diff(study, back) == {}
    assert written(back, "again.nimbus.zip") == data


def _saved(archive, data: bytes):
    path = archive({"x": ""}, "saved.zip").path
    path.write_bytes(data)
    return path


def test_each_file_is_one_that_nimbusimage_imports(written):
    data = written(canonical())
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        assert made.testzip() is None
        assert {one.date_time for one in made.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert made.namelist()
        assert [problem for name in made.namelist() for problem in problems(made.read(name))] == []


def test_names_of_files_are_safe_and_different(written):
    sets = [ImageSet("a/b"), ImageSet("A_B"), ImageSet(""), ImageSet("con"), ImageSet("x", group="g/1"), ImageSet("y"), ImageSet("z", group="g/1")]
    found = names(written(Study(tuple(sets))))
    assert len({name.casefold() for name in found}) == len(found) == 6
    assert not any(mark in name for name in found for mark in "/\\:")
    assert found[0] == "a_b.json"
    assert found[2] == "dataset.json"


def test_image_sets_of_a_dataset_stand_together(written, archive):
    sets = (ImageSet("1", group="g", position=(("xy", 0),)), ImageSet("alone"), ImageSet("2", group="g", position=(("xy", 1),)))
    back, _ = FORMAT.read(Source(_saved(archive, written(Study(sets)))))
    assert [(s.name, s.group) for s in back.image_sets] == [("1", "g"), ("2", "g"), ("alone", None)]


def test_other_files_are_said(archive):
    study, notes = FORMAT.read(archive({"a.json": document(annotation("1")), "read me.txt": "hello", "__MACOSX/a.json": "junk"}))
    assert len(study.image_sets) == 1
    assert [note.count for note in notes] == [2]


def test_a_damaged_file_is_named(archive):
    with pytest.raises(Malformed, match=r"b\.json"):
        FORMAT.read(archive({"a.json": document(annotation("1")), "b.json": '{"annotations": [{'}))


def test_an_archive_without_datasets_is_refused(archive):
    with pytest.raises(WrongFormat, match=r"no file that ends in \.json"):
        FORMAT.read(archive({"a.txt": "hello"}))


@pytest.mark.parametrize("cut", [0.2, 0.6, 0.95])
def test_a_cut_archive_is_refused(archive, cut):
    source = archive({"a.json": document(annotation("1"))})
    data = source.read_bytes()
    source.path.write_bytes(data[: int(len(data) * cut)])
    with pytest.raises(SegueError):
        FORMAT.read(Source(source.path))


def test_a_study_keeps_everything_that_one_dataset_would(written, archive):
    study = replace(canonical(), image_sets=canonical().image_sets[:1])
    from segue.formats.nimbus_json.spec import FORMAT as JSON

    back, _ = FORMAT.read(Source(_saved(archive, written(study))))
    assert diff(JSON.fitted(study, JSON.options("write")), back) == {}

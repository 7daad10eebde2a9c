"""Writing a published project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from segue.codecs.json_text import dumps
from segue.codecs.nimbus_plain import json_of
from segue.formats.nimbus_files.collection import body_of
from segue.formats.nimbus_files.datasets import ENDING, datasets
from segue.formats.nimbus_files.options import WriteOptions
from segue.formats.nimbus_files.terms import DATASET, NAME
from segue.formats.nimbus_files.write_study import pieces
from segue.formats.nimbus_project.layout import ANNOTATIONS, CONFIG, MANIFEST
from segue.formats.options import Options
from segue.model.study import Study
from segue.storage.names import safe_name
from segue.storage.sink import Sink

UNNAMED = "collection"


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study; 20,000 annotations are in memory as text at a time. The manifest has no date: the same study gives the same bytes."""
    assert isinstance(options, WriteOptions)
    with sink.folder() as folder:
        stems = []
        for name, one in datasets(study):
            stems.append((name.removesuffix(ENDING), one))
            with (folder / (stems[-1][0] + ANNOTATIONS)).open("wb") as file:
                for piece in pieces(one, options.choice):
                    file.write(piece)
        _configuration(folder, study, stems)


def _configuration(folder: Path, study: Study, stems: list[tuple[str, Study]]) -> None:
    body = body_of(study)
    collection = safe_name(body["name"] or UNNAMED, CONFIG)
    (folder / collection).write_bytes(json_of(body).encode())
    ids = {stem: _dataset_id(one) or stem for stem, one in stems}
    files: list[dict[str, Any]] = [{"name": stem + ANNOTATIONS, "type": "annotations", "datasetId": own} for stem, own in ids.items()]
    files.append({"name": collection, "type": "config", "collectionId": body["name"] or UNNAMED})
    manifest = {
        "projectName": body["name"] or UNNAMED,
        "datasets": [{"datasetId": own, "name": stem} for stem, own in ids.items()],
        "collections": [{"collectionId": body["name"] or UNNAMED, "name": body["name"] or UNNAMED}],
        "files": files,
    }
    (folder / MANIFEST).write_bytes(dumps(manifest, pretty=True) + b"\n")


def _dataset_id(study: Study) -> str | None:
    """The id that NimbusImage gave it."""
    for s in study.image_sets:
        for form, entity, alias in s.aliases.select("format", "entity", "alias").iter_rows():
            if (form, entity) == (NAME, DATASET):
                return str(alias)
    return None

"""Writing a published project."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from segue.codecs.json_text import dumps
from segue.codecs.nimbus_plain import json_of
from segue.formats.nimbus_files.collection import body_of
from segue.formats.nimbus_files.datasets import ENDING, datasets
from segue.formats.nimbus_files.positions import positions
from segue.formats.nimbus_files.write_study import pieces
from segue.formats.nimbus_project.ids import dataset_ids
from segue.formats.nimbus_project.layout import ANNOTATIONS, BETWEEN, CONFIG, MANIFEST, SIDE
from segue.formats.nimbus_project.options import WriteOptions
from segue.formats.nimbus_project.write_images import write_image
from segue.formats.options import Options
from segue.model.study import ImageSet, Study
from segue.storage.names import safe_name, safe_names
from segue.storage.sink import Sink

UNNAMED = "collection"
IMAGE = ".ome.tif"


@dataclass
class _Written:
    """A dataset in the folder."""

    stem: str
    id: str
    images: list[tuple[str, str, int]] = field(default_factory=list)
    """(name, checksum, stage position)."""


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study; 20,000 annotations are in memory as text at a time, and some blocks of an image.

    The manifest has no date: the same study gives the same bytes.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    assert isinstance(options, WriteOptions)
    with sink.folder() as folder:
        parts = [(name.removesuffix(ENDING), one) for name, one in datasets(study)]
        written = [_Written(stem, own) for (stem, _), own in zip(parts, dataset_ids(parts), strict=True)]
        names = iter(safe_names([text for stem, one in parts for text in _image_names(stem, one)], IMAGE))
        for target, (stem, one) in zip(written, parts, strict=True):
            with (folder / (stem + ANNOTATIONS)).open("wb") as file:
                for piece in pieces(one, options.choice):
                    file.write(piece)
            for s, xy in zip(one.image_sets, positions(one.image_sets), strict=True):
                for image in s.images:
                    name = next(names)
                    target.images.append((name, write_image(folder / name, s, image, options.compression), xy))
        _manifest(folder, study, written)


def _image_names(stem: str, one: Study) -> Iterator[str]:
    """``DATASET--IMAGE`` for every image: called as its image set, and where this has several, as the image, too."""
    for s in one.image_sets:
        own = s.name or (stem if len(one.image_sets) == 1 else _place(s))
        for image in s.images:
            yield f"{stem}{BETWEEN}{own}" + (f" {image.name}" if len(s.images) > 1 else "")


def _place(s: ImageSet) -> str:
    return " ".join(f"{axis}{nth}" for axis, nth in s.position) or "image"


def _manifest(folder: Path, study: Study, written: Sequence[_Written]) -> None:
    body = body_of(study)
    name = body["name"] or UNNAMED
    collection = safe_name(name, CONFIG)
    (folder / collection).write_bytes(json_of(body).encode())
    files: list[dict[str, Any]] = []
    for one in written:
        files.append({"name": one.stem + ANNOTATIONS, "type": "annotations", "datasetId": one.id})
        files += [{"name": image, "type": "image", "datasetId": one.id, "checksum": checksum, SIDE: {"xy": xy}} for image, checksum, xy in one.images]
    files.append({"name": collection, "type": "config", "collectionId": name})
    manifest = {
        "projectName": name,
        "datasets": [{"datasetId": one.id, "name": one.stem} for one in written],
        "collections": [{"collectionId": name, "name": name}],
        "files": files,
    }
    (folder / MANIFEST).write_bytes(dumps(manifest, pretty=True) + b"\n")

"""Writing a study."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import cast

import polars as pl

from segue.codecs import parquet
from segue.formats.options import Options
from segue.formats.segue_study import history, populations
from segue.formats.segue_study.detect import STUDY_FILE
from segue.formats.segue_study.files import put
from segue.formats.segue_study.keyed import encode_table, with_ids
from segue.formats.segue_study.layout import (
    POPULATIONS,
    STUDY_EXTRAS,
    VERSION,
    FileEntry,
    ImageEntry,
    ImageSetEntry,
    LabelsEntry,
    StudyEntry,
    TableEntry,
    file_names,
    folder_names,
)
from segue.formats.segue_study.options import WriteOptions
from segue.formats.segue_study.pixels import PixelWriter
from segue.formats.segue_study.plain import to_text
from segue.formats.segue_study.shape_table import encode_shapes
from segue.formats.segue_study.spec import FORMAT
from segue.model.study import ImageSet, Study
from segue.model.tables import Table
from segue.storage import lock
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a study that has been fitted.

    Raises
    ------
    SinkError
        The study that is to be replaced is being written by another segue; the disk is full; and so on.
    """
    keep = cast("WriteOptions", options).pixels == "copy"
    with sink.folder() as root, _alone(root.parent / sink.name):
        home = None if keep else root.parent / sink.name
        folders = folder_names([s.name for s in study.image_sets])
        entry = StudyEntry(
            format=FORMAT.name,
            version=VERSION,
            segue=_version(),
            journal=None,
            populations=put(root, POPULATIONS, populations.encode(study.populations)) if study.populations else None,
            properties=study.properties,
            displays=study.displays,
            extras=put(root, STUDY_EXTRAS, parquet.encode(study.extras)) if len(study.extras) else None,
            image_sets=tuple(_image_set(s, PixelWriter(root, folder, home)) for s, folder in zip(study.image_sets, folders, strict=True)),
        )
        put(root, STUDY_FILE, to_text(entry))


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Hold the lock of a study that is to be replaced, if anybody has ever taken it."""
    if (target / lock.NAME).is_file():
        with lock.write_lock(target):
            yield
    else:
        yield


def _version() -> str:
    from segue import __version__

    return __version__


def _image_set(s: ImageSet, pixels: PixelWriter) -> ImageSetEntry:
    (pixels.root / pixels.folder).mkdir()
    images = pixels.images(s)
    return entry_of(s, pixels.folder, images, pixels.labels(s, images), partial(put, pixels.root))


Put = Callable[[str, bytes], FileEntry]


def entry_of(s: ImageSet, folder: str, images: tuple[ImageEntry, ...], labels: tuple[LabelsEntry, ...], put_file: Put) -> ImageSetEntry:
    """The entry of an image set whose pixels are written.

    Parameters
    ----------
    s
        The image set.
    folder
        Its folder in the study.
    images, labels
        Where the pixels are.
    put_file
        Keeps the bytes of a table under a path in the study.
    """
    return ImageSetEntry(
        name=s.name,
        group=s.group,
        position=s.position,
        grid=s.grid,
        images=images,
        labels=labels,
        files={name: put_file(f"{folder}/{name}{suffix}", data) for name, suffix in PARTS.items() if (data := part(s, name)) is not None},
        tables=_tables(s, folder, put_file),
        display=s.display,
    )


PARTS = {
    **dict.fromkeys(("objects", "shapes", "connections", "membership", "extras", "aliases"), ".parquet"),
    "history": ".jsonl",
}
"""The files of an image set, but for its tables of values: name -> suffix."""


def part(s: ImageSet, name: str) -> bytes | None:
    """The bytes of one of ``PARTS``; None if it has no row."""
    if not len(getattr(s, name)):
        return None
    ids = s.objects.frame["id"]
    encoders: dict[str, Callable[[], bytes]] = {
        "objects": lambda: parquet.encode(s.objects.frame),
        "shapes": lambda: encode_shapes(s.shapes, ids),
        "connections": lambda: parquet.encode(_connections(s.connections.frame, ids)),
        "membership": lambda: parquet.encode(with_ids(s.membership.frame, "object", ids)),
        "extras": lambda: parquet.encode(s.extras),
        "aliases": lambda: parquet.encode(s.aliases),
        "history": lambda: history.encode(s.history),
    }
    return encoders[name]()


def _connections(frame: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    return with_ids(with_ids(frame, "parent", ids), "child", ids).with_columns(pl.col("kind").cast(pl.Utf8))


def _tables(s: ImageSet, folder: str, put_file: Put) -> tuple[TableEntry, ...]:
    names = file_names(list(s.tables), ".parquet")
    pairs = zip(s.tables.items(), names, strict=True)
    return tuple(TableEntry(name, put_file(f"{folder}/tables/{file}", table_bytes(table, s))) for (name, table), file in pairs)


def table_bytes(table: Table, s: ImageSet) -> bytes:
    """A table of values as a file."""
    ids = (s.connections if table.about == "connections" else s.objects).frame["id"]
    return encode_table(table, ids)

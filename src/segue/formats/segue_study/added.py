"""Image sets that an edit adds to a study: their pixels are written before the edit is acknowledged, their tables stand in its line of the journal."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from segue.errors import Malformed, SinkError
from segue.formats.segue_study.files import Files, entry_for
from segue.formats.segue_study.layout import FileEntry, ImageSetEntry
from segue.formats.segue_study.pixels import PixelWriter
from segue.formats.segue_study.read_image_set import ImageSetReader
from segue.formats.segue_study.write import entry_of
from segue.model.study import ImageSet
from segue.storage import swap


class SetText(msgspec.Struct, frozen=True):
    """An image set as a line of the journal holds it."""

    entry: ImageSetEntry
    tables: dict[str, str]
    """Path in the study -> the bytes of a table, in base64."""


@dataclass(frozen=True)
class _InLine(Files):
    """Files of which the tables stand in a line of the journal."""

    tables: Mapping[str, str] = field(default_factory=dict)

    def get(self, entry: FileEntry) -> bytes:
        text = self.tables.get(entry.path)
        data = b"" if text is None else b64decode(text.encode(), validate=True)
        if text is None or entry_for(entry.path, data) != entry:
            raise Malformed(f"{self.root}: the journal holds another {entry.path} than it states; take the study from a backup", path=self.root)
        return data


def to_text(s: ImageSet, root: Path, folder: str) -> SetText:
    """An image set whose pixels lie in the study, or stay where they are.

    Parameters
    ----------
    s
        The image set.
    root
        The study.
    folder
        Where the image set stands in it.
    """
    pixels, tables = PixelWriter(root, folder, root), dict[str, str]()

    def put(path: str, data: bytes) -> FileEntry:
        tables[path] = b64encode(data).decode()
        return entry_for(path, data)

    return SetText(entry_of(s, folder, pixels.images_here(s), pixels.labels_here(s), put), tables)


def from_text(text: SetText, files: Files) -> ImageSet:
    """The opposite of `to_text`.

    Raises
    ------
    SourceError
        Its pixels are not there, or something is damaged.
    """
    return ImageSetReader(_InLine(files.root, files.trust_changes, text.tables), text.entry).read()


def with_pixels(s: ImageSet, root: Path, folder: str, *, linked: bool) -> ImageSet:
    """The image set with its pixels written into the study, on the disk; some blocks of them are in memory at a time.

    Parameters
    ----------
    s
        The image set.
    root
        The study.
    folder
        The new folder in it.
    linked
        Whether pixels that can stay in the files they came from do so.

    Raises
    ------
    SinkError
        There is such a folder.
    OSError
        It cannot be written.
    """
    place = root / folder
    if place.exists():
        raise SinkError(f"{root.name} holds a folder {folder} that is no part of the study; move it elsewhere", path=place)
    if not s.images and not s.labels:
        return s
    place.mkdir()
    writer = PixelWriter(root, folder, root if linked else None)
    images = writer.images(s)
    labels = writer.labels(s, images)
    swap.all_to_disk([place, *place.rglob("*")])
    reader = ImageSetReader(Files(root), entry_of(ImageSet(""), folder, images, labels, entry_for))
    there = reader.read()
    return replace(s, images=there.images, labels=there.labels)

"""The images of a dataset: opened, not read, and compared with what the manifest says of them."""

from __future__ import annotations

from pathlib import Path

from segue.codecs.checksums import checksum, stated
from segue.errors import SourceError
from segue.formats.channel_files.pictures import Picture, pictures_of
from segue.formats.nimbus_project.layout import Dataset, ImageFile
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

Opened = list[tuple[ImageFile, Picture]]


def opened(folder: Path, dataset: Dataset, *, checked: bool) -> tuple[Opened, Notes]:
    """The pictures in all image files of a dataset. Those that cannot be read are noted, and so are those that are not what was published."""
    found: Opened = []
    notes: list[Note] = []
    for one in dataset.images:
        if checked and one.checksum:
            notes += _compared(folder / one.name, one)
        try:
            found += [(one, picture) for picture in pictures_of(Source(folder / one.name))]
        except SourceError as error:
            notes.append(Note(Kind.SKIPPED, f"an image: {error}", where=one.name))
    return found, Notes.of(*notes)


def _compared(path: Path, one: ImageFile) -> list[Note]:
    said = stated(one.checksum)
    if not said:
        return [Note(Kind.SKIPPED, f"the checksum of {one.name} was not compared: the manifest states it in a way that segue does not know", where=one.name)]
    if checksum(path, said.partition(":")[0]) == said:
        return []
    what = f"{one.name} is not the file that was published: its checksum is not that of the manifest; it was changed or damaged, so download it again"
    return [Note(Kind.CHANGED, what, where=one.name)]

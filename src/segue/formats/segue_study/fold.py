"""Putting edits into the tables: what changed is written beside the old files; one renaming of study.json makes it count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import msgspec

from segue.codecs import ngff
from segue.codecs.zarr_write import change_group
from segue.formats.segue_study import populations
from segue.formats.segue_study.detect import STUDY_FILE
from segue.formats.segue_study.files import put
from segue.formats.segue_study.layout import (
    POPULATIONS,
    FileEntry,
    ImageSetEntry,
    LabelsEntry,
    StudyEntry,
    TableEntry,
    file_names,
    folder_names,
    original,
    revised,
)
from segue.formats.segue_study.pixels import PixelWriter
from segue.formats.segue_study.plain import to_text
from segue.formats.segue_study.write import PARTS, entry_of, part, table_bytes
from segue.model.study import ImageSet, Study
from segue.storage import handles, leftovers, swap
from segue.storage.sink import FileSink


def write_changes(root: Path, entry: StudyEntry, base: Study, study: Study, revision: int) -> StudyEntry:
    """Write what differs between two states of a study (whatever is the same object in both is left alone).

    Returns
    -------
    The entry of the study as it is now; nobody reads the new files until it is put in place (``put_entry``).
    """
    folders, taken = folder_names([s.name for s in study.image_sets]), set(_named(entry))
    stay = min(len(base.image_sets), len(study.image_sets))
    sets = tuple(
        one if now is was else _image_set(one, was, now, PixelWriter(root, folder, None), revision, taken)
        for one, was, now, folder in zip(entry.image_sets[:stay], base.image_sets[:stay], study.image_sets[:stay], folders[:stay], strict=True)
    )
    sets += tuple(_new(s, PixelWriter(root, folder, root)) for s, folder in zip(study.image_sets[stay:], folders[stay:], strict=True))
    definitions = entry.populations
    if study.populations != base.populations:
        definitions = _put(root, revised(POPULATIONS, revision, taken), populations.encode(study.populations)) if study.populations else None
    return msgspec.structs.replace(entry, image_sets=sets, populations=definitions, properties=study.properties)


def _image_set(entry: ImageSetEntry, was: ImageSet, now: ImageSet, pixels: PixelWriter, revision: int, taken: set[str]) -> ImageSetEntry:
    files = dict(entry.files)
    for name, suffix in PARTS.items():
        if getattr(now, name) is not getattr(was, name):
            data = part(now, name)
            files.pop(name, None)
            if data is not None:
                files[name] = _put(pixels.root, revised(f"{pixels.folder}/{name}{suffix}", revision, taken), data)
    names = dict(zip(now.tables, file_names(list(now.tables), ".parquet"), strict=True))
    known = {one.name: one for one in entry.tables}
    tables = tuple(
        known[name]
        if name in known and table is was.tables[name]
        else TableEntry(name, _put(pixels.root, revised(f"{pixels.folder}/tables/{names[name]}", revision, taken), table_bytes(table, now)))
        for name, table in now.tables.items()
    )
    labels = tuple(
        one if now.labels[nth].pixels is was.labels[nth].pixels else _labels(now, entry, nth, pixels, revision, taken) for nth, one in enumerate(entry.labels)
    )
    return msgspec.structs.replace(entry, files=files, tables=tables, labels=labels)


def _new(s: ImageSet, pixels: PixelWriter) -> ImageSetEntry:
    """An image set that an edit added; its pixels are there already."""
    return entry_of(s, pixels.folder, pixels.images_here(s), pixels.labels_here(s), partial(_put, pixels.root))


def clean_folders(root: Path, folders: Sequence[str], used: Sequence[StudyEntry | Study]) -> None:
    """Delete the folders of image sets that edits added and that are no part of the study any more.

    Parameters
    ----------
    root
        The study.
    folders
        Those that edits made.
    used
        What they may be part of: the tables, and the study with edits that wait.
    """
    kept = {name for one in used for name in folder_names([s.name for s in one.image_sets])}
    for name in folders:
        if name not in kept and (root / name).is_dir():
            handles.close(root / name)
            leftovers.remove(root / name)


def _labels(s: ImageSet, entry: ImageSetEntry, nth: int, pixels: PixelWriter, revision: int, taken: set[str]) -> LabelsEntry:
    written = pixels.label_image(s, entry.images, nth, revision, taken)
    for path in (pixels.root / str(written.path)).rglob("*"):
        swap.to_disk(path)
    return LabelsEntry(s.labels[nth].name, s.labels[nth].persists, written)


def _put(root: Path, path: str, data: bytes) -> FileEntry:
    entry = put(root, path, data)
    swap.to_disk(root / path)
    swap.to_disk((root / path).parent)
    return entry


def put_entry(root: Path, entry: StudyEntry) -> None:
    """Put study.json in place of the old one, in one step."""
    with FileSink(root / STUDY_FILE, overwrite=True) as sink:
        with sink.open() as file:
            file.write(to_text(entry))
        sink.keep()


def clean(root: Path, entry: StudyEntry) -> None:
    """Delete older (or never finished) files of what study.json names, and let other programs see the label images that count."""
    wanted = set(_named(entry))
    stems = {original(path) for path in wanted} | {original(path) for path in _absent(entry)}
    for folder in {stem.rpartition("/")[0] for stem, _ in stems}:
        for found in list((root / folder).iterdir()) if (root / folder).is_dir() else []:
            path = found.relative_to(root).as_posix()
            if path not in wanted and (original(path) in stems or _old_table(path)):
                handles.close(found)
                leftovers.remove(found)
    for one in entry.image_sets:
        _show_labels(root, one)


def _old_table(path: str) -> bool:
    """Whether it is a table that an edit made: the name of a file that is written again says so."""
    return path.rpartition("/")[0].endswith("/tables") and "".join(original(path)) != path


def _named(entry: StudyEntry) -> Iterator[str]:
    """Paths of everything that can be written again."""
    yield from (one.path for one in (entry.populations, entry.journal) if one)
    for one in entry.image_sets:
        yield from (file.path for file in one.files.values())
        yield from (table.file.path for table in one.tables)
        yield from (labels.pixels.path for labels in one.labels if labels.pixels.path)


def _absent(entry: StudyEntry) -> Iterator[str]:
    """Paths that files would have that are not there, because they would have no row."""
    if not entry.populations:
        yield POPULATIONS
    for one, folder in zip(entry.image_sets, folder_names([one.name for one in entry.image_sets]), strict=True):
        yield from (f"{folder}/{name}{suffix}" for name, suffix in PARTS.items() if name not in one.files)


def _show_labels(root: Path, entry: ImageSetEntry) -> None:
    by_parent: dict[str, list[str]] = {}
    for one in entry.labels:
        if one.pixels.path:
            parent, _, name = one.pixels.path.rpartition("/")
            by_parent.setdefault(parent, []).append(name)
    for parent, names in by_parent.items():
        change_group(root / parent, ngff.labels_attributes(names))

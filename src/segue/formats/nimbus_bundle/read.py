"""Reading an archive of datasets."""

from __future__ import annotations

from segue.codecs.nimbus_read import read_bytes
from segue.codecs.zip_directory import read_directory
from segue.codecs.zip_read import unpacked
from segue.errors import Malformed, WrongFormat
from segue.formats.nimbus_files.datasets import ENDING, named_after
from segue.formats.nimbus_files.read_study import study_of
from segue.formats.options import Options
from segue.model.gather import gathered
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """The image sets of all datasets. Memory: the archive as it is, one dataset unpacked, and the studies.

    Raises
    ------
    SourceError
        It is no ZIP file, holds no annotations, or one of its files is damaged; the message names it.
    """
    data = source.read_bytes()
    found = read_directory(data)
    rows = [row for row, name in enumerate(found.names) if _is_dataset(name)]
    if not rows:
        raise WrongFormat(f"{source.path} holds no file that ends in {ENDING}, as archives of NimbusImage do", path=source.path, expected=ENDING)
    studies, notes = [], []
    for row in rows:
        where = f"{source.path}/{found.names[row]}"
        try:
            documents = read_bytes(unpacked(data, found, row), where)
        except MemoryError as error:
            raise Malformed(f"{where} is too large to be read", path=source.path) from error
        study, more = study_of(documents, where)
        studies.append(named_after(study, documents, found.names[row]))
        notes.append(more if len(rows) == 1 else more.at(found.names[row]))
    others = sum(not name.endswith("/") for name in found.names) - len(rows)
    if others:
        notes.append(Notes.of(Note(Kind.SKIPPED, "{count file} in the archive that is no JSON", count=others)))
    return gathered(studies), Notes.joined(notes)


def _is_dataset(name: str) -> bool:
    return name.lower().endswith(ENDING) and not name.startswith("__MACOSX/")

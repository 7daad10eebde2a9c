"""Reading an archive of datasets."""

from __future__ import annotations

from pathlib import PurePosixPath

from segue.codecs.nimbus_read import read_bytes
from segue.codecs.zip_directory import read_directory
from segue.codecs.zip_read import unpacked
from segue.errors import Malformed, WrongFormat
from segue.formats.nimbus_bundle.options import ReadOptions
from segue.formats.nimbus_files.datasets import ENDING, called, named_after
from segue.formats.nimbus_files.moved import moved
from segue.formats.nimbus_files.read_study import study_of
from segue.formats.nimbus_files.tables.parse import study_of as study_of_table
from segue.formats.nimbus_files.tables.recognise import HEAD, evidence, says_datasets
from segue.formats.options import Options
from segue.model.gather import gathered
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.held import Held
from segue.storage.source import Source

TABLES = (".csv", ".tsv")


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """The image sets of all datasets, of JSON and of tables. Memory: the archive as it is, one dataset unpacked, and the studies.

    A dataset that is there as JSON and as a table is read from the JSON.

    Raises
    ------
    SourceError
        It is no ZIP file, holds no annotations, or one of its files is damaged; the message names it.
    InvalidOption
        No annotation has the tag whose annotations are moved.
    """
    assert isinstance(options, ReadOptions)
    data = source.read_bytes()
    found = read_directory(data)
    rows = [row for row, name in enumerate(found.names) if _is_file(name) and name.lower().endswith((ENDING, *TABLES))]
    documents = {_stem(found.names[row]) for row in rows if found.names[row].lower().endswith(ENDING)}
    studies, notes, twice = [], [], 0
    for row in rows:
        name = found.names[row]
        if name.lower().endswith(TABLES) and _stem(name) in documents:
            twice += 1
            continue
        try:
            one = _dataset(unpacked(data, found, row), f"{source.path}/{name}", name, rejoin=options.rejoin)
        except MemoryError as error:
            raise Malformed(f"{source.path}/{name} is too large to be read", path=source.path) from error
        if one is not None:
            studies.append(one[0])
            notes.append(one[1] if len(rows) == 1 else one[1].at(name))
    if not studies:
        sentence = f"{source.path} holds no file that ends in {ENDING}, as archives of NimbusImage do, and no table of NimbusImage"
        raise WrongFormat(sentence, path=source.path, expected=ENDING)
    others = sum(not name.endswith("/") for name in found.names) - len(studies) - twice
    study, mended = moved(gathered(studies), options.shift, options.shift_tag)
    return study, Notes.joined([*notes, _skipped(twice, others), mended])


def _is_file(name: str) -> bool:
    return not name.endswith("/") and not name.startswith("__MACOSX/")


def _stem(name: str) -> str:
    return PurePosixPath(name).stem.casefold()


def _dataset(data: bytes, where: str, name: str, *, rejoin: bool) -> tuple[Study, Notes] | None:
    """The study of one file; None for a table of something else."""
    if name.lower().endswith(ENDING):
        documents = read_bytes(data, where)
        study, notes = study_of(documents, where, rejoin=rejoin)
        return named_after(study, documents, name), notes
    if not evidence(data[:HEAD]).score:
        return None
    study, notes = study_of_table(Held(data, where))
    return study if says_datasets(data[:HEAD]) else called(study, PurePosixPath(name.replace("\\", "/")).name[:-4]), notes


def _skipped(twice: int, others: int) -> Notes:
    notes = []
    if twice:
        notes.append(Note(Kind.SKIPPED, "{count table} of a dataset that is there as JSON, too; join it with --table if it says more", count=twice))
    if others:
        notes.append(Note(Kind.SKIPPED, "{count file} in the archive that is no annotations of NimbusImage", count=others))
    return Notes.of(*notes)

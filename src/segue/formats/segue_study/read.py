"""Reading a study."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import polars as pl

from segue.codecs import parquet
from segue.errors import Malformed, NotFound, SegueError, SourceError, UnsupportedVariant, WrongFormat
from segue.formats.options import Options
from segue.formats.segue_study import journal, populations
from segue.formats.segue_study.detect import STUDY_FILE
from segue.formats.segue_study.files import Files, blamed_on
from segue.formats.segue_study.layout import VERSION, StudyEntry
from segue.formats.segue_study.options import ReadOptions
from segue.formats.segue_study.plain import as_record, from_text, to_text
from segue.formats.segue_study.read_image_set import ImageSetReader
from segue.formats.segue_study.spec import FORMAT
from segue.model.frames import conform
from segue.model.patch import patched
from segue.model.study import EXTRAS, Event, Study
from segue.notes import Notes
from segue.storage.source import Source

LONGEST = 1 << 30
"""Bytes of a study.json."""


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read a study: tables at once, pixels when they are asked for; edits that wait in the journal are made on top.

    Raises
    ------
    NotFound, WrongFormat, Malformed, TooLarge
        A file is missing, damaged, changed, or makes no sense.
    UnsupportedVariant
        A newer segue wrote it.
    """
    files = Files(source.path.absolute(), cast("ReadOptions", options).trust_changes)
    stated = _stated(source)
    try:
        return _with_edits(source, files), Notes()
    except SourceError:
        if _stated(source) == stated:
            raise
        return _with_edits(source, files), Notes()  # another segue put edits into the tables in between


def load(source: Source, files: Files) -> tuple[Study, StudyEntry]:
    """What stands in the tables of a study, without edits that wait; and its study.json.

    Raises
    ------
    As ``read``.
    """
    entry = entry_of(source)
    with blamed_on(str(source.path / STUDY_FILE)):
        definitions = populations.decode(files.get(entry.populations), entry.populations.path) if entry.populations else ()
        image_sets = tuple(ImageSetReader(files, one).read() for one in entry.image_sets)
        extras = conform(parquet.decode(files.get(entry.extras), entry.extras.path), EXTRAS, "extras") if entry.extras else pl.DataFrame(schema=EXTRAS)
        return Study(image_sets, definitions, entry.properties, entry.displays, extras), entry


def made(study: Study, edit: journal.Entry, where: str) -> Study:
    """The study with an edit made to it, and that in the history of what it touches.

    Raises
    ------
    Malformed
        The edit was made to another study.
    """
    with blamed_on(where):
        for patch in edit.patches:
            study = patched(study, patch)
    come = sum(len(patch.sets_come) for patch in edit.patches)
    touched = {nth for patch in edit.patches for nth in patch.image_sets} | set(range(len(study.image_sets) - come, len(study.image_sets)))
    event = Event("edit" if edit.undoes is None else "undo", edit.version, to_text(edit.edit, indent=None).decode().strip())
    sets = tuple(replace(s, history=(*s.history, event)) if nth in touched else s for nth, s in enumerate(study.image_sets))
    return replace(study, image_sets=sets)


def _with_edits(source: Source, files: Files) -> Study:
    study, entry = load(source, files)
    if entry.journal and entry.journal.pending:
        for edit in journal.read(files, entry.journal):
            study = made(study, edit, str(source.path / entry.journal.path))
    return study


def _stated(source: Source) -> bytes:
    """What tells one state of a study from the next."""
    try:
        return Source(source.path / STUDY_FILE).read_bytes(LONGEST)
    except SegueError:
        return b""


def entry_of(source: Source) -> StudyEntry:
    """What study.json says.

    Raises
    ------
    WrongFormat, Malformed, UnsupportedVariant
    """
    path = source.path / STUDY_FILE
    if not source.is_folder:
        raise WrongFormat(f"{source.path} is a file; a study is a folder with a {STUDY_FILE}", path=source.path)
    try:
        data = Source(path).read_bytes(LONGEST)
    except NotFound as error:
        raise WrongFormat(f"{source.path} is no study: it has no {STUDY_FILE} that can be read", path=source.path) from error
    plain = from_text(data, str(path))
    _check_variant(plain, source)
    found: StudyEntry = as_record(plain, StudyEntry, str(path))
    return found


def _check_variant(plain: Any, source: Source) -> None:
    if not isinstance(plain, dict) or plain.get("format") != FORMAT.name:
        raise WrongFormat(f"{source.path} is no study: its {STUDY_FILE} is of another program", path=source.path)
    version = plain.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise Malformed(f"{source.path}: {STUDY_FILE} states no version; take it from a backup", path=source.path, position="version")
    if version > VERSION:
        written = f"by segue {plain.get('segue')} in version {version} of the format"
        raise UnsupportedVariant(f"{source.path} was written {written}; this segue reads version {VERSION}, so update it", path=source.path, version=version)

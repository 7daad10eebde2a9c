"""Reading a study."""

from __future__ import annotations

from typing import Any, cast

from segue.errors import Malformed, NotFound, UnsupportedVariant, WrongFormat
from segue.formats.options import Options
from segue.formats.segue_study import populations
from segue.formats.segue_study.detect import STUDY_FILE
from segue.formats.segue_study.files import Files, blamed_on
from segue.formats.segue_study.layout import VERSION, StudyEntry
from segue.formats.segue_study.options import ReadOptions
from segue.formats.segue_study.plain import as_record, from_text
from segue.formats.segue_study.read_image_set import ImageSetReader
from segue.formats.segue_study.spec import FORMAT
from segue.model.study import Study
from segue.notes import Notes
from segue.storage.source import Source

LONGEST = 1 << 30
"""Bytes of a study.json."""


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read a study: tables at once, pixels when they are asked for.

    Raises
    ------
    NotFound, WrongFormat, Malformed, TooLarge
        A file is missing, damaged, changed, or makes no sense.
    UnsupportedVariant
        A newer segue wrote it, or edits are waiting that have not yet been put into the tables.
    """
    files = Files(source.path.absolute(), cast("ReadOptions", options).trust_changes)
    entry = _entry(source)
    with blamed_on(str(source.path / STUDY_FILE)):
        definitions = populations.decode(files.get(entry.populations), entry.populations.path) if entry.populations else ()
        image_sets = tuple(ImageSetReader(files, one).read() for one in entry.image_sets)
        return Study(image_sets, definitions, entry.properties, entry.displays), Notes()


def _entry(source: Source) -> StudyEntry:
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
    if plain.get("journal") is not None:
        raise UnsupportedVariant(
            f"{source.path} holds edits that are not yet in its tables ({plain['journal']}); open and close it once with the segue that edited it",
            path=source.path,
        )

"""The files of an export as tables of texts."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from segue.codecs.delimited import Delimited, read_delimited
from segue.errors import Malformed
from segue.formats.cellprofiler.files import File
from segue.formats.cellprofiler.sheets import Sheets, Texts, blank, unique
from segue.formats.cellprofiler.terms import IMAGE_NUMBER, OBJECT_NUMBER, RELATION_COLUMNS
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

_FEW = 20
_DIGITS = 10**18


def load(files: Iterable[File], prefix: str) -> tuple[Sheets, Notes]:
    """All tables of an export. Memory: some five times the files.

    Raises
    ------
    SegueError
        A table is damaged; Malformed names the line.
    """
    images: Texts | None = None
    objects: dict[str, Texts] = {}
    relations: Texts | None = None
    experiment: dict[str, str] = {}
    notes = Notes()
    for file in files:
        table = read_delimited(Source(file.path), delimiter=file.delimiter, header_rows=2 if file.kind == "combined" else 1)
        where = file.path.name
        notes += Notes(tuple(Note(Kind.REPAIRED, f"line {line}: {what}" if line else what, where=where) for line, what in table.repairs[:_FEW]))
        if file.kind == "objects":
            objects[_free(_layer(file, prefix), objects)] = _frame(table, file, (IMAGE_NUMBER, OBJECT_NUMBER))
        elif file.kind == "combined":
            for name, frame in _split(table, file).items():
                objects[_free(name, objects)] = frame
        elif file.kind == "image":
            images = _joined(images, _frame(table, file, (IMAGE_NUMBER,)), file)
        elif file.kind == "relations":
            relations = _frame(table, file, ("First Image Number", "First Object Number", "Second Image Number", "Second Object Number"))
            relations = relations.select(relations[name] if name in relations.columns else blank(relations.height).alias(name) for name in RELATION_COLUMNS)
        else:
            experiment |= _pairs(table)
    return Sheets(images, dict(sorted(objects.items())), relations, experiment), notes


def _layer(file: File, prefix: str) -> str:
    return file.stem.removeprefix(prefix) or file.stem


def _free(name: str, taken: Iterable[str]) -> str:
    return unique([name], taken)[0]


def _frame(table: Delimited, file: File, needed: tuple[str, ...]) -> Texts:
    return _checked(_named(table.columns, list(table.names)), file, needed, above=1)


def _named(columns: pl.DataFrame, names: list[str]) -> Texts:
    return pl.DataFrame([column.alias(name) for column, name in zip(columns.get_columns(), unique(names), strict=True)])


def _checked(frame: Texts, file: File, needed: tuple[str, ...], above: int) -> Texts:
    """The table with its numbers of images and objects as whole numbers without a point.

    Raises
    ------
    Malformed
        One of them is none, or is missing.
    """
    for name in needed:
        if name not in frame.columns:
            raise Malformed(f"{file.path} is damaged: the column {name} is missing", path=file.path, position="line 1", expected=name)
        quick = frame[name].cast(pl.Int64, strict=False)
        if not quick.null_count() and (not len(quick) or 0 <= int(quick.min() or 0) <= int(quick.max() or 0) < _DIGITS):  # type: ignore[arg-type]
            frame = frame.with_columns(quick.cast(pl.Utf8).alias(name))
            continue
        plain = frame[name].str.strip_chars().str.replace(r"^([0-9]{1,18})(?:\.0*)?$", "$1")
        wrong = ~plain.str.contains(r"^[0-9]{1,18}$").fill_null(value=False)
        if wrong.any():
            nth = int(wrong.arg_max() or 0)
            message = f"{file.path} is damaged near line {nth + 1 + above:,}: expected a number in {name}, found {frame[name][nth]!r}"
            raise Malformed(message, path=file.path, position=f"line {nth + 1 + above}", expected="a number")
        frame = frame.with_columns(plain.cast(pl.Int64).cast(pl.Utf8).alias(name))
    return frame


def _split(table: Delimited, file: File) -> dict[str, Texts]:
    """A file of several types of objects: the type stands above each column."""
    above, names = table.header[0], table.header[1]
    shared = [nth for nth, (owner, name) in enumerate(zip(above, names, strict=True)) if owner == "Image" or name == OBJECT_NUMBER]
    types = list(dict.fromkeys(owner for owner in above if owner not in ("", "Image")))
    found = {}
    for one in types:
        own = [nth for nth, (owner, name) in enumerate(zip(above, names, strict=True)) if owner == one and name != OBJECT_NUMBER]
        frame = _named(table.columns.select(str(nth) for nth in [*shared, *own]), [names[nth] for nth in [*shared, *own]])
        frame = _checked(frame, file, (IMAGE_NUMBER, OBJECT_NUMBER), above=2)
        values = frame.get_columns()[len(shared) :]
        if values:  # the table is as long as the type with the most objects; the others have nothing but nan there
            filled = pl.DataFrame([_filled(column).alias(str(nth)) for nth, column in enumerate(values)]).select(pl.any_horizontal(pl.all())).to_series()
            frame = frame.filter(filled)
        found[one] = frame
    return found


def _filled(texts: pl.Series) -> pl.Series:
    return (texts.alias("").str.to_lowercase() != "nan").fill_null(value=False)


def _joined(images: Texts | None, more: Texts, file: File) -> Texts:
    if images is None:
        return more
    raise Malformed(f"{file.path} is a second table of images; say with --set prefix= which export is meant", path=file.path, expected="one export")


def _pairs(table: Delimited) -> dict[str, str]:
    if table.columns.width < 2:
        return {}
    keys, values = table.columns.get_columns()[:2]
    return {key: value or "" for key, value in zip(keys.to_list(), values.to_list(), strict=True) if key}

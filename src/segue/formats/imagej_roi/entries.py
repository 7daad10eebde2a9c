"""From a ``.roi`` or a RoiSet.zip to decoded ROIs."""

from __future__ import annotations

import numpy as np

from segue.codecs.roi_layout import offsets, spread
from segue.codecs.roi_read import decode
from segue.codecs.zip_read import read_zip
from segue.errors import Malformed, SourceError, WrongFormat
from segue.formats.roi_files.contents import Contents
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

SUFFIX = ".roi"


def contents(source: Source) -> Contents:
    """Read and decode a file.

    Raises
    ------
    WrongFormat, Malformed, TooLarge, UnsupportedVariant
    """
    data = source.read_bytes()
    try:
        if data[:2] == b"PK":
            return _zipped(data)
        if data[:2] == b"Io":
            start = np.array([0, len(data)], np.int64)
            return Contents(decode(np.frombuffer(data, np.uint8), start, [source.path.name]), [source.name], True, b"", Notes())
    except SourceError as error:
        raise type(error)(f"{source.path}: {error.message}", path=source.path, **error.fields) from error
    if not data:
        raise Malformed(f"{source.path} is empty; save the ROIs again", path=source.path, position="byte 0", expected="ROIs")
    raise WrongFormat(f"{source.path} is neither an ImageJ ROI nor a ZIP file of ROIs", path=source.path, expected="Iout or PK")


def _zipped(data: bytes) -> Contents:
    entries = read_zip(data)
    rows = np.array([row for row, name in enumerate(entries.names) if name.endswith(SUFFIX) and not name.startswith("__MACOSX/")], np.int64)
    other = len(entries) - len(rows)
    notes = Notes.of(Note(Kind.SKIPPED, "entries of the zip file that are no ROIs", count=other)) if other else Notes()
    buffer, start, names = entries.buffer, entries.start, entries.names
    if other:
        sizes = np.diff(start)[rows]
        buffer, start, names = buffer[spread(start[rows], sizes, 1)], offsets(sizes), [names[row] for row in rows.tolist()]
    return Contents(decode(buffer, start, names), [name.removesuffix(SUFFIX) for name in names], False, entries.comment, notes)

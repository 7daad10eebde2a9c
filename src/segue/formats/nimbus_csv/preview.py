"""What would be written: the columns and the first rows, for a dialog or a terminal."""

from __future__ import annotations

from dataclasses import dataclass

from segue.formats.nimbus_csv.options import WriteOptions
from segue.formats.nimbus_csv.spec import FORMAT
from segue.formats.nimbus_files.tables.pieces import pieces
from segue.formats.nimbus_files.tables.wanted import prepared, table_of
from segue.model.study import Study


@dataclass(frozen=True)
class Preview:
    """The beginning of a file."""

    names: tuple[str, ...]
    """The header."""
    text: str
    """The header and the first rows as they stand in the file, cut where it is long."""
    rows: int
    """How many rows the file has."""
    size: int
    """Characters of the header and the first rows, before they were cut."""

    @property
    def cut(self) -> bool:
        """Whether not all of the first rows are in the text."""
        return self.size > len(self.text)


def preview(study: Study, options: WriteOptions | None = None, rows: int = 10, longest: int = 10_000) -> Preview:
    """The columns and first rows of what ``segue convert`` would write; nothing is written.

    Parameters
    ----------
    study
        Any.
    options
        Of the writer; None = the usual ones.
    rows
        How many rows at most.
    longest
        How many characters at most.

    Raises
    ------
    InvalidOption
        A property or population is asked for that is not there.
    """
    chosen = options or WriteOptions()
    flat = table_of(prepared(study, chosen, FORMAT.keeps), chosen)
    text = b"".join(pieces(flat.head(rows), chosen)).decode()
    return Preview(tuple(flat.names), text[:longest], flat.height, len(text))

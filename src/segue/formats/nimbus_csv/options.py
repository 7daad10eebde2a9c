"""Options of the writer, which tables in archives have, too."""

from __future__ import annotations

from segue.formats.nimbus_files.tables.options import EXTRA, WriteOptions

__all__ = ["EXTRA", "WriteOptions"]

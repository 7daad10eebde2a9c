"""Options of reader and writer, which the bundle has, too."""

from __future__ import annotations

from segue.formats.nimbus_files.options import ReadOptions, WriteOptions

__all__ = ["ReadOptions", "WriteOptions"]

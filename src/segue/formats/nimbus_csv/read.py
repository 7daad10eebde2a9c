"""Reading tables of NimbusImage, of its server and of its browser, and those of connections and tracks that segue writes."""

from __future__ import annotations

from segue.formats.nimbus_files.tables.parse import study_of
from segue.formats.options import Options
from segue.model.study import Study
from segue.notes import Notes
from segue.storage.source import Source


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read a table of objects, connections or tracks.

    Memory: the text and its columns, a few times.

    Raises
    ------
    Malformed
        It has not the columns of NimbusImage, or no row that is one.
    """
    return study_of(source)

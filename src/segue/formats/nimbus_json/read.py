"""Reading an export of NimbusImage, of any time and dialect."""

from __future__ import annotations

from segue.codecs.nimbus_read import read as documents
from segue.formats.nimbus_files.moved import moved
from segue.formats.nimbus_files.read_study import study_of
from segue.formats.nimbus_json.options import ReadOptions
from segue.formats.options import Options
from segue.model.study import Study
from segue.notes import Notes
from segue.storage.source import Source


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Annotations as objects, with everything about them that is in the file.

    Raises
    ------
    Malformed
        It is not JSON, cut off, or not what NimbusImage or segue writes.
    TooLarge
        Values stand at more than 5,000 places.
    """
    assert isinstance(options, ReadOptions)
    study, notes = study_of(documents(source), source.path, rejoin=options.rejoin)
    study, more = moved(study, options.shift, options.shift_tag)
    return study, notes + more

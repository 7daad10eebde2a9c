"""Reading a configuration."""

from __future__ import annotations

from segue.codecs.json_text import loads
from segue.errors import WrongFormat
from segue.formats.nimbus_files.collection import study_of
from segue.formats.options import Options
from segue.model.study import Study
from segue.notes import Notes
from segue.storage.source import Source

_LARGEST = 64 << 20


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """The preset, the pixel size, and what NimbusImage alone understands.

    Raises
    ------
    SourceError
        It is not JSON, or no configuration of a collection.
    """
    body = loads(source.read_bytes(limit=_LARGEST), source.path)
    if not isinstance(body, dict) or not isinstance(body.get("meta"), dict):
        raise WrongFormat(f"{source.path} is no configuration of a collection: it has no member meta", path=source.path, expected="meta")
    return study_of(body), Notes()

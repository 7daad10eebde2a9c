"""Is it a study?"""

from __future__ import annotations

from segue.errors import SegueError
from segue.formats.format import Evidence
from segue.formats.segue_study.spec import FORMAT
from segue.storage.source import Source

STUDY_FILE = "study.json"
"""What a study begins with; its first line names the format."""


def detect(source: Source) -> Evidence:
    """A folder whose study.json says that it is one."""
    if not source.is_folder:
        return Evidence(0, "it is a file; a study is a folder")
    head = _head(source)
    if f'"format": "{FORMAT.name}"'.encode() in head:
        return Evidence(100, "its study.json says that it is a segue study")
    if head:
        return Evidence(0, "its study.json is of another program")
    named = source.suffix in FORMAT.suffixes
    return Evidence(50 if named else 0, "a folder named like a study, without a study.json" if named else "a folder without a study.json")


def _head(source: Source) -> bytes:
    try:
        return Source(source.path / STUDY_FILE).head(200)
    except SegueError:
        return b""

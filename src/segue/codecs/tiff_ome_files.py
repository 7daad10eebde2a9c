"""The files of an OME-TIFF image that is spread over several: one per plane, channel or time point, in the same folder.

Every file has the whole OME-XML, or says in ``BinaryOnly`` which file has it (an OME-TIFF, or a companion ``.ome``). Only plain names are followed, and only in
the folder of the file itself.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

from segue.codecs.tiff_tags import Structure, read_structure
from segue.errors import Malformed, NotFound, TooLarge
from segue.storage.source import Source

MOST_FILES = 100_000
MOST_TEXT = 1 << 28
"""Bytes of a companion file."""


class OmeFiles:
    """The file itself, as number 0, and those that its OME-XML names.

    Parameters
    ----------
    path, structure
        The file itself.
    uuid
        What its OME-XML calls itself; empty where the XML is of another file.
    alone
        Whether it is the only file, whatever name it had when it was written.
    """

    def __init__(self, path: Path, structure: Structure, uuid: str, *, alone: bool) -> None:
        self.path, self.uuid, self.alone = path, uuid, alone
        self.structures = [structure]
        self.sources: list[Source] = []
        """Of the others, from number 1."""
        self._known = {path.name: 0}

    def number(self, entry: ET.Element) -> int:
        """The file in which the planes of a ``TiffData`` lie.

        Raises
        ------
        NotFound, Malformed, TooLarge
        """
        named = next((child for child in entry if str(child.tag) == "UUID"), None)
        if named is None or self.alone:
            return 0
        name, own = named.get("FileName") or "", bool(self.uuid) and (named.text or "").strip() == self.uuid
        if name in self._known or not name:
            return self._known.get(name, 0)
        if own and not (self.path.parent / name).is_file():  # it was given another name
            return 0
        return self._open(name)

    def _open(self, name: str) -> int:
        if len(self._known) >= MOST_FILES:
            raise TooLarge(f"{self.path} names more than {MOST_FILES:,} files", path=self.path, limit=MOST_FILES)
        path = sibling(self.path, name)
        self.structures.append(read_structure(path))
        self.sources.append(Source(path))
        self._known[name] = len(self.sources)
        return self._known[name]


def sibling(path: Path, name: str) -> Path:
    """The file of that name beside a file.

    Raises
    ------
    Malformed
        The name leads elsewhere.
    NotFound
        It is not there.
    """
    if name in ("", ".", "..") or any(sign in name for sign in "/\\:\0"):
        what = f"its OME-XML names a file in another place ({name!r})"
        raise Malformed(f"{path} is damaged or incomplete: {what}", path=path, position="OME-XML", expected="a plain file name")
    found = path.parent / name
    if not found.is_file():
        raise NotFound(f"{path} is one of several files that hold an image together, and {name} is not beside it", path=found)
    return found


def description_of(path: Path, name: str) -> str:
    """The OME-XML of the file that a ``BinaryOnly`` names.

    Raises
    ------
    NotFound, Malformed, WrongFormat, TooLarge
    """
    found = sibling(path, name)
    if found.suffix.lower() in (".ome", ".xml"):
        if found.stat().st_size > MOST_TEXT:
            raise TooLarge(f"{found} has more than {MOST_TEXT:,} bytes, more than segue reads of such a file", path=found, limit=MOST_TEXT)
        return found.read_text("utf-8", "replace")
    return read_structure(found).pages[0].text(270)

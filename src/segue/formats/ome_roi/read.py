"""Reading OME-XML: images without their pixels, and what is drawn on them."""

from __future__ import annotations

from segue.codecs.ome_document import read_document
from segue.errors import UnsupportedVariant
from segue.formats.ome_files.read import study_of
from segue.formats.options import Options
from segue.model.study import Study
from segue.notes import Notes
from segue.storage.source import Source, unreadable


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """All images and ROIs of a file.

    Raises
    ------
    NotFound, SourceChanged
        It cannot be read.
    Malformed, TooLarge
        It is no OME-XML, damaged, or beyond all limits.
    UnsupportedVariant
        It only names another file.
    """
    try:
        with source.path.open("rb") as file:
            document = read_document(file, source.path)
    except OSError as error:
        raise unreadable(source.path, error) from error
    source.check()
    if document.elsewhere and not document.images and not document.rois:
        raise UnsupportedVariant(f"{source.path} only names the file that holds its metadata; read that one", path=source.path)
    return study_of(document, source.path)

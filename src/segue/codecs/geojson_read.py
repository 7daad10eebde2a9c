"""GeoJSON as QuPath writes and reads it, from bytes to tables (``segue.codecs.geojson_features``)."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import TYPE_CHECKING

from segue.codecs.geojson_features import Features
from segue.codecs.json_text import malformed

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

SMALL = 12_000_000
"""Up to this many bytes plain Python is as fast as loading the kernels."""
_SPACE = b" \t\r\n"


def read(data: ReadableBuffer, path: Path | str = "") -> Features:
    """All features of a text: a feature collection, a list (of features, collections, lists), one feature or a bare geometry.

    Parameters
    ----------
    data : bytes-like
        JSON in UTF-8 (bytes, a memory map, an array), with or without byte-order mark.
    path : Path or str
        For error messages.

    Raises
    ------
    Malformed
        It is not JSON, not GeoJSON, or nests deeper than 256 brackets; says where and what was expected.
    TooLarge
        It has more than 5,000 names of measurements.
    """
    from segue.codecs import geojson_plain

    view = memoryview(data).cast("B")
    if view.nbytes <= SMALL:
        return geojson_plain.read(bytes(view), path)
    import numpy as np

    from segue.codecs import geojson_large

    if not _is_ascii(view):
        check_text(view, path)
    begin, end = _trimmed(view)
    found = geojson_large.read(np.frombuffer(view[begin:end], np.uint8), path)
    return geojson_plain.read(bytes(view), path) if found is None else found


def _is_ascii(view: memoryview) -> bool:
    """Whether no byte has its highest bit set; a tenth of the time that decoding takes."""
    import numpy as np

    whole = view.nbytes & ~7
    words = np.frombuffer(view[:whole], np.uint64)
    return int(np.bitwise_or.reduce(words)) & 0x8080808080808080 == 0 and bytes(view[whole:]).isascii()


def check_text(view: memoryview, path: Path | str) -> None:
    """Raise Malformed if the bytes are not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    step = 1 << 20
    for begin in range(0, view.nbytes, step):
        try:
            decoder.decode(view[begin : begin + step], final=begin + step >= view.nbytes)
        except UnicodeDecodeError as error:
            malformed(path, begin + error.start, "text in UTF-8", error)


def _trimmed(view: memoryview) -> tuple[int, int]:
    """Begin and end of a text without byte-order mark and space at its ends."""
    begin, end = 3 if bytes(view[:3]) == b"\xef\xbb\xbf" else 0, view.nbytes
    while end > begin and view[end - 1] in _SPACE:
        end -= 1
    return begin, end

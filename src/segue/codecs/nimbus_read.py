"""NimbusImage documents from bytes to tables (``segue.codecs.nimbus_documents``)."""

from __future__ import annotations

from segue.codecs import nimbus_plain
from segue.codecs.nimbus_documents import Documents
from segue.storage.source import Source

SMALL = 12_000_000
"""Up to this many bytes plain Python is as fast as loading the kernels."""


def read(source: Source) -> Documents:
    """All documents of a file.

    Raises
    ------
    Malformed
        It is not JSON, or a section is not what it should be.
    TooLarge
        Values stand at more than 5,000 places.
    SourceChanged
    """
    if source.size <= SMALL:
        return nimbus_plain.read(source.read_bytes(), source.path)
    from segue.codecs import nimbus_large
    from segue.codecs.mapped_text import mapped

    with mapped(source) as text:
        found = nimbus_large.read(text, source.path)
    return nimbus_plain.read(source.read_bytes(), source.path) if found is None else found


def read_bytes(data: bytes, path: object = "") -> Documents:
    """All documents of a file that is in memory; raises as ``read`` does."""
    if len(data) > SMALL:
        from segue.codecs import nimbus_large
        from segue.codecs.mapped_text import held

        found = nimbus_large.read(held(data), str(path))
        if found is not None:
            return found
    return nimbus_plain.read(data, str(path))

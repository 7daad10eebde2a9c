"""Is it GeoParquet?"""

from __future__ import annotations

from segue.codecs.parquet_footer import look
from segue.formats.format import Evidence
from segue.storage.source import Source


def detect(source: Source) -> Evidence:
    """By the key-value metadata of a Parquet file."""
    seen = look(source)
    if seen is None:
        return Evidence(0, "it is not Parquet")
    if not seen.states("geo"):
        return Evidence(0, "it is Parquet without geometry")
    if seen.has("EntityID", "ZIndex"):
        return Evidence(60, "it is GeoParquet of cells on planes, in micrometres")
    return Evidence(98, "it is Parquet that describes its geometry")

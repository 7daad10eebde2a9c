"""The number types of Zarr; apart, so that records of formats can name them without loading anything."""

from __future__ import annotations

PIXEL_TYPES = (
    *("bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"),
    *("float16", "float32", "float64", "complex64", "complex128"),
)
"""Number types that Zarr has."""

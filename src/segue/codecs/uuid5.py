"""UUIDs made of texts: the same namespace and text always give the same UUID, so an id survives without randomness or a clock."""

from __future__ import annotations

import uuid

import numpy as np
import polars as pl

from segue.codecs.flat_texts import flat_texts

SMALL = 50_000
"""Up to this many texts plain Python is as fast as loading the kernel."""
PATTERN = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"


def uuid5(namespace: uuid.UUID, texts: pl.Series) -> pl.Series:
    """The UUIDs of version 5 of a column of texts without nulls, in the usual writing of 36 characters."""
    if len(texts) <= SMALL:
        return pl.Series(texts.name, [str(uuid.uuid5(namespace, text)) for text in texts], dtype=pl.Utf8)
    return _compiled(namespace, texts).alias(texts.name)


def is_uuid(texts: pl.Series) -> pl.Series:
    """Which texts are UUIDs of any version in the usual writing; null counts as none."""
    return texts.str.contains(PATTERN).fill_null(value=False)


def _compiled(namespace: uuid.UUID, texts: pl.Series) -> pl.Series:
    from segue.codecs import uuid5_kernel as kernel

    joined, ends = flat_texts(texts)
    out = np.empty(len(texts) * kernel.LENGTH, np.uint8)
    space = np.frombuffer(namespace.bytes, np.uint8)
    kernel.uuid5(space, joined, ends, np.empty(80, np.uint32), np.empty(5, np.uint32), out)
    return pl.Series([out[:-1].tobytes().decode("ascii")]).str.split("\n").explode()

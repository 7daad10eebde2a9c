"""Writing one data set of an HDF5 file chunk by chunk, past the filters of the library: chunks come packed already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.codecs.chunked_blocks import ChunkedBlocks
from segue.codecs.deflate import LARGE, zlib_packed
from segue.storage.fault import DISK, code_of, sink_error

if TYPE_CHECKING:
    from segue.model.image import Pixels
    from segue.storage.sink import Sink

    Array = np.ndarray[Any, np.dtype[Any]]


@contextmanager
def new_data(
    sink: Sink, name: str, pixels: Pixels, chunk: Sequence[int], level: int | None, attributes: Mapping[str, Any], labels: str = ""
) -> Iterator[ChunkedBlocks]:
    """A new file with one data set, whose chunks are put into it.

    Parameters
    ----------
    sink
        Where it goes.
    name
        The path of the data set; the groups on its way are made.
    pixels
        What is written; only its shape, number type and chunks are looked at.
    chunk
        Sizes of the chunks.
    level
        Of Deflate; None = not packed.
    attributes
        Texts and arrays.
    labels
        A letter for each dimension; empty = none.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    import h5py

    dtype = pixels.dtype.newbyteorder("<")
    packing = {} if level is None else {"compression": "gzip", "compression_opts": level}
    with sink.file() as path:
        compiled = prod(pixels.shape) * dtype.itemsize >= LARGE
        try:
            with h5py.File(path, "w") as file:
                data = file.create_dataset(name, pixels.shape, dtype, chunks=tuple(chunk), track_times=False, **packing)
                for nth, letter in enumerate(labels):
                    data.dims[nth].label = letter
                for key, value in attributes.items():
                    data.attrs[key] = value
                yield ChunkedBlocks(
                    pixels, chunk, partial(_encoded, chunk=tuple(chunk), dtype=dtype, level=level, compiled=compiled), data.id.write_direct_chunk
                )
        except (OSError, RuntimeError) as error:  # HDF5 hides what the system said in the text
            if code_of(OSError(*error.args)) in DISK:
                raise sink_error(path.with_name(sink.name), OSError(*error.args)) from error
            raise


def _encoded(block: Array, *, chunk: tuple[int, ...], dtype: np.dtype[Any], level: int | None, compiled: bool) -> bytes:
    """A chunk of full size, zeros behind the end of the array."""
    if block.shape != chunk:
        full = np.zeros(chunk, dtype)
        full[tuple(slice(0, size) for size in block.shape)] = block
        block = full
    data = np.ascontiguousarray(block, dtype).data
    return data.tobytes() if level is None else zlib_packed(data, level, compiled=compiled)

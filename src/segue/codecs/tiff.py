"""Reading TIFF files region by region.

`describe` says what images a file holds; `TiffPixels` is a picklable reference to one of them. Only what a region needs is read: rows of
uncompressed pages, strips and tiles of others.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from segue.codecs.tiff_imagej import Drawn, drawn_in
from segue.codecs.tiff_images import all_series
from segue.codecs.tiff_layout import Layout
from segue.codecs.tiff_ome import is_ome
from segue.codecs.tiff_segments import decode
from segue.codecs.tiff_series import UNNAMED, Series, plane_index
from segue.codecs.tiff_tags import read_structure
from segue.errors import Malformed
from segue.storage.handles import opened
from segue.storage.source import Source

__all__ = ["UNNAMED", "Series", "TiffPixels", "describe", "imagej_rois", "ome_xml"]

Array = np.ndarray[Any, np.dtype[Any]]

MUCH = 1 << 20
"""Bytes of pixels after whose reading the pages of the file are let go of."""


class OpenTiff:
    """An open file with its description."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.series = all_series(read_structure(path), path)
        self.bytes: Array | None = np.memmap(path, np.uint8, "r")

    def close(self) -> None:
        self.bytes = None


def describe(source: Source) -> tuple[Series, ...]:
    """The images of a TIFF file.

    Raises
    ------
    WrongFormat
        It is no TIFF file.
    Malformed
        It is damaged or cut off.
    UnsupportedVariant, TooLarge, SourceChanged
    """
    with opened(source, OpenTiff) as file:
        return file.series


def ome_xml(source: Source) -> bytes:
    """The OME-XML of a TIFF file in UTF-8; empty if it has none.

    Raises
    ------
    WrongFormat, Malformed
    """
    text = read_structure(source.path).pages[0].text(270)
    return text.encode("utf-8", "surrogatepass") if is_ome(text) else b""


def imagej_rois(source: Source) -> Drawn:
    """The active selection and the overlay of an ImageJ TIFF.

    Raises
    ------
    WrongFormat, Malformed
    """
    return drawn_in(read_structure(source.path))


@dataclass(frozen=True)
class TiffPixels:
    """The pixels of one image of a TIFF file: (outer axes, y, x)."""

    source: Source
    series: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any] = field(hash=False)

    @classmethod
    def of(cls, source: Source, number: int = 0) -> TiffPixels:
        one = describe(source)[number]
        return cls(source, number, one.shape, one.dtype)

    @property
    def chunks(self) -> tuple[int, ...]:
        """Size along each dimension of what has to be decoded at once: strips and tiles; rows of what is not packed."""
        layout = describe(self.source)[self.series].layouts[0]
        return (1,) * (len(self.shape) - 2) + ((1, self.shape[-1]) if layout.contiguous else layout.segment)

    def read(self, region: tuple[slice, ...]) -> Array:
        """The pixels of a region (one slice with start and stop per axis), as a new array in native byte order.

        Raises
        ------
        Malformed, MissingDependency, SourceChanged
        """
        with opened(self.source, OpenTiff) as file:
            one, data = file.series[self.series], file.bytes
        assert data is not None
        bounds = [part.indices(size)[:2] for part, size in zip(region, self.shape, strict=True)]
        sizes = [max(stop - start, 0) for start, stop in bounds]
        out = np.empty((int(np.prod(sizes[:-2])), *sizes[-2:]), self.dtype)
        if out.size:
            page, origin, path = -1, 0, self.source.path
            decoded: dict[int, Array] = {}
            for target, (number, sample, shift) in zip(out, plane_index(one, region).tolist(), strict=True):
                page, decoded = number, decoded if number == page else {}
                if one.of_layout and one.of_layout[number] != origin:
                    origin = one.of_layout[number]
                    other = one.files[origin - 1] if origin else self.source
                    data, path = _mapped(other), other.path
                _read_plane(_Plane(one.layouts[number], sample, shift, data, path, decoded), bounds[-2], bounds[-1], target)
            if out.nbytes >= MUCH:
                _let_go(data)
        return out.reshape(sizes)


def _let_go(data: Array) -> None:
    """Pages of a mapped file that were read count as memory of this process until somebody needs it; the system keeps them anyway."""
    mapped = getattr(data, "_mmap", None)
    if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)


class _Mapped:
    """The bytes of a file, of which only pixels are wanted."""

    def __init__(self, path: Path) -> None:
        self.bytes: Array | None = np.memmap(path, np.uint8, "r")

    def close(self) -> None:
        self.bytes = None


def _mapped(source: Source) -> Array:
    with opened(source, _Mapped) as file:
        assert file.bytes is not None
        return file.bytes


@dataclass(frozen=True)
class _Plane:
    layout: Layout
    sample: int
    shift: int
    data: Array
    path: Path
    decoded: dict[int, Array]
    """Segments of the page that the planes of its other samples need, too."""


def _read_plane(plane: _Plane, rows: tuple[int, int], columns: tuple[int, int], out: Array) -> None:
    if plane.layout.contiguous:
        _copy(plane, rows, columns, out)
        return
    layout = plane.layout
    height, width = layout.segment
    for down in range(rows[0] // height, -(-rows[1] // height)):
        for across in range(columns[0] // width, -(-columns[1] // width)):
            pixels = _segment(plane, down * layout.across + across)
            top, left = down * height, across * width
            y = slice(max(rows[0], top), min(rows[1], top + pixels.shape[0]))
            x = slice(max(columns[0], left), min(columns[1], left + width))
            out[y.start - rows[0] : y.stop - rows[0], x.start - columns[0] : x.stop - columns[0]] = pixels[
                y.start - top : y.stop - top, x.start - left : x.stop - left
            ]


def _copy(plane: _Plane, rows: tuple[int, int], columns: tuple[int, int], out: Array) -> None:
    """From one run of bytes."""
    layout = plane.layout
    start = layout.offsets[0] + plane.shift
    whole = plane.data[start : start + layout.plane_bytes]
    if whole.size != layout.plane_bytes:
        raise Malformed(f"{plane.path} ends before its last pixel", path=plane.path, position=f"byte {start}", expected="pixels")
    pixels = whole.view(layout.dtype)
    if layout.planar:
        part = pixels.reshape(layout.samples, layout.height, layout.width)[plane.sample]
    else:
        part = pixels.reshape(layout.height, layout.width, layout.samples)[:, :, plane.sample]
    out[...] = part[rows[0] : rows[1], columns[0] : columns[1]]


def _segment(plane: _Plane, index: int) -> Array:
    """(rows, columns) of one segment of the plane's sample."""
    layout = plane.layout
    at = index + (plane.sample * layout.down * layout.across if layout.planar else 0)
    if at in plane.decoded:
        return plane.decoded[at][:, :, plane.sample]
    start, count = layout.offsets[at], layout.counts[at]
    pixels = decode(layout, at, plane.data[start : start + count].tobytes(), plane.path)
    if layout.samples > 1 and not layout.planar:
        plane.decoded[at] = pixels
    return pixels[:, :, 0 if layout.planar else plane.sample]

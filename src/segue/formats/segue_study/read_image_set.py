"""Reading one image set of a study."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import polars as pl

from segue.codecs import parquet
from segue.codecs.zarr_pixels import zarr_pixels
from segue.codecs.zarr_types import PIXEL_TYPES
from segue.errors import Malformed
from segue.formats.segue_study import history
from segue.formats.segue_study.files import Files, blamed_on
from segue.formats.segue_study.keyed import decode_table, with_rows
from segue.formats.segue_study.layout import ImageEntry, ImageSetEntry, LabelsEntry, PixelsEntry, TableEntry
from segue.formats.segue_study.references import pixels_of
from segue.formats.segue_study.shape_table import decode_shapes
from segue.formats.zarr_files import stored_order
from segue.model.connections import Connections
from segue.model.frames import conform
from segue.model.image import Image, LabelImage, Pixels
from segue.model.objects import Objects
from segue.model.populations import Membership
from segue.model.shapes import Shapes
from segue.model.study import ALIASES, EXTRAS, Event, ImageSet
from segue.model.tables import Table

Part = TypeVar("Part")


@dataclass(frozen=True)
class ImageSetReader:
    """Reads what the entry of an image set in study.json names."""

    files: Files
    entry: ImageSetEntry

    def read(self) -> ImageSet:
        """The image set.

        Raises
        ------
        SourceError
            A file is missing or damaged.
        ValueError
            The files do not fit together.
        """
        entry = self.entry
        objects = self._objects()
        connections = self._connections(objects)
        return ImageSet(
            name=entry.name,
            grid=entry.grid,
            group=entry.group,
            position=entry.position,
            images=tuple(self._image(one) for one in entry.images),
            labels=tuple(self._labels(one) for one in entry.labels),
            objects=objects,
            shapes=self._shapes(objects),
            connections=connections,
            tables={one.name: self._table(one, objects, connections) for one in entry.tables},
            membership=self._membership(objects),
            display=entry.display,
            extras=self._rows("extras", EXTRAS),
            aliases=self._rows("aliases", ALIASES),
            history=self._history(),
        )

    def _part(self, name: str, decode: Callable[[bytes, str], Part], empty: Callable[[], Part]) -> Part:
        """One of the image set's files, decoded; ``empty()`` if it has none."""
        entry = self.entry.files.get(name)
        if entry is None:
            return empty()
        with blamed_on(entry.path):
            return decode(self.files.get(entry), entry.path)

    def _objects(self) -> Objects:
        return self._part("objects", lambda data, where: Objects(parquet.decode(data, where)), Objects.empty)

    def _shapes(self, objects: Objects) -> Shapes:
        return self._part("shapes", lambda data, where: decode_shapes(data, objects.frame["id"], where), Shapes.empty)

    def _connections(self, objects: Objects) -> Connections:
        def decode(data: bytes, where: str) -> Connections:
            frame, ids = parquet.decode(data, where), objects.frame["id"]
            return Connections(with_rows(with_rows(frame, "parent", ids), "child", ids))

        return self._part("connections", decode, Connections.empty)

    def _membership(self, objects: Objects) -> Membership:
        def decode(data: bytes, where: str) -> Membership:
            return Membership(with_rows(parquet.decode(data, where), "object", objects.frame["id"]))

        return self._part("membership", decode, Membership.empty)

    def _rows(self, name: str, schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
        return self._part(name, lambda data, where: conform(parquet.decode(data, where), schema, name), lambda: pl.DataFrame(schema=schema))

    def _table(self, one: TableEntry, objects: Objects, connections: Connections) -> Table:
        ids = {"objects": objects.frame["id"], "connections": connections.frame["id"]}
        with blamed_on(one.file.path):
            return decode_table(self.files.get(one.file), ids, one.file.path)

    def _history(self) -> tuple[Event, ...]:
        return self._part("history", history.decode, tuple)

    def _image(self, one: ImageEntry) -> Image:
        return Image(self._pixels(one.pixels), one.pixels.axes, one.name, one.channels, one.data_range, one.inverted)

    def _labels(self, one: LabelsEntry) -> LabelImage:
        return LabelImage(self._pixels(one.pixels), one.pixels.axes, one.name, one.persists)

    def _pixels(self, one: PixelsEntry) -> Pixels:
        if one.type not in PIXEL_TYPES or len(set(one.axes)) != len(one.axes) or set(one.axes) - set("tczyx") or len(one.axes) != len(one.shape):
            raise ValueError(f"pixels of the type {one.type!r} with the axes {one.axes!r}")
        dtype = np.dtype(one.type)
        if one.path is not None:
            return zarr_pixels(self.files.inside(f"{one.path}/0"), one.shape, dtype, stored_order(one.axes))
        pixels = pixels_of(one.reference or {}, self.files.root)
        if tuple(pixels.shape) != one.shape or pixels.dtype.newbyteorder("=") != dtype:
            raise Malformed(f"{self.files.root}: an image that it refers to is not what it was; write the study again", path=self.files.root)
        return pixels

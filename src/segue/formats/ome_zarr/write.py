"""Writing OME-Zarr: one resolution of the image and of each label image."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import msgspec
import numpy as np

from segue.codecs import ngff
from segue.codecs.pixel_facts import KEY, Facts
from segue.codecs.zarr_write import write_array, write_group
from segue.formats.ome_zarr.options import WriteOptions
from segue.formats.options import Options
from segue.formats.zarr_files import channels, group_names, steps, stored_axes, stored_order
from segue.model.image import Image, LabelImage
from segue.model.study import ImageSet, Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study, block by block.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    with sink.folder() as folder:
        _Group(folder, cast("WriteOptions", options).version).write(study.image_sets[0])


@dataclass(frozen=True)
class _Group:
    root: Path
    version: str

    def write(self, s: ImageSet) -> None:
        if s.images:
            image = s.images[0]
            facts = _facts(s, image)
            about = ngff.image_attributes(image.name, stored_axes(image.axes), steps(s.grid), channels(image, s.display), image.pixels.dtype.name)
            self._put(self.root, about, facts | _display(s))
            self._array(self.root / "0", image)
        else:
            self._put(self.root, ngff.bare_attributes(), _display(s))
        if s.labels:
            names = group_names([one.name for one in s.labels])
            self._put(self.root / "labels", ngff.labels_attributes(names))
            for name, one in zip(names, s.labels, strict=True):
                about = ngff.label_attributes(one.name, stored_axes(one.axes), steps(s.grid), has_image=bool(s.images))
                self._put(self.root / "labels" / name, about, _facts(s, one))
                self._array(self.root / "labels" / name / "0", one)

    def _put(self, folder: Path, attributes: dict[str, Any], own: dict[str, Any] | None = None) -> None:
        attributes = attributes if self.version == ngff.VERSION else ngff.as_version_04(attributes)
        write_group(folder, attributes | ({KEY: own} if own else {}), version=self._zarr)

    def _array(self, folder: Path, image: Image | LabelImage) -> None:
        dtype = image.pixels.dtype
        dtype = np.dtype(np.uint8) if isinstance(image, LabelImage) and dtype == np.bool_ else dtype
        write_array(folder, image.pixels, stored_order(image.axes), stored_axes(image.axes), dtype, version=self._zarr)

    @property
    def _zarr(self) -> int:
        return 3 if self.version == ngff.VERSION else 2


def _facts(s: ImageSet, picture: Image | LabelImage) -> dict[str, Any]:
    """What OME-Zarr has no field for, and what its fields do not say exactly."""
    is_image = isinstance(picture, Image)
    facts = Facts(
        image_set=s.name,
        name=picture.name,
        role="image" if is_image else "labels",
        channels=picture.channels if isinstance(picture, Image) else (),
        scale={axis.name: (axis.scale, axis.unit) for axis in s.grid.axes if (axis.scale, axis.unit) != (None, None)},
        translation={axis.name: axis.translation for axis in s.grid.axes if axis.translation},
        data_range=picture.data_range if isinstance(picture, Image) else None,
        inverted=isinstance(picture, Image) and picture.inverted,
        restarts=isinstance(picture, LabelImage) and not picture.persists,
    )
    found: dict[str, Any] = json.loads(facts.to_json())
    return found


def _display(s: ImageSet) -> dict[str, Any]:
    return {"display": msgspec.to_builtins(s.display)} if s.display is not None else {}

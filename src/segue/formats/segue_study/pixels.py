"""Images and label images as OME-Zarr."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segue.codecs import ngff
from segue.codecs.zarr_pixels import ZarrPixels
from segue.codecs.zarr_write import write_array, write_group
from segue.formats.segue_study.layout import ImageEntry, LabelsEntry, PixelsEntry, file_names, revised
from segue.formats.segue_study.references import reference_to
from segue.formats.zarr_files import channels, group_names, steps, stored_axes, stored_order
from segue.model.image import Image, LabelImage, Pixels
from segue.model.study import ImageSet

IMAGE_SUFFIX = ".ome.zarr"
LABELS_ONLY = f"labels{IMAGE_SUFFIX}"
"""What holds the label images of an image set without images."""


@dataclass(frozen=True)
class PixelWriter:
    """Writes the pixels of one image set."""

    root: Path
    """The study."""
    folder: str
    """The image set's folder in it."""
    home: Path | None
    """Where the study will stand if its pixels may stay in the files they came from; None = copy them."""

    def images(self, s: ImageSet) -> tuple[ImageEntry, ...]:
        names = file_names([image.name for image in s.images], IMAGE_SUFFIX)
        return tuple(self._image(image, f"{self.folder}/{name}", s) for image, name in zip(s.images, names, strict=True))

    def labels(self, s: ImageSet, images: tuple[ImageEntry, ...]) -> tuple[LabelsEntry, ...]:
        """Label images lie in the ``labels`` group of the first image that was copied, else in a group of their own."""
        parent, has_image = self.parent(images)
        names = group_names([image.name for image in s.labels])
        references = [self._reference(image) for image in s.labels]
        here = [name for name, entry in zip(names, references, strict=True) if entry is None]
        if here:
            if not has_image:
                write_group(self.root / parent, ngff.bare_attributes())
            write_group(self.root / parent / "labels", ngff.labels_attributes(here))
        return tuple(
            LabelsEntry(image.name, image.persists, entry or self._label_image(image, f"{parent}/labels/{name}", s, has_image=has_image))
            for image, name, entry in zip(s.labels, names, references, strict=True)
        )

    def label_image(self, s: ImageSet, images: tuple[ImageEntry, ...], nth: int, revision: int, taken: Collection[str]) -> PixelsEntry:
        """Write a label image once more, beside the old one; ``set_label_names`` makes other programs see it."""
        parent, has_image = self.parent(images)
        if not (self.root / parent / "labels").is_dir():
            if not has_image:
                write_group(self.root / parent, ngff.bare_attributes())
            write_group(self.root / parent / "labels", ngff.labels_attributes([]))
        name = group_names([image.name for image in s.labels])[nth]
        return self._label_image(s.labels[nth], revised(f"{parent}/labels/{name}", revision, taken), s, has_image=has_image)

    def parent(self, images: tuple[ImageEntry, ...]) -> tuple[str, bool]:
        """The group that label images lie in: the first image that was copied, else one of their own; and which of the two it is."""
        copied = next((image.pixels.path for image in images if image.pixels.path), None)
        return copied or f"{self.folder}/{LABELS_ONLY}", copied is not None

    def images_here(self, s: ImageSet) -> tuple[ImageEntry, ...]:
        """Entries of images whose pixels lie in the study already, or stay in the files they came from."""
        return tuple(ImageEntry(one.name, one.channels, one.data_range, self._here(one), one.inverted) for one in s.images)

    def labels_here(self, s: ImageSet) -> tuple[LabelsEntry, ...]:
        """The same of label images."""
        return tuple(LabelsEntry(one.name, one.persists, self._here(one)) for one in s.labels)

    def _here(self, image: Image | LabelImage) -> PixelsEntry:
        if isinstance(image.pixels, ZarrPixels) and image.pixels.source.path.is_relative_to(self.root):
            return _entry(image, path=image.pixels.source.path.parent.parent.relative_to(self.root).as_posix())
        reference = reference_to(image.pixels, self.root)
        if reference is None:
            raise ValueError(f"the pixels of {image.name!r} are nowhere that a journal can name")
        return _entry(image, reference=reference)

    def _image(self, image: Image, path: str, s: ImageSet) -> ImageEntry:
        entry = self._reference(image)
        if entry is None:
            attributes = ngff.image_attributes(image.name, stored_axes(image.axes), steps(s.grid), channels(image, s.display), image.pixels.dtype.name)
            write_group(self.root / path, attributes)
            entry = self._pixels(image, path, image.pixels.dtype)
        return ImageEntry(image.name, image.channels, image.data_range, entry, image.inverted)

    def _label_image(self, image: LabelImage, path: str, s: ImageSet, *, has_image: bool) -> PixelsEntry:
        write_group(self.root / path, ngff.label_attributes(image.name, stored_axes(image.axes), steps(s.grid), has_image=has_image))
        dtype = image.pixels.dtype
        return self._pixels(image, path, np.dtype(np.uint8) if dtype == np.bool_ else dtype)

    def _pixels(self, image: Image | LabelImage, path: str, dtype: np.dtype[np.generic]) -> PixelsEntry:
        write_array(self.root / path / "0", image.pixels, stored_order(image.axes), stored_axes(image.axes), dtype)
        return _entry(image, path=path)

    def _reference(self, image: Image | LabelImage) -> PixelsEntry | None:
        reference = reference_to(image.pixels, self.home) if self.home else None
        return None if reference is None else _entry(image, reference=reference)


def _entry(image: Image | LabelImage, path: str | None = None, reference: dict[str, object] | None = None) -> PixelsEntry:
    pixels: Pixels = image.pixels
    return PixelsEntry(image.axes, tuple(int(size) for size in pixels.shape), pixels.dtype.name, path, reference)

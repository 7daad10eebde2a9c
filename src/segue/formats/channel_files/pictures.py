"""The pictures in one file of a folder of channels, or of a project with images."""

from __future__ import annotations

from dataclasses import dataclass, field

from segue.codecs import png, tiff
from segue.codecs.pictures import PicturePixels
from segue.codecs.pixel_facts import Facts
from segue.model.image import Pixels
from segue.storage.source import Source

PHOTOGRAPHS = (".jpg", ".jpeg", ".bmp")


@dataclass(frozen=True)
class Picture:
    """An image in a file; nothing of its pixels has been read."""

    source: Source
    pixels: Pixels
    axes: str
    names: tuple[str, ...] = ()
    """Of its channels, as the file states them."""
    facts: Facts = field(default_factory=Facts)
    coloured: bool = False
    """Its channels are red, green and blue."""

    def size(self, axis: str) -> int:
        return self.pixels.shape[self.axes.index(axis)] if axis in self.axes else 1

    @property
    def sizes(self) -> dict[str, int]:
        return {axis: self.size(axis) for axis in "tzyx"}


def pictures_of(source: Source) -> tuple[Picture, ...]:
    """The images of a TIFF, PNG, JPEG or BMP file.

    Raises
    ------
    WrongFormat, Malformed, UnsupportedVariant, TooLarge
    """
    if source.suffix == ".png":
        head = png.describe(source)
        pixels = png.PngPixels.of(source, indices=head.facts.role == "labels" or head.ramp is not None)
        return (Picture(source, pixels, "cyx" if len(pixels.shape) == 3 else "yx", head.facts.channels, head.facts, coloured=len(pixels.shape) == 3),)
    if source.suffix in PHOTOGRAPHS:
        photograph = PicturePixels.of(source)
        return (Picture(source, photograph, photograph.axes, coloured="c" in photograph.axes),)
    return tuple(_of_series(source, nth, one) for nth, one in enumerate(tiff.describe(source)))


def _of_series(source: Source, nth: int, one: tiff.Series) -> Picture:
    """Pages without a meaning are markers."""
    axes = one.axes
    for letter in "czt":
        if tiff.UNNAMED in axes and letter not in axes:
            axes = axes.replace(tiff.UNNAMED, letter, 1)
    pixels = tiff.TiffPixels(source, nth, one.shape, one.dtype)
    coloured = one.layouts[0].samples > 1 and one.kind != "ome"
    return Picture(source, pixels, axes, one.facts.channels or one.marker, one.facts, coloured)

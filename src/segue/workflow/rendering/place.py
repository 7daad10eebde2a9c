"""Which plane, and which part of it, a picture shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from segue.errors import Incompatible, InvalidOption
from segue.model.image import Image, LabelImage, size_of
from segue.model.study import ImageSet
from segue.notes import Kind, Note, Notes
from segue.render.drawn import Window
from segue.workflow.exporting.cutout import Cut, pixels_of

Planes = tuple[tuple[str, int], ...]
"""(axis, index)"""


@dataclass(frozen=True)
class Place:
    """A part of a plane."""

    window: Window
    planes: tuple[tuple[str, int], ...]
    """(axis, index) of z and t, where there are several."""
    zoom: int = 1
    """Pixels of the picture along each side of a pixel of the image."""

    @property
    def height(self) -> int:
        """Rows of the picture."""
        return self.window.height * self.zoom

    @property
    def width(self) -> int:
        """Columns of the picture."""
        return self.window.width * self.zoom

    def at(self, axis: str) -> int:
        """Index of a plane; 0 where there is one."""
        return dict(self.planes).get(axis, 0)


def place_of(s: ImageSet, display: Planes, asked: Planes, crop: Sequence[Cut], where: str, zoom: int = 1) -> tuple[Place, Notes]:
    """The plane that is asked for, else that of the display, else the middle one in z and the first in t; and the crop in whole pixels.

    A display may be of other images: what it says about axes of which there is one plane is passed over.

    Raises
    ------
    Incompatible
        Nothing says how large the image is; its pictures are of different sizes; or the crop is not inside it.
    InvalidOption
        There is no such plane.
    """
    sizes = _sizes(s, where)
    usual = tuple((axis, index) for axis, index in display if sizes.get(axis, 1) > 1)
    notes, planes, wanted = Notes(), [], dict((*usual, *asked))
    for axis in "tz":
        size = sizes.get(axis, 1)
        index = wanted.get(axis, size // 2 if axis == "z" else 0)
        if index >= size:
            raise InvalidOption(f"{where} has no plane {axis}={index}: {axis} goes from 0 to {size - 1}", option="plane", given=f"{axis}={index}")
        if size > 1:
            planes.append((axis, index))
            if axis not in wanted:
                notes += Notes.of(Note(Kind.ASSUMED, f"{axis}={index} is shown, of {size} ({axis} 0 to {size - 1}); choose with --plane", where=where))
    found, said = pixels_of(tuple(crop), "yx", (sizes["y"], sizes["x"]), s.grid)
    ends = {"y": (0, sizes["y"]), "x": (0, sizes["x"])} | {axis: (start, stop) for axis, start, stop in found}
    notes += Notes(tuple(Note(Kind.ASSUMED, text, where=where) for text in said))
    return Place(Window(*ends["y"], *ends["x"]), tuple(planes), zoom), notes


def _sizes(s: ImageSet, where: str) -> dict[str, int]:
    """Size of every axis that something has more than one plane of; the same y and x for all."""
    pictures: list[Image | LabelImage] = [*s.images, *s.labels]
    found = {axis: s.grid.size(axis) for axis in "yx"}
    for one in pictures:
        for axis in "yx":
            size = size_of(one.pixels, one.axes, axis)
            if found[axis] not in (None, size):
                raise Incompatible(f"{where}: {one.name} has {axis}={size}, but {found[axis]} are expected: a picture is made of images of one size")
            found[axis] = size
    if None in found.values():
        raise Incompatible(f"nothing says how large the image is that the shapes of {where} belong to; render the image with them: --labels")
    deep = {axis: max((size_of(one.pixels, one.axes, axis) for one in pictures), default=s.grid.size(axis) or 1) for axis in "tz"}
    return {axis: size or 1 for axis, size in (found | deep).items()}

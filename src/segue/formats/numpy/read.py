"""Reading .npy and .npz: one array."""

from __future__ import annotations

from typing import cast

from segue.codecs.npy import NpyHead, NpyPixels, describe
from segue.codecs.pixel_facts import Facts
from segue.errors import InvalidOption, UnsupportedVariant
from segue.formats.numpy.options import ReadOptions
from segue.formats.numpy.spec import IMAGE_AXES, LABEL_AXES
from segue.formats.options import Options
from segue.formats.pixel_files import study_of
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

_USUAL = ("labels", "label", "masks", "mask", "image", "img", "arr_0")


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read one array of a .npy or .npz file.

    Raises
    ------
    WrongFormat, Malformed, UnsupportedVariant, TooLarge
        The file is of another kind, is damaged, or holds objects, records or no picture.
    InvalidOption
        The options do not fit the file.
    Incompatible
        It cannot be a label image.
    """
    chosen = cast("ReadOptions", options)
    found = describe(source)
    head = _chosen(found, chosen.array, source)
    role = _role(head) if chosen.role == "auto" else chosen.role
    axes = _axes(head, role, chosen.axes.lower(), source)
    notes = Notes()
    if len(found) > 1:
        others = ", ".join(one.name for one in found if one is not head)
        notes = Notes.of(Note(Kind.SKIPPED, f"the other arrays of the file ({others}); the option array chooses", where=source.path.name, count=len(found) - 1))
    return study_of(NpyPixels.of(source, head), axes, Facts(), role=role), notes


def _chosen(found: tuple[NpyHead, ...], name: str | None, source: Source) -> NpyHead:
    pictures = [head for head in found if len(head.shape) >= 2 and 0 not in head.shape]
    if name is not None:
        named = [head for head in found if head.name == name]
        if not named:
            known = ", ".join(head.name for head in found)
            raise InvalidOption(f"{source.path} has no array {name!r}; its arrays are: {known}", option="array", given=name, allowed=known)
        return named[0]
    if not pictures:
        shapes = ", ".join(" x ".join(map(str, head.shape)) or "a single number" for head in found) or "nothing"
        raise UnsupportedVariant(f"{source.path} holds no picture, which has at least two dimensions, but {shapes}", path=source.path)
    return min(pictures, key=lambda head: _USUAL.index(head.name) if head.name in _USUAL else len(_USUAL))


def _role(head: NpyHead) -> str:
    return "labels" if head.dtype.kind in "ui" and head.dtype.itemsize >= 4 else "image"


def _axes(head: NpyHead, role: str, given: str, source: Source) -> str:
    axes = given or (LABEL_AXES if role == "labels" else IMAGE_AXES).get(len(head.shape), "")
    if len(axes) != len(head.shape) or len(set(axes)) != len(axes) or not {"y", "x"} <= set(axes):
        shape = " x ".join(map(str, head.shape))
        raise InvalidOption(
            f"{source.path} is an array of {shape}; name its axes with axes= (letters of t c z y x)", option="axes", given=given, allowed="t c z y x"
        )
    return axes

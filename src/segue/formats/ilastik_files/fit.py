"""What such a container can hold of a study, and how it is cut into chunks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from segue.codecs.chunk_shape import CHUNK_BYTES, chunk_shape, given_chunks
from segue.codecs.pixel_facts import Facts
from segue.codecs.pixels import converted
from segue.errors import Incompatible, InvalidOption
from segue.formats.holds import NUMBERS
from segue.formats.pixel_files import facts_of, fitted, picture_of
from segue.model.features import Feature
from segue.model.study import ImageSet, Study

_INSTEAD = {"bool": "uint8", "float16": "float32"}


def fitted_picture(study: Study, role: str, layer: str | None, features: Collection[Feature]) -> Study:
    """The study with one picture, of a number type that such containers have.

    Raises
    ------
    Incompatible
        There is no picture, or its numbers are complex.
    """
    picture = picture_of(study, role, layer)
    name = picture.pixels.dtype.name
    name = name if name in NUMBERS else _INSTEAD.get(name, "float64")
    if picture.pixels.dtype.kind == "c":
        raise Incompatible("ilastik's containers have no complex numbers; take their absolute values first")
    picture = replace(picture, pixels=converted(picture.pixels, name))
    return fitted(study, picture, features)


def exported_facts(image_set: ImageSet, role: str) -> Facts:
    """What a file should say about the only image of an image set, or about the labels that it is said to be; names are those of the file."""
    facts = replace(facts_of(Study((image_set,))), image_set="", name="image", role="image")
    return replace(facts, name="labels", role="labels", channels=(), data_range=None, inverted=False) if role == "labels" else facts


def chunks_for(axes: str, shape: Sequence[int], dtype: np.dtype[Any], given: str) -> tuple[int, ...]:
    """The chunks that a user gives, else ilastik's.

    Raises
    ------
    InvalidOption
        They do not fit the axes.
    """
    if not given:
        return chunk_shape(axes, shape, CHUNK_BYTES // dtype.itemsize)
    try:
        return given_chunks(given, axes, shape)
    except ValueError as error:
        raise InvalidOption(str(error), option="chunks", given=given, allowed="a size for each axis, or one for all") from error

"""What the containers that ilastik reads and writes have in common (HDF5, N5): which attributes say what a picture is.

``axistags`` (names and steps of the axes), ``axis_units``, ``drange`` (lowest and highest value), ``display_mode``; N5 also has ``axes``. What these do not
say is in the attribute ``segue``, which is only there where something would be lost without it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from segue.codecs import axistags
from segue.codecs.axistags import USUAL, Manner
from segue.codecs.pixel_facts import KEY, Facts, known_steps, parse
from segue.codecs.tiff_units import short_unit

MODES = ("default", "grayscale", "rgba", "random-colortable", "binary-mask", "alpha-modulated")
"""ilastik's ways of showing an image."""
LABELS_MODE = "random-colortable"
_SHOWN_AS_IMAGE = ("grayscale", "rgba", "binary-mask", "alpha-modulated")


@dataclass(frozen=True)
class Told:
    """What an array tells about itself."""

    axes: str
    """One letter for each dimension; empty = it does not say."""
    facts: Facts
    own: bool = False
    """Whether segue wrote it."""
    guessed: str = ""
    """What its being labels was concluded from; empty if it says so."""
    manner: Manner = USUAL


def told(attributes: Mapping[str, Any], labels: str, shape: tuple[int, ...], dtype: np.dtype[Any], *, other: Facts | None = None) -> Told:
    """What the attributes of an array say.

    Parameters
    ----------
    attributes
        Texts, numbers and lists by their names; what is of another type or does not fit is passed over.
    labels
        The axes as the container itself names them, or empty.
    shape, dtype
        Of the array.
    other
        What other attributes say that ilastik does not write.
    """
    tags = axistags.parse(_text(attributes, "axistags"))
    tags = tags if tags is not None and len(tags.axes) == len(shape) else None
    axes = tags.axes if tags else labels if len(labels) == len(shape) and axistags.named(labels) else ""
    mode = _text(attributes, "display_mode") or None
    guessed = "" if mode == LABELS_MODE else _guessed(axes, shape, dtype, mode)
    role = "labels" if guessed or mode == LABELS_MODE else "image"
    known = other or Facts()
    facts = replace(
        known,
        name=role,
        role=role,
        scale={**known.scale, **_scale(tags.steps if tags else {}, _text(attributes, "axis_units"))},
        data_range=_range(attributes.get("drange")) if role == "image" else None,
    )
    own = parse(_text(attributes, KEY))
    facts = replace(facts, name="").updated(own) if isinstance(own, dict) else facts
    manner = Manner(mode if mode in MODES else None, bool(labels) or "axistags" not in attributes)
    return Told(axes, facts, isinstance(own, dict), "" if isinstance(own, dict) else guessed, manner)


def attributes_for(axes: str, shape: tuple[int, ...], dtype: np.dtype[Any], facts: Facts, manner: Manner) -> dict[str, Any]:
    """The attributes of an array, so that ``told`` of them is what is known.

    Parameters
    ----------
    axes, shape, dtype
        Of the array.
    facts
        What is to be told.
    manner
        In which it is written.
    """
    steps = {name: step for name, (step, _) in known_steps(facts).items() if name in axes}
    units = {name: facts.scale[name][1] for name in axes if name in facts.scale and facts.scale[name][1]}
    labels = facts.role == "labels"
    mode = manner.mode if manner.mode is not None and (labels or manner.mode != LABELS_MODE) else LABELS_MODE if labels else None
    found: dict[str, Any] = {
        "axistags": axistags.render(axes, steps),
        "axis_units": json.dumps(units) if units else None,
        "drange": _stored_range(facts, dtype),
        "display_mode": mode,
    }
    found = {name: value for name, value in found.items() if value is not None}
    understood = told({name: _read(value) for name, value in found.items()}, axes if manner.labelled else "", shape, dtype).facts
    return found if _same(understood, facts) else found | {KEY: facts.to_json()}


def _guessed(axes: str, shape: tuple[int, ...], dtype: np.dtype[Any], mode: str | None) -> str:
    """Whole numbers of 32 and 64 bits with one channel are what programs number objects with."""
    channels = shape[axes.index("c")] if "c" in axes else 1
    if dtype.kind in "ui" and dtype.itemsize >= 4 and channels == 1 and mode not in _SHOWN_AS_IMAGE:
        return f"its numbers are of type {dtype.name}"
    return ""


def _scale(steps: Mapping[str, float], units: str) -> dict[str, tuple[float | None, str | None]]:
    found = parse(units)
    named = {name: short_unit(unit) for name, unit in found.items() if isinstance(unit, str)} if isinstance(found, dict) else {}
    pairs = {name: (steps.get(name), named.get(name)) for name in "tzyx"}
    return {name: pair for name, pair in pairs.items() if pair != (None, None)}


def _range(found: Any) -> tuple[float, float] | None:
    numbers = isinstance(found, list) and len(found) == 2 and all(isinstance(one, int | float) and not isinstance(one, bool) for one in found)
    if not numbers or not all(map(math.isfinite, found)) or found[0] >= found[1]:
        return None
    return (float(found[0]), float(found[1]))


def _stored_range(facts: Facts, dtype: np.dtype[Any]) -> np.ndarray[Any, Any] | None:
    """The range in the number type of the pixels, if it has these numbers."""
    if facts.data_range is None or not all(map(math.isfinite, facts.data_range)):
        return None
    if dtype.kind in "ui":
        limits = np.iinfo(dtype)
        if not all(one == int(one) and limits.min <= one <= limits.max for one in facts.data_range):
            return None
        return np.array([int(one) for one in facts.data_range], dtype)
    with np.errstate(over="ignore"):
        stored = np.array(facts.data_range, dtype)
    return stored if stored.tolist() == list(facts.data_range) else None


def _read(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def _text(attributes: Mapping[str, Any], name: str) -> str:
    value = attributes.get(name)
    return value if isinstance(value, str) else ""


def _same(one: Facts, other: Facts) -> bool:
    return _plain(one) == _plain(other)


def _plain(facts: Facts) -> Facts:
    """The facts with nothing said in two ways."""
    scale = {name: pair for name, pair in facts.scale.items() if pair != (None, None)}
    return replace(facts, image_set=facts.image_set or "", role=facts.role or "image", scale=scale, translation=dict(facts.translation))

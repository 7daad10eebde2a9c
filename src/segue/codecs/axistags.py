"""Axistags: the names, kinds and steps of axes as vigra and ilastik write them, as a JSON text."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_FLAGS = {"c": 1, "x": 2, "y": 2, "z": 2, "t": 8}
LONGEST = 1 << 20
"""Characters of a text that is looked at."""


@dataclass(frozen=True)
class AxisTags:
    """What is known about the axes of an array."""

    axes: str
    """One letter for each, in the order of the array."""
    steps: Mapping[str, float] = field(default_factory=dict)
    """Axis -> size of one step, where it is known."""


@dataclass(frozen=True)
class Manner:
    """How ilastik wrote an array, besides what it says: a copy is written in the same manner, so that nothing differs."""

    mode: str | None = None
    """The way of showing it: ``display_mode``."""
    labelled: bool = True
    """Whether the dimensions have labels; older versions wrote none."""


USUAL = Manner()


def manner_of(pixels: Any) -> Manner:
    """The manner in which the array was written that pixels come from, through changes and conversions; the usual one for others."""
    for _ in range(16):
        found = getattr(pixels, "manner", None)
        if isinstance(found, Manner):
            return found
        pixels = getattr(pixels, "pixels", getattr(pixels, "source", None))
    return USUAL


def render(axes: str, steps: Mapping[str, float]) -> str:
    """The text, byte for byte as vigra writes it where steps are short numbers."""
    tags = [{"key": name, "typeFlags": _FLAGS[name], "resolution": steps.get(name, 0), "description": ""} for name in axes]
    return json.dumps({"axes": tags}, indent=2)


def parse(text: str) -> AxisTags | None:
    """What a text says; None if it does not name axes of ``t c z y x``, each once."""
    try:
        found = json.loads(text) if len(text) <= LONGEST else None
    except (ValueError, RecursionError):
        return None
    tags = found.get("axes") if isinstance(found, dict) else None
    if not isinstance(tags, list) or not all(isinstance(tag, dict) and isinstance(tag.get("key"), str) for tag in tags):
        return None
    axes = "".join(tag["key"].lower() for tag in tags)
    if len(axes) != len(tags) or not named(axes):
        return None
    steps = {name: tag.get("resolution") for name, tag in zip(axes, tags, strict=True)}
    return AxisTags(axes, {name: float(step) for name, step in steps.items() if _known(step)})


def named(axes: str) -> bool:
    """Whether each letter is one of ``t c z y x``, and none comes twice."""
    return bool(axes) and set(axes) <= set(_FLAGS) and len(set(axes)) == len(axes)


def guess(shape: tuple[int, ...]) -> str:
    """The axes that ilastik takes an array for that does not name them; empty for fewer than two or more than five dimensions."""
    few = shape[-1:] and shape[-1] <= 4
    return {2: "yx", 3: "yxc" if few else "zyx", 4: "zyxc" if few else "tzyx", 5: "tzyxc"}.get(len(shape), "")


def _known(step: object) -> bool:
    return isinstance(step, int | float) and not isinstance(step, bool) and abs(step) < math.inf and step > 0

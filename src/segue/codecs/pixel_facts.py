"""What a file says about an image besides its pixels.

Every format and layout has fields of its own for some of it. So that nothing is lost, segue also writes all of it as one JSON object where that
format tolerates it; readers take its own fields first and this object, if it is there, over them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

KEY = "segue"
"""Under this name the object stands in the file."""


@dataclass(frozen=True)
class Facts:
    """What is not told has the value that means so."""

    image_set: str | None = None
    """Name of the image set."""
    name: str = ""
    role: str = ""
    """``labels``, ``image``, or empty when the file does not tell."""
    channels: tuple[str, ...] = ()
    scale: Mapping[str, tuple[float | None, str | None]] = field(default_factory=dict)
    """Axis -> (step, unit); either may be unknown."""
    translation: Mapping[str, float] = field(default_factory=dict)
    """Axis -> position of the first corner in the unit of the axis."""
    data_range: tuple[float, float] | None = None
    """Lowest and highest value to display."""
    inverted: bool = False
    """Low values are shown bright."""
    restarts: bool = False
    """Labels restart in each frame."""

    def to_json(self) -> str:
        """ASCII JSON with sorted keys; empty facts are left out."""
        bounds = None if self.data_range is None else list(self.data_range)
        facts: dict[str, Any] = {
            "set": self.image_set,
            "name": self.name,
            "role": self.role,
            "channels": list(self.channels),
            "range": bounds,
            "restarts": self.restarts,
            "inverted": self.inverted,
        }
        facts |= {"scale": {axis: list(step) for axis, step in self.scale.items()}, "translation": dict(self.translation)}
        return json.dumps({key: value for key, value in facts.items() if value or (key == "set" and value is not None)}, sort_keys=True, separators=(",", ":"))

    def updated(self, own: object) -> Facts:
        """These facts, replaced by those of the JSON object that segue wrote; what is of another type there is passed over."""
        if not isinstance(own, dict):
            return self
        checked = {name: value for name, value in _checked(own).items() if value is not None}
        return replace(self, **checked)


def parse(text: str) -> object:
    """The object in a JSON text, None if it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _checked(own: dict[str, Any]) -> dict[str, Any]:
    names, bounds = own.get("channels"), own.get("range")
    numbers = isinstance(bounds, list) and len(bounds) == 2 and all(_is_number(bound) for bound in bounds)
    return {
        "image_set": own["set"] if isinstance(own.get("set"), str) else None,
        "name": own["name"] if isinstance(own.get("name"), str) else None,
        "role": own["role"] if own.get("role") in {"labels", "image"} else None,
        "channels": tuple(names) if isinstance(names, list) and all(isinstance(name, str) for name in names) else None,
        "scale": _scale(own.get("scale")),
        "translation": _translation(own.get("translation")),
        "data_range": (float(bounds[0]), float(bounds[1])) if isinstance(bounds, list) and numbers else None,
        "restarts": own.get("restarts") is True,
        "inverted": True if own.get("inverted") is True else None,
    }


def _scale(steps: object) -> dict[str, tuple[float | None, str | None]] | None:
    if not isinstance(steps, dict):
        return None
    pairs = {axis: step for axis, step in steps.items() if axis in set("tzyx") and isinstance(step, list) and len(step) == 2}
    return {axis: (float(step[0]) if _is_number(step[0]) else None, step[1] if isinstance(step[1], str) else None) for axis, step in pairs.items()}


def known_steps(facts: Facts) -> dict[str, tuple[float, str | None]]:
    """Axis -> (step, unit) where the step is known and positive: what other programs understand."""
    return {axis: (step, unit) for axis, (step, unit) in facts.scale.items() if step is not None and 0 < step < math.inf}


def _translation(offsets: object) -> dict[str, float] | None:
    if not isinstance(offsets, dict):
        return None
    return {axis: float(value) for axis, value in offsets.items() if axis in set("tzyx") and _is_number(value)}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)

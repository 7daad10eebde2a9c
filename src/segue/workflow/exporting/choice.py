"""What is done to the pixels of every item, as a recipe says it, checked and in the words of the layers below."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from segue.errors import InvalidOption
from segue.transform.change import TYPES, Range
from segue.workflow.exporting.container import Container, container_of
from segue.workflow.exporting.cutout import Cut, cuts_of
from segue.workflow.recipe_export import ExportRecipe
from segue.workflow.targets import implied_options

_NUMBER = r"\s*([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)\s*"
_RANGE = re.compile(rf"{_NUMBER}:{_NUMBER}->{_NUMBER}:{_NUMBER}")


@dataclass(frozen=True)
class Exporting:
    """How items are exported: the same for all of a batch."""

    container: Container
    options: Mapping[str, Any] = field(default_factory=dict)
    """Of the readers and the writer, as the user gave them."""
    cuts: tuple[Cut, ...] = ()
    renormalise: Range | None = None
    dtype: str | None = None
    axes: str | None = None
    rule: Literal["clip", "ilastik"] = "clip"
    step: str | None = None
    scales: int | None = None
    from_: str | None = None
    input_axes: str | None = None
    source: str | None = None
    stack_along: Literal["z", "t", "c"] | None = None
    strict: bool = False

    @property
    def number_type(self) -> np.dtype[Any] | None:
        return None if self.dtype is None else np.dtype(self.dtype)

    def write_options(self, target: Path, role: str) -> dict[str, Any]:
        """The options of the writer: what the suffix and the name of the format imply, below what the user says."""
        from segue.workflow.measuring.outputs import fields_of

        record = self.container.record
        fields = fields_of(record, "write")
        known = {"role": role} if "role" in fields else {}
        scales = {} if self.scales is None else {"scales": self.scales}
        given = {name: value for name, value in self.options.items() if name in fields}
        return {**implied_options(record, target), **self.container.implied, **scales, **given, **known}


def exporting_of(recipe: ExportRecipe) -> Exporting:
    """How the items of a recipe are exported.

    Raises
    ------
    UsageError
        Something that was asked for does not exist, or does not go together.
    """
    return Exporting(
        container=container_of(recipe.format, recipe.output),
        options=dict(recipe.options),
        cuts=() if recipe.cutout is None else cuts_of(recipe.cutout),
        renormalise=None if recipe.renormalize is None else range_of(recipe.renormalize),
        dtype=_type(recipe.dtype),
        axes=_axes(recipe.axes, "axes"),
        rule=recipe.convert,
        step=recipe.step,
        scales=recipe.scales,
        from_=recipe.from_,
        input_axes=_axes(recipe.input_axes, "input-axes"),
        source=recipe.source,
        stack_along=recipe.stack_along,
        strict=recipe.strict,
    )


def range_of(text: str) -> Range:
    """What ``0:1->0:255`` means.

    Raises
    ------
    InvalidOption
    """
    found = _RANGE.fullmatch(text.replace("→", "->"))
    try:
        numbers = [float(one) for one in found.groups()] if found else []
    except ValueError:
        numbers = []
    if len(numbers) != 4:
        raise InvalidOption(
            f"{text!r} is no change of range; write LOW:HIGH->NEW_LOW:NEW_HIGH, such as 0:1->0:255 (in quotes)", option="renormalize", given=text
        )
    return Range(*numbers)


def _type(name: str | None) -> str | None:
    if name is not None and name.lower() not in TYPES:
        raise InvalidOption(f"{name!r} is no number type of pixels; there are {', '.join(TYPES)}", option="dtype", given=name, allowed=", ".join(TYPES))
    return None if name is None else name.lower()


def _axes(text: str | None, option: str) -> str | None:
    if text is None:
        return None
    axes = text.strip().lower()
    if set(axes) - set("tczyx") or len(set(axes)) < len(axes) or not {"y", "x"} <= set(axes):
        raise InvalidOption(f"{text!r} is no order of axes; write each of t c z y x once at most, y and x always, such as tzyxc", option=option, given=text)
    return axes

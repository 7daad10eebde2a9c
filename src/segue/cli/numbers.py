"""Numbers on the command line."""

from __future__ import annotations

from typing import Any

import click


class NumberOrText(click.ParamType[float | str]):
    """A number where it reads as one, else text."""

    def __init__(self, name: str) -> None:
        self.name = name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float | str:
        try:
            number = float(value)
        except ValueError:
            return str(value)
        return int(number) if number.is_integer() else number


class Limits(click.ParamType[tuple[float, float]]):
    """Two numbers from 0 to 1 with ``-`` or ``:`` between them."""

    name = "LOW-HIGH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, float]:
        if isinstance(value, tuple):
            return value
        low, _, high = str(value).replace(":", "-").partition("-")
        try:
            limits = float(low), float(high or 1)
        except ValueError:
            self.fail(f"{value!r} is not LOW-HIGH, such as 0.50-1.00", param, ctx)
        if not 0 <= limits[0] <= limits[1] <= 1:
            self.fail(f"{value!r}: both are between 0 and 1, the smaller one first", param, ctx)
        return limits

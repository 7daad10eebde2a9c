"""The KEY=VALUE of ``--set``."""

from __future__ import annotations

import json
from typing import Any

import click


class Setting(click.ParamType[tuple[str, Any]]):
    """A name and a value; the value is a number, true, false, null or JSON where it reads as such, else text."""

    name = "KEY=VALUE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Any]:
        if isinstance(value, tuple):
            return value
        key, equals, text = str(value).partition("=")
        if not equals or not key:
            self.fail(f"{value!r} is not KEY=VALUE", param, ctx)
        try:
            return key, json.loads(text)
        except ValueError:
            return key, text

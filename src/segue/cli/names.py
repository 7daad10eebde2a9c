"""Names with commas between them."""

from __future__ import annotations

import csv
from typing import Any

import click


class Names(click.ParamType[tuple[str, ...]]):
    """A tuple of the names; blanks around them do not count."""

    name = "NAME,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        return value if isinstance(value, tuple) else tuple(name.strip() for name in str(value).split(",") if name.strip())


class QuotedNames(Names):
    """The same; a name that holds a comma stands in double quotes."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        row = next(csv.reader([str(value)], skipinitialspace=True), [])
        return tuple(name.strip() for name in row if name.strip())


class SeveralNames(Names):
    """A tuple of some of certain names."""

    def __init__(self, *known: str) -> None:
        self.known = known

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        found = super().convert(value, param, ctx)
        wrong = next((name for name in found if name not in self.known), None)
        if wrong is not None:
            self.fail(f"{wrong!r} is none of {', '.join(self.known)}", param, ctx)
        return found

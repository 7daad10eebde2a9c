"""The page of the model: one table per class, from the classes themselves."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl
from markdown import code, page, table

from segue.model import connections, display, grid, image, objects, populations, rings, rules, shapes, study, tables
from segue.model.features import SHAPE_FEATURES, Feature

INTRODUCTION = """Everything that segue reads becomes a study, and everything it writes is made from one. The model holds data only:
it knows no file and no format. Its tables are polars frames with fixed columns, its geometry flat arrays; both are read-only,
and a change is a new table that shares what did not change."""

CLASSES: tuple[type, ...] = (
    *(study.Study, study.ImageSet, study.Property, study.Event),
    *(grid.Grid, grid.Axis, image.Image, image.LabelImage),
    *(tables.Table, tables.Column, populations.Population),
    *(rules.ListRule, rules.RegionRule, rules.GateRule, rules.Range, rules.PolygonTerm, rules.SetsRule),
    *(display.Display, display.ChannelDisplay),
)


def text() -> str:
    """The whole page."""
    return page(
        "The model",
        INTRODUCTION,
        "## Coordinates",
        (inspect.getdoc(grid) or "").partition("\n\n")[2],
        *(_class(each) for each in CLASSES[:8]),
        _frame("Objects", objects.Objects, objects.SCHEMA, objects.COLUMNS),
        _frame("Shapes", shapes.Shapes, shapes.SCHEMA, shapes.COLUMNS),
        "### Kinds of shapes\n\nThe list is closed.\n\n" + _kinds(),
        "### Rings\n\n" + (inspect.getdoc(rings) or "").partition("\n\n")[2] + "\n\n" + _fields(rings.Rings),
        _frame("Connections", connections.Connections, connections.SCHEMA, connections.COLUMNS),
        *(_class(each) for each in CLASSES[8:11]),
        _frame("Membership", populations.Membership, populations.SCHEMA, populations.COLUMNS),
        *(_class(each) for each in CLASSES[11:]),
        "## Features\n\nWhat formats declare, what notes name, and what is counted.\n\n" + _features(),
    )


def _class(kind: type) -> str:
    return f"## {kind.__name__}\n\n{_summary(kind)}\n\n{_fields(kind)}".rstrip()


def _summary(kind: type) -> str:
    return inspect.getdoc(kind) or ""


def _fields(kind: type) -> str:
    rows = [(code(name), code(annotation), said) for name, annotation, said in _documented(kind)]
    return table(("field", "type", "meaning"), rows) if rows else ""


def _documented(kind: type) -> Iterator[tuple[str, str, str]]:
    """Name, type and docstring of each field of a class, in order."""
    (body,) = (node.body for node in ast.parse(inspect.getsource(kind)).body if isinstance(node, ast.ClassDef))
    for index, node in enumerate(body):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, ast.unparse(node.annotation), _docstring_at(body, index + 1)


def _docstring_at(body: list[ast.stmt], index: int) -> str:
    node = body[index] if index < len(body) else None
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return inspect.cleandoc(str(node.value.value))
    return ""


def _frame(title: str, kind: type, schema: Mapping[str, Any], columns: Mapping[str, str]) -> str:
    rows = [(code(name), _dtype(dtype), columns[name]) for name, dtype in schema.items()]
    return f"## {title}\n\n{_summary(kind)}\n\n" + table(("column", "type", "meaning"), rows)


def _dtype(dtype: Any) -> str:
    if dtype == pl.Utf8:
        return "text"
    if isinstance(dtype, pl.List):
        return f"list of {_dtype(dtype.inner)}"
    return "one word of a list" if isinstance(dtype, pl.Enum) else str(dtype).lower()


def _kinds() -> str:
    rows = [(str(kind), vertices, ", ".join(map(code, parameters))) for kind, (vertices, parameters) in shapes.VERTICES.items()]
    return table(("kind", "vertices, each (x, y)", "parameters"), rows)


def _features() -> str:
    (body,) = (node.body for node in ast.parse(inspect.getsource(Feature)).body if isinstance(node, ast.ClassDef))
    named = [(index, node.targets[0]) for index, node in enumerate(body) if isinstance(node, ast.Assign)]
    names = [(target.id, _docstring_at(body, index + 1)) for index, target in named if isinstance(target, ast.Name)]
    kinds = ", ".join(map(str, SHAPE_FEATURES))
    rows = [(kinds if Feature[name] is SHAPE_FEATURES[-1] else str(Feature[name]), said) for name, said in names if said]
    return table(("feature", "what is counted"), rows)

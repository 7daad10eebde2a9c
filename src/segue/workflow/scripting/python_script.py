"""Any recipe as a Python script."""

from __future__ import annotations

from typing import Any

import orjson

from segue import __version__
from segue.workflow.recipe import Recipe, recipe_bytes

_TEMPLATE = '''"""Made by segue {version}: {what}. Files are named from the folder in which it is run."""

import segue

recipe = {{
{settings}
}}

for done in segue.run(recipe, overwrite=False):
    print(done.item.name, done.error or done.result.content)
'''


def python_script(recipe: Recipe) -> str:
    """The script that does what a recipe says; settings can be changed in it before it is run."""
    body = orjson.loads(recipe_bytes(recipe))
    plain = {"task": body.pop("task"), **{name: value for name, value in body.items() if name not in ("segue", "made_with")}}
    return _TEMPLATE.format(version=__version__, what=f"a recipe to {plain['task']}", settings="\n".join(map(_line, plain.items())))


def _line(setting: tuple[str, Any]) -> str:
    return f"    {setting[0]!r}: {setting[1]!r},"

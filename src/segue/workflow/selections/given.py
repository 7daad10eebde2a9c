"""From words to a recipe: words may be something themselves, or name the file that holds it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from segue.errors import InvalidOption
from segue.workflow.recipe_select import SelectRecipe

_LABELS = re.compile(r"[\s,]*\d+(?:-\d+)?(?:[\s,]+\d+(?:-\d+)?)*[\s,]*")


def ids_given(text: str | None) -> dict[str, str]:
    """``ids`` for labels as 1,2,5-9, else ``ids_file``."""
    if text is None:
        return {}
    return {"ids": text} if _LABELS.fullmatch(text) and not Path(text).exists() else {"ids_file": text}


def polygon_given(text: str | None) -> dict[str, str]:
    """``polygon`` for 'X,Y: x1,y1 ...', else ``polygon_file``."""
    if text is None:
        return {}
    return {"polygon": text} if ":" in text and not Path(text).exists() else {"polygon_file": text}


def recipe_of(**fields: Any) -> SelectRecipe:
    """The recipe with these fields.

    Raises
    ------
    InvalidOption
        One of them has a value that it cannot have.
    """
    from pydantic import ValidationError

    try:
        return SelectRecipe(**fields)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise InvalidOption(f"{name}={first['input']!r} cannot be understood: {first['msg']}", option=name, given=first["input"]) from error

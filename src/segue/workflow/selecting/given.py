"""Words that are either something itself or the name of a file that holds it."""

from __future__ import annotations

import re
from pathlib import Path

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

"""The list of decisions, from the first line and the date of each."""

from __future__ import annotations

import re
from pathlib import Path

from markdown import page, table


def text(folder: Path) -> str:
    """The whole page."""
    rows = [_row(path) for path in sorted(folder.glob("[0-9]*.md")) if not path.name.startswith("0000")]
    return page(
        "Decisions",
        "What was decided once and will be asked again. A new one starts from [the template](0000-template.md).",
        table(("", "decision", "when"), rows) if rows else "",
    )


def _row(path: Path) -> tuple[str, str, str]:
    written = path.read_text(encoding="utf-8")
    title = re.sub(r"^(ADR[ -]?)?\d+[.:]? *", "", written.partition("\n")[0].lstrip("# "))
    date = re.search(r"20\d\d-\d\d-\d\d", written)
    return path.name[:4], f"[{title}]({path.name})", date.group() if date else ""

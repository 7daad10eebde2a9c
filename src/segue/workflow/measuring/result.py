"""What became of an item whose outputs were written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segue.notes import Notes
from segue.workflow.measuring.write import Made


@dataclass(frozen=True, eq=False)
class Result:
    """The files that were made, and how many objects there are (see ``jobs.item.BatchResult``)."""

    item: Any
    made: tuple[Made, ...]
    notes: Notes
    objects: int

    @property
    def written(self) -> list[Path]:
        """Files and folders that were written."""
        return [one.path for one in self.made]

    @property
    def size(self) -> int:
        """Bytes written."""
        return sum(one.size for one in self.made)

    @property
    def content(self) -> str:
        return f"{self.objects:,} object{'' if self.objects == 1 else 's'}"

    def to_json(self) -> dict[str, Any]:
        """The facts as plain data."""
        files = [{"file": one.path.name, "bytes": one.size} | ({} if one.objects is None else {"objects": one.objects}) for one in self.made]
        return {"objects": self.objects, "outputs": files}

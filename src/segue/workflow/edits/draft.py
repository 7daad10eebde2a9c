"""Collecting what an edit changes in one image set; the result is a patch."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.model.edited_pixels import Change
from segue.model.frames import like
from segue.model.image import LabelImage
from segue.model.patch import REFERENCES, TABLE, ImageSetPatch, LabelPatch, Splice, with_marks
from segue.model.rings import Ints, Rings, concat
from segue.model.study import ImageSet

NO_ROWS: Ints = np.zeros(0, np.int64)


class Draft:
    """What is to change. Rows are those of the image set as it is; frames to change or append name objects and connections by their ids."""

    def __init__(self, s: ImageSet) -> None:
        self.s = s
        self.ids = s.objects.frame["id"]
        self._gone: dict[str, list[Ints]] = {}
        self._changed: dict[str, tuple[Ints, pl.DataFrame, Rings]] = {}
        self._new: dict[str, tuple[pl.DataFrame, Rings]] = {}
        self._labels: list[LabelPatch] = []

    def frame(self, part: str) -> pl.DataFrame:
        """All rows of a part, as they are (of tables with the marks of stale rows behind)."""
        if part in ("extras", "aliases"):
            frame: pl.DataFrame = getattr(self.s, part)
            return frame
        if part.startswith(TABLE):
            return with_marks(self.s.tables[part.removeprefix(TABLE)])[0]
        return getattr(self.s, part).frame  # type: ignore[no-any-return]

    def keyed(self, part: str, rows: Ints) -> pl.DataFrame:
        """Some rows of a part, with ids in place of row numbers."""
        frame = self.frame(part)[rows]
        ids, names = self.ids, REFERENCES.get(part, ())
        if part.startswith(TABLE):
            names = ("row",)
            ids = self.s.connections.frame["id"] if self.s.tables[part.removeprefix(TABLE)].about == "connections" else ids
        return frame.with_columns(**{name: ids.gather(frame[name]) for name in names})

    def remove(self, part: str, rows: Ints) -> int:
        """Rows go; returns how many."""
        if len(rows):
            self._gone.setdefault(part, []).append(rows)
        return len(rows)

    def change(self, part: str, rows: Ints, frame: pl.DataFrame, rings: Rings | None = None) -> None:
        """Rows become others; once per part."""
        if part in self._changed:
            raise AssertionError(f"{part} is changed twice")
        if len(rows):
            self._changed[part] = (rows, frame, rings or Rings.empty())

    def append(self, part: str, frame: pl.DataFrame, rings: Rings | None = None) -> None:
        """Rows come, behind all others; columns that the frame does not have are null. Once per part."""
        if part in self._new:
            raise AssertionError(f"{part} is appended to twice")
        if frame.height:
            empty = self.keyed(part, NO_ROWS)
            self._new[part] = (pl.concat([empty, frame], how="diagonal_relaxed").select(empty.columns).cast(dict(empty.schema)), rings or Rings.empty())  # type: ignore[arg-type]

    def paint(self, image: LabelImage, change: Change, dtype: np.dtype[np.generic] | None = None) -> None:
        """Pixels of a label image change; ``dtype`` is what its labels need afterwards, if that is another."""
        before = image.pixels.dtype
        self._labels.append(LabelPatch(image.name, before.str, (dtype or before).str, change))

    def patch(self) -> ImageSetPatch | None:
        """The patch, or None if nothing changes."""
        touched = [part for part in self._parts() if part in self._gone or part in self._changed or part in self._new]
        if not touched and not self._labels:
            return None
        return ImageSetPatch({part: self._splice(part) for part in touched}, tuple(self._labels))

    def _parts(self) -> list[str]:
        return ["objects", "shapes", "connections", "membership", "extras", "aliases", *(TABLE + name for name in self.s.tables)]

    def _splice(self, part: str) -> Splice:
        removed = np.unique(np.concatenate(self._gone.get(part, [NO_ROWS])))
        changed, frame, rings = self._changed.get(part, (NO_ROWS, self.keyed(part, NO_ROWS), Rings.empty()))
        new, new_rings = self._new.get(part, (frame.clear(), Rings.empty()))
        gone = np.union1d(removed, changed).astype(np.int64)
        order = np.argsort(changed)
        places = changed[order] - np.searchsorted(removed, changed[order])
        end = self.frame(part).height - len(removed)
        come_at = np.concatenate([places, np.arange(end, end + new.height)]).astype(np.int64)
        come = pl.concat([frame[order], like(new, frame)])
        if part != "shapes":
            return Splice(gone, self.keyed(part, gone), come_at, come)
        come_rings = concat([rings.take(order) if len(order) else Rings.empty(), new_rings])
        return Splice(gone, self.keyed(part, gone), come_at, come, self.s.shapes.rings.take(gone), come_rings)

"""Which image sets of a study become pictures."""

from __future__ import annotations

from collections.abc import Sequence

from segue.errors import UsageError
from segue.model.study import ImageSet, Study
from segue.workflow.enabling import require
from segue.workflow.exporting.source import parts_of


def shown_parts(sets: Sequence[ImageSet], wanted: str | int | None, where: str) -> list[int]:
    """Numbers, from 0: of the one that is wanted, else of all.

    Raises
    ------
    InvalidOption
        There is none of this name or number.
    """
    return list(range(len(sets))) if wanted is None else parts_of(sets, wanted, where)


def shown_part(sets: Sequence[ImageSet], wanted: str | int | None, where: str) -> ImageSet:
    """The one image set that is shown.

    Raises
    ------
    InvalidOption
        There is none of this name or number.
    UsageError
        There are several, and none is named.
    Incompatible
        There is none at all.
    """
    found = shown_parts(sets, wanted, where)
    if not found:
        require("render", Study(), where=where)
    if len(found) > 1:
        names = ", ".join(s.name or str(number) for number, s in enumerate(sets, 1))
        raise UsageError(f"{where} has {len(sets)} image sets ({names}); choose one: --image-set (in Python image_set=...)")
    return sets[found[0]]

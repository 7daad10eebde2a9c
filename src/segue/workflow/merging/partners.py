"""Which image set of a study an imported one is about."""

from __future__ import annotations

from collections.abc import Sequence

from segue.model.study import ImageSet
from segue.storage.source import split_suffix


def partner(s: ImageSet, known: Sequence[ImageSet], *, alone: bool) -> int | str:
    """The place of the image set that is meant; or a sentence that says why none is.

    By name (with or without the ending of a file), by data set and position, or because both sides have only one.
    """
    if alone and len(known) == 1:
        return 0
    for told in (_by_name, _by_place):
        found = [nth for nth, other in enumerate(known) if told(s, other)]
        if len(found) > 1:
            return f"it could be about any of the {len(found)} image sets of the study that are called {s.name!r}; name them differently"
        if found:
            return found[0]
    return _nobody(s, known)


def _by_name(a: ImageSet, b: ImageSet) -> bool:
    return bool(a.name) and (a.name == b.name or split_suffix(a.name)[0] == split_suffix(b.name)[0])


def _by_place(a: ImageSet, b: ImageSet) -> bool:
    return bool(a.position) and (a.group, a.position) == (b.group, b.position)


def _nobody(s: ImageSet, known: Sequence[ImageSet]) -> str:
    named = ", ".join(repr(one.name) for one in known[:4]) + (", ..." if len(known) > 4 else "")
    what = repr(s.name) if s.name else "position " + ", ".join(f"{axis} {nth}" for axis, nth in s.position) if s.position else "an image without a name"
    return f"it is about {what}, which the study does not have; its image sets are {named or 'none'}"

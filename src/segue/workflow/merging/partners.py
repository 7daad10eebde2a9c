"""Which image set of a study an imported one is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from segue.model.study import ImageSet
from segue.storage.source import split_suffix


@dataclass(frozen=True)
class Nobody:
    """None is meant."""

    why: str
    """A sentence."""
    new: bool = True
    """Whether it is an image set of its own, which a study can take in."""


def partners(sets: Sequence[ImageSet], known: Sequence[ImageSet], where: str, *, adding: bool) -> list[tuple[ImageSet, int | Nobody]]:
    """Each imported image set with the place of that of the study that it is about, or why there is none.

    Parameters
    ----------
    sets, known
        What is imported, and those of the study.
    where
        The file they come from.
    adding
        Whether image sets that the study does not have are added: they get names then, and one is not taken for the only one that the study has.
    """
    alone = len(sets) == 1 and (not adding or is_of_the_only_one(sets[0], known))
    return [(s, partner(s, known, alone=alone)) for s in (named(sets, where) if adding else sets)]


def partner(s: ImageSet, known: Sequence[ImageSet], *, alone: bool) -> int | Nobody:
    """The place of the image set that is meant, or why none is.

    By name (with or without the ending of a file), by data set and position, or because both sides have only one.
    """
    if alone and len(known) == 1:
        return 0
    for told in (_by_name, _by_place):
        found = [nth for nth, other in enumerate(known) if told(s, other)]
        if len(found) > 1:
            return Nobody(f"it could be about any of the {len(found)} image sets of the study that are called {s.name!r}; name them differently", new=False)
        if found:
            return found[0]
    return Nobody(_nobody(s, known))


def named(sets: Sequence[ImageSet], where: str) -> list[ImageSet]:
    """The image sets with names for those that have neither name nor position: that of their file, numbered if there are several."""
    stem = split_suffix(where)[0]
    nameless = [not s.name and not s.position for s in sets]
    names = [stem if sum(nameless) == 1 else f"{stem} {nth}" for nth in range(1, len(sets) + 1)]
    return [replace(s, name=name) if one else s for s, one, name in zip(sets, nameless, names, strict=True)]


def is_of_the_only_one(given: ImageSet, known: Sequence[ImageSet]) -> bool:
    """Whether the only imported image set is about the only one of the study, where it could also be another one.

    Annotations of which nothing says what image they are of are; an image with a name of its own, or pixels, is not.
    """
    if len(known) != 1 or given.images or given.labels:
        return False
    other = known[0]
    told = [one.name or one.position for one in (given, other)]
    return not all(told)


def alike(a: ImageSet, b: ImageSet) -> bool:
    """Whether two image sets are told apart by nothing."""
    return _by_name(a, b) or _by_place(a, b)


def _by_name(a: ImageSet, b: ImageSet) -> bool:
    return bool(a.name) and (a.name == b.name or split_suffix(a.name)[0] == split_suffix(b.name)[0])


def _by_place(a: ImageSet, b: ImageSet) -> bool:
    return bool(a.position) and (a.group, a.position) == (b.group, b.position)


def _nobody(s: ImageSet, known: Sequence[ImageSet]) -> str:
    names = ", ".join(repr(one.name) for one in known[:4]) + (", ..." if len(known) > 4 else "")
    what = repr(s.name) if s.name else "position " + ", ".join(f"{axis} {nth}" for axis, nth in s.position) if s.position else "an image without a name"
    return f"it is about {what}, which the study does not have; its image sets are {names or 'none'}"

"""Which image set of a study an imported one is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from segue.model.study import ImageSet
from segue.storage.source import split_suffix
from segue.workflow.pairing import mask_of

SHOWN = 5
"""Names that a sentence lists."""


@dataclass(frozen=True)
class Nobody:
    """None is meant."""

    why: str = ""
    """Why nobody can tell; empty = it is an image set of its own, which a study can take in."""

    @property
    def new(self) -> bool:
        return not self.why


def partners(sets: Sequence[ImageSet], known: Sequence[ImageSet], where: str, *, adding: bool) -> list[tuple[ImageSet, int | Nobody]]:
    """Each imported image set with the place of that of the study that it is about, or why there is none.

    One that has neither name nor position is called as its file, or as the image of which that is the mask, if the study has such an image set.

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
    if alone and len(known) == 1:
        return [(sets[0], 0)]
    found = [(s, _partner(s, known)) for s in _named(sets, known, where)]
    return found if adding else [(s if isinstance(nth, int) else given, nth) for given, (s, nth) in zip(sets, found, strict=True)]


def _partner(s: ImageSet, known: Sequence[ImageSet]) -> int | Nobody:
    """By name (with or without the ending of a file), else by data set and position."""
    for told in (_by_name, _by_place):
        found = [nth for nth, other in enumerate(known) if told(s, other)]
        if len(found) > 1:
            return Nobody(f"it could be about any of the {len(found)} image sets of the study that are called {s.name!r}; name them differently")
        if found:
            return found[0]
    return Nobody()


def _named(sets: Sequence[ImageSet], known: Sequence[ImageSet], where: str) -> list[ImageSet]:
    """The image sets with names for those that have neither name nor position: that of their file, numbered if there are several."""
    stem = split_suffix(where)[0]
    nameless = [not s.name and not s.position for s in sets]
    if sum(nameless) == 1:
        image = mask_of(Path(where))
        names = [image if image and not _is_called(stem, known) and _is_called(image, known) else stem] * len(sets)
    else:
        names = [f"{stem} {nth}" for nth in range(1, len(sets) + 1)]
    return [replace(s, name=name) if one else s for s, one, name in zip(sets, nameless, names, strict=True)]


def _is_called(name: str, known: Sequence[ImageSet]) -> bool:
    return any(_by_name(ImageSet(name), one) for one in known)


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


def nobody(sets: Sequence[ImageSet], known: Sequence[ImageSet]) -> str:
    """A sentence about image sets that a study does not have."""
    there = _listed([_said(s) for s in known]) or "none"
    if not any(s.name or s.position for s in sets):
        return f"neither its content nor its name says which image it is about; the image sets of the study are {there}"
    return f"it is about {_listed([_said(s) for s in sets])}, which the study does not have; its image sets are {there}"


def _said(s: ImageSet) -> str:
    place = ", ".join(f"{axis} {nth}" for axis, nth in s.position)
    return repr(s.name) if s.name else f"position {place}" if place else "an image without a name"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else "")

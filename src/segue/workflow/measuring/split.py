"""One population at a time: a study restricted to its members, for outputs of one file per population."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from segue.errors import InvalidOption
from segue.model.image import LabelImage, Pixels, Region
from segue.model.populations import Population
from segue.model.select import take_objects
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage.names import safe_names
from segue.workflow.enabling import reason

PLACE = "{population}"
"""What stands for the name of a population in a path."""


IMAGE_SET = "{image_set}"
"""What stands for the name of an image set in a path."""


def chosen_populations(study: Study, names: Sequence[str]) -> tuple[tuple[Population, ...], Notes]:
    """The populations of those names, in the order given; without names all. A name that only some of many images know is noted.

    Parameters
    ----------
    study
        What they are in.
    names
        The whole name with `` / `` or ``: `` between its levels, its last level, or the id.

    Raises
    ------
    InvalidOption
        There is none, or none of the names is one.
    """
    if not study.populations:
        why = reason("export statistics of populations", study)
        raise InvalidOption(f"{why}; name a file that holds some with --populations", option="split-populations")
    known: dict[str, Population] = {}
    for one in study.populations:
        for name in (one.id, " / ".join(one.name), ": ".join(one.name), one.name[-1]):
            known.setdefault(name, one)
    found = tuple(dict.fromkeys(known[name] for name in names if name in known)) if names else study.populations
    wrong = [name for name in names if name not in known]
    if not found:
        raise InvalidOption(f"there is no population {wrong[0]!r}; {_listed(wrong[0], study)}", option="split-populations", given=wrong[0])
    return found, Notes(tuple(Note(Kind.SKIPPED, f"there is no population {name!r}; {_listed(name, study)}") for name in wrong))


def _listed(wrong: str, study: Study) -> str:
    titles = [" / ".join(one.name) for one in study.populations]
    near = get_close_matches(wrong, titles, 1, 0.5)
    return f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(titles[:10])}"


def split_targets(target: Path, populations: Sequence[Population]) -> list[Path]:
    """The path of each population: its name in the place of ``{population}``, as file names allow it, blanks as ``_``."""
    names = safe_names([" - ".join(one.name).replace(" ", "_") for one in populations])
    return [Path(str(target).replace(PLACE, name)) for name in names]


def set_targets(target: Path, sets: Sequence[ImageSet], called: str) -> list[Path]:
    """The path of each image set: its name in the place of ``{image_set}``, as file names allow it; ``called`` where it has none."""
    names = safe_names([s.name or called for s in sets])
    return [Path(str(target).replace(IMAGE_SET, name)) for name in names]


def members_only(study: Study, population: Population) -> Study:
    """The study with only the objects that are in a population; label images keep only their pixels."""
    return study.map(lambda s: _members(s, population))


def _members(s: ImageSet, population: Population) -> ImageSet:
    frame = s.membership.frame
    rows = np.sort(frame["object"].filter(frame["population"] == population.id).to_numpy()).astype(np.int64)
    facts = s.objects.frame[rows]
    labels = tuple(_labels_of(image, facts.filter(layer=image.name)["label"].drop_nulls().to_numpy()) for image in s.labels)
    return replace(take_objects(s, rows), labels=labels)


def _labels_of(image: LabelImage, kept: np.ndarray[Any, Any]) -> LabelImage:
    return replace(image, pixels=OnlyLabels(image.pixels, tuple(np.sort(kept).tolist())))


@dataclass(frozen=True)
class OnlyLabels:
    """Label pixels of which all others are background."""

    pixels: Pixels
    kept: tuple[int, ...]
    """Ascending."""

    @property
    def shape(self) -> tuple[int, ...]:
        return self.pixels.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.pixels.dtype

    def read(self, region: Region) -> np.ndarray[Any, Any]:
        part = self.pixels.read(region)
        part[~np.isin(part, np.array(self.kept, part.dtype))] = 0
        return part


def each(study: Study, populations: Sequence[Population]) -> Iterator[tuple[Population, Study]]:
    """Every population with what belongs to it."""
    for one in populations:
        yield one, members_only(study, one)

"""Which objects an edit is about: from words to rows."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from segue.errors import UsageError
from segue.model.objects import Objects
from segue.model.populations import Population
from segue.model.rings import Ints
from segue.model.study import ImageSet, Study
from segue.workflow.edits.records import Selecting

LEVELS = " / "
"""What separates the levels of a population's name, as ``segue inspect`` shows them."""
WAYS = "an id, id:ID, label:5, label:5-9, name:NAME, name~=PATTERN (with * and ?), @POPULATION, or all"


@dataclass(frozen=True)
class Selected:
    """Objects of one image set."""

    nth: int
    """Its place in the study."""
    rows: Ints
    """In the order in which they were named; each once."""


def select(study: Study, objects: dict[int, Objects], which: Selecting) -> list[Selected]:
    """The objects that an edit names, image set by image set; those without any are left out.

    Parameters
    ----------
    study
        Where to look.
    objects
        The objects of each image set to look at, by its place (label images may have objects that no table lists).
    which
        What to look for.

    Raises
    ------
    UsageError
        Nothing is named, or something that is not there.
    """
    if not which.objects:
        raise UsageError(f"say which objects: {WAYS}")
    found: dict[int, list[Ints]] = {nth: [] for nth in objects}
    for word in which.objects:
        hits = {nth: _rows(word, objects[nth].frame, study.image_sets[nth], study, which.layer) for nth in objects}
        if not any(len(rows) for rows in hits.values()):
            raise UsageError(f"no object is {word!r}{_where(which)}; {_examples(objects, study)}", selection=word)
        for nth, rows in hits.items():
            found[nth].append(rows)
    return [Selected(nth, _unique(np.concatenate(rows))) for nth, rows in found.items() if sum(map(len, rows))]


def image_sets(study: Study, which: Selecting) -> list[int]:
    """Places of the image sets that an edit is about.

    Raises
    ------
    UsageError
        There is no such image set.
    """
    wanted = which.image_set
    if wanted is None:
        return list(range(len(study.image_sets)))
    named = [nth for nth, s in enumerate(study.image_sets) if s.name == wanted]
    if not named and wanted.isdecimal() and 1 <= int(wanted) <= len(study.image_sets):
        named = [int(wanted) - 1]
    if not named:
        names = ", ".join(repr(s.name) for s in study.image_sets[:8])
        raise UsageError(f"no image set is called {wanted!r}; there are {names}", selection=wanted)
    return named


def population_of(study: Study, text: str) -> Population | None:
    """The population with this id, else with this name.

    Raises
    ------
    UsageError
        Several have this name.
    """
    for found in ([one for one in study.populations if one.id == text], [one for one in study.populations if LEVELS.join(one.name) == text]):
        if len(found) > 1:
            raise UsageError(f"{len(found)} populations are called {text!r}; name one by its id: {', '.join(repr(one.id) for one in found)}", selection=text)
        if found:
            return found[0]
    return None


def _rows(word: str, frame: pl.DataFrame, s: ImageSet, study: Study, layer: str | None) -> Ints:
    matches = _matches(word, frame, s, study)
    if layer is not None:
        matches &= frame["layer"].eq_missing(layer).to_numpy()
    return np.flatnonzero(matches).astype(np.int64)


def _matches(word: str, frame: pl.DataFrame, s: ImageSet, study: Study) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    if word == "all":
        return np.ones(frame.height, bool)
    if word.startswith("@"):
        population = population_of(study, word[1:])
        if population is None:
            return np.zeros(frame.height, bool)
        member = np.zeros(frame.height, bool)
        member[s.membership.frame.filter(pl.col("population") == population.id)["object"].to_numpy()] = True
        return member
    found = _column(word, frame)
    return found.fill_null(value=False).to_numpy()


def _column(word: str, frame: pl.DataFrame) -> pl.Series:
    if word.startswith("label:"):
        numbers = re.fullmatch(r"(\d{1,20})(?:-(\d{1,20}))?", word.removeprefix("label:"))
        if not numbers:
            raise UsageError(f"{word!r} is no label: write label:5 or label:5-9", selection=word)
        low = int(numbers[1])
        return frame["label"].is_between(min(low, 2**64 - 1), min(int(numbers[2] or low), 2**64 - 1))
    if word.startswith("name~="):
        pattern = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in word.removeprefix("name~="))
        return frame["name"].map_elements(lambda name: re.fullmatch(pattern, name, re.DOTALL) is not None, pl.Boolean)
    if word.startswith("name:"):
        return frame["name"] == word.removeprefix("name:")
    return frame["id"] == word.removeprefix("id:")


def _unique(rows: Ints) -> Ints:
    _, first = np.unique(rows, return_index=True)
    return rows[np.sort(first)]


def _where(which: Selecting) -> str:
    return f" in layer {which.layer!r}" if which.layer is not None else ""


def _examples(objects: dict[int, Objects], study: Study) -> str:
    count = sum(map(len, objects.values()))
    some = ", ".join(repr(name) for one in objects.values() for name in one.frame["id"].head(3)[: 3 if len(objects) < 2 else 1])
    if count:
        return f"there are {count:,}, with ids such as {some}. Objects are named by {WAYS}"
    if any(study.image_sets[nth].images for nth in objects):
        return "there are no objects, only images; if one of these is a label image, convert it with --set role=labels first"
    return "there are no objects"

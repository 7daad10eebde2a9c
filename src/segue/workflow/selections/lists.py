"""Populations that are lists: labels or ids that a user writes, a file of them, or a file of gated events."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from segue.errors import Malformed, UsageError
from segue.model.populations import Membership
from segue.model.rings import Ints
from segue.model.rules import ListRule
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source, split_suffix
from segue.workflow.gates import with_populations
from segue.workflow.selecting.evaluate import stored
from segue.workflow.selections.choice import Choice
from segue.workflow.selections.definitions import New, levels

_PLAIN = re.compile(r"[\s,;]*\d{1,20}(?:-\d{1,20})?(?:[\s,;]+\d{1,20}(?:-\d{1,20})?)*[\s,;]*")
"""Labels and ranges of labels, and nothing else."""
LONGEST = 64 << 20


def lists_of(study: Study, choice: Choice, chosen: Sequence[int], names: Sequence[str] = ()) -> tuple[list[New], Notes]:
    """The population of a list.

    Parameters
    ----------
    study
        In which every segment of the chosen image sets is an object.
    choice
        With ``ids`` or ``ids_file``.
    chosen
        Places of image sets.
    names
        What the only image set is also called.

    Raises
    ------
    UsageError
        Nothing of it is there, or it does not say which image set it is about.
    SourceError
        The file cannot be read, or is about other images.
    """
    if choice.ids is not None:
        return _of_text(study, choice.ids, choice, chosen, choice.name or f"Segments {choice.ids}")
    path = choice.ids_file
    assert path is not None
    plain = _plain(path)
    if plain is not None:
        return _of_text(study, plain, choice, chosen, choice.name or split_suffix(path.name)[0])
    return _of_file(study, path, choice, chosen, names)


def _plain(path: Path) -> str | None:
    """The text of a file that is a bare list of labels; None if it is something else."""
    if path.suffix.lower() not in (".txt", ".csv", ".ids", ""):
        return None
    data = Source(path).read_bytes(limit=LONGEST)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    several = any("," in line or ";" in line for line in text.splitlines()) and len(text.strip().splitlines()) > 1
    return None if several and path.suffix.lower() == ".csv" else text if _PLAIN.fullmatch(text) else None


def _of_text(study: Study, text: str, choice: Choice, chosen: Sequence[int], name: str) -> tuple[list[New], Notes]:
    if len(chosen) != 1:
        raise UsageError(f"labels name segments of one image, and there are {len(chosen)} image sets; choose one with --image-set")
    words = [word for word in re.split(r"[\s,;]+", text) if word]
    s = study.image_sets[chosen[0]]
    frame = s.objects.frame.with_row_index("row")
    frame = frame if choice.layer is None else frame.filter(pl.col("layer").eq_missing(pl.lit(choice.layer)))
    found = [_rows(word, frame) for word in words]
    missing = [word for word, rows in zip(words, found, strict=True) if not len(rows)]
    if len(missing) == len(words):
        raise UsageError(f"no segment is {', '.join(words[:3])}; labels are written as 1,2,5-9", ids=text)
    notes = [Note(Kind.SKIPPED, f"{{count label}} without a segment: {', '.join(missing[:5])}{', ...' if len(missing) > 5 else ''}", count=len(missing))]
    rows = np.concatenate([np.zeros(0, np.int64), *found])
    rows = rows[np.sort(np.unique(rows, return_index=True)[1])]
    return [New(levels(name), ListRule(), choice.colour, members={chosen[0]: rows})], Notes(tuple(notes[: len(missing)]))


def _rows(word: str, frame: pl.DataFrame) -> Ints:
    """The objects that a label, a range of labels or an id names."""
    numbers = re.fullmatch(r"(\d{1,20})(?:-(\d{1,20}))?", word)
    named = frame.filter(pl.col("id") == pl.lit(word))
    if numbers:
        low, high = min(int(numbers[1]), 2**64 - 1), min(int(numbers[2] or numbers[1]), 2**64 - 1)
        labelled = frame.filter(pl.col("label").is_between(pl.lit(low, pl.UInt64), pl.lit(high, pl.UInt64)))
        named = labelled if labelled.height else named
    return named["row"].to_numpy().astype(np.int64)


def _of_file(study: Study, path: Path, choice: Choice, chosen: Sequence[int], names: Sequence[str]) -> tuple[list[New], Notes]:
    """The populations of a file: its own, or one of its rows."""
    sets = tuple(replace(study.image_sets[nth], membership=Membership.empty()) for nth in chosen)
    bare = replace(study, image_sets=sets, populations=())
    options = {} if choice.name is None else {"population": choice.name}
    found, notes = with_populations(bare, [path], options, names)
    if not found.populations:
        raise Malformed(f"{path} names no population of these images", path=path)
    several = len(found.populations) > 1
    if several and choice.name is not None:
        raise UsageError(f"{path.name} holds {len(found.populations)} populations with names of their own; leave --name out")
    new = []
    for one in found.populations:
        members = {nth: stored(s, one.id) for nth, s in zip(chosen, found.image_sets, strict=True)}
        colour = choice.colour if choice.colour is not None else one.colour
        name = levels(choice.name) if choice.name is not None else one.name
        new.append(New(name, ListRule(), colour, one.kind, one.visible, {nth: rows for nth, rows in members.items() if len(rows)}, one.id))
    return new, Notes(tuple(note for note in notes if note.kind is not Kind.DONE))

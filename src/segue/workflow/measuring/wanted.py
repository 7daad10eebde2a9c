"""Columns that a gate asks for and that no table has: they are measured, if the image is there and their names say how."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from segue.model.rules import GateRule, Range, Rule
from segue.model.study import ImageSet
from segue.notes import Kind, Note, Notes
from segue.workflow.measuring.channels import channels_of
from segue.workflow.measuring.choice import Choice
from segue.workflow.measuring.headings import known_headings, percentile
from segue.workflow.measuring.layers import Frame, dimensions, of_labels
from segue.workflow.measuring.study import check_sizes
from segue.workflow.measuring.values import with_values
from segue.workflow.selecting.columns import tables_of

if TYPE_CHECKING:
    from segue.tasks.workers import Workers


def columns_of(rules: Iterable[Rule]) -> tuple[str, ...]:
    """The columns that gates are about, each once."""
    terms = [term for rule in rules if isinstance(rule, GateRule) for term in rule.terms]
    return tuple(dict.fromkeys(name for term in terms for name in ((term.column,) if isinstance(term, Range) else (term.x, term.y))))


def with_wanted(s: ImageSet, names: Collection[str], workers: Workers | None = None, where: str = "") -> tuple[ImageSet, Notes]:
    """The image set with those columns that it has not, as far as they can be measured: in its table of measurements.

    Parameters
    ----------
    s
        The image set.
    names
        Columns, such as ``CD3 mean``, ``area``, or ``cd3 Mean`` as Mantis calls it.
    workers
        Who measures; None = threads.
    where
        What sentences call it.

    Raises
    ------
    Incompatible
        Image and labels are of different sizes.
    """
    missing = [name for name in names if not tables_of(s, name)]
    if not missing or not s.labels:
        return s, Notes()
    channels = channels_of(s, where=where) if s.images else ()
    titles = [one.name for one in channels]
    layers, made = [], set()
    for image in s.labels:
        known = known_headings(titles, dimensions(image))
        asked = [one for name in missing if (one := known.get(name) or percentile(name, titles)) is not None]
        if not asked:
            continue
        if any(one.channel is not None for one in asked):
            for picture in s.images:
                check_sizes(image, picture, where)
        used = channels if any(one.channel is not None for one in asked) else ()
        layers.append(of_labels(s, image, Frame(used, Choice(()), physical=False, workers=workers, where=where), asked))
        made |= {one.name for one in asked}
    if not layers:
        return s, Notes()
    return with_values(s, layers)[0], Notes.of(
        Note(Kind.DONE, f"{{count column}} measured, because a gate asks for it: {', '.join(sorted(made))}", count=len(made))
    )

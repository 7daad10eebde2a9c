"""Populations of a table that is joined: one that only says again who is in one of the study is that one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import polars as pl

from segue.model.populations import Membership, Population
from segue.model.study import ImageSet, Study


def without_repeated(study: Study, known: Collection[str]) -> Study:
    """The study without populations that came and have the name of one that was there, and no member that it has not.

    Parameters
    ----------
    study
        With the populations of a table.
    known
        Ids of those that were there.
    """
    there: dict[str, list[str]] = {}
    for one in study.populations:
        if one.id in known:
            there.setdefault(_shown(one), []).append(one.id)
    came = [one for one in study.populations if one.id not in known and _shown(one) in there]
    pairs = _pairs(study) if came else pl.DataFrame()
    gone = {one.id for one in came if any(_is_inside(one.id, other, pairs) for other in there[_shown(one)])}
    if not gone:
        return study
    populations = tuple(one for one in study.populations if one.id not in gone)
    return replace(study, populations=populations, image_sets=tuple(_without(s, gone) for s in study.image_sets))


def _shown(one: Population) -> str:
    """Its name in one text, as tables write nested ones."""
    return " / ".join(one.name)


def _pairs(study: Study) -> pl.DataFrame:
    return pl.concat([s.membership.frame.select("population", "object", s=pl.lit(nth)) for nth, s in enumerate(study.image_sets)])


def _is_inside(one: str, other: str, pairs: pl.DataFrame) -> bool:
    """Whether all members of one population are members of the other."""
    mine, theirs = (pairs.filter(pl.col("population") == pl.lit(own)).drop("population") for own in (one, other))
    return mine.join(theirs, on=["object", "s"], how="anti").is_empty()


def _without(s: ImageSet, gone: Collection[str]) -> ImageSet:
    frame = s.membership.frame.filter(~pl.col("population").is_in(list(gone)))
    if frame.height == len(s.membership):
        return s
    counted = frame.with_columns(nth_of_object=pl.col("nth_of_object").rank("ordinal").over("object").cast(pl.Int32) - 1)
    return replace(s, membership=Membership(counted))

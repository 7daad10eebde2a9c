"""Lists of members and the segmentation that they were made on: what is stale leaves its population, is kept beside, and comes back with its labels."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl

from segue.model.features import Feature
from segue.model.image import LabelImage
from segue.model.populations import Membership, Population
from segue.model.study import EXTRAS, ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.workflow.selecting.evaluate import runs_here, with_members
from segue.workflow.selecting.order import called

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT, ENTITY, KEY = "segue", "population", "stale"
"""Where stale members are kept: extras of this format and entity, with the id of the population and a payload {"stale": {"labels", "members"}}."""
DIGITS = 8
"""Of a fingerprint that sentences show."""


@dataclass(frozen=True)
class Stale:
    """Members that were listed on labels which are no longer those of the image set."""

    population: str
    """Its id."""
    labels: str | None
    """Fingerprint of the labels that they were listed on; None = not known."""
    members: tuple[str, ...]
    """Ids of the objects, as they were."""

    def payload(self) -> str:
        """As it is kept."""
        return json.dumps({KEY: {"labels": self.labels, "members": list(self.members)}}, ensure_ascii=False)


@dataclass(frozen=True)
class ListNow:
    """What became of a list."""

    population: Population
    outcome: Literal["kept", "stale", "back"]
    before: int
    after: int
    why: str = ""


def stale_in(s: ImageSet) -> list[Stale]:
    """The stale lists that an image set keeps."""
    rows = s.extras.filter((pl.col("format") == FORMAT) & (pl.col("entity") == ENTITY))
    return [one for name, payload in rows.select("id", "payload").rows() if (one := _stale(name, payload)) is not None]


def _stale(name: str | None, payload: str | None) -> Stale | None:
    try:
        found: Any = json.loads(payload or "")[KEY]
        return Stale(str(name), found["labels"], tuple(map(str, found["members"])))
    except (ValueError, KeyError, TypeError):
        return None


def stale_lists(
    study: Study,
    s: ImageSet,
    old: ImageSet,
    prints: Mapping[str, str],
    changed: LabelImage | None,
    where: str,
    cannot: Mapping[str, str] | None = None,
) -> tuple[ImageSet, list[ListNow], Notes]:
    """Take members out that were listed on other labels, and put those back whose labels are there again.

    Parameters
    ----------
    study
        With the definitions of the populations.
    s
        The image set with the labels that it has now, and an object per segment.
    old
        As it was: with the objects that are members.
    prints
        Layer -> fingerprint of its label image now.
    changed
        The label image that is new; None = none.
    where
        What notes call the image set.
    cannot
        Populations whose rule cannot be run on these labels, with the reason: they are treated as lists.

    Returns
    -------
    The image set, what became of each list, and notes: CHANGED for what is stale.
    """
    facts, reasons = _facts(old, prints, changed), cannot or {}
    lists, notes = [], []
    kept_aside = {(one.population, one.labels): one for one in stale_in(s)}
    members: dict[str, np.ndarray[Any, Any]] = {}
    for one in study.populations:
        runs = runs_here(s, one) and one.id not in reasons
        mine = facts.filter(pl.col("population") == pl.lit(one.id)) if not runs else facts.clear()
        gone = mine.filter("stale")
        back = [] if runs else [key for key in kept_aside if key[0] == one.id and key[1] is not None and key[1] in prints.values()]
        if not mine.height and not back:
            continue
        known = set(s.objects.frame["id"]) if back else set()
        back = [key for key in back if known.issuperset(kept_aside[key].members)]
        ids = [*mine.filter(~pl.col("stale"))["id"], *(name for key in back for name in kept_aside.pop(key).members)]
        for (labels,), some in gone.group_by("labels", maintain_order=True):
            earlier = kept_aside.get((one.id, labels), Stale(one.id, labels, ()))
            kept_aside[one.id, labels] = replace(earlier, members=tuple(dict.fromkeys((*earlier.members, *some["id"]))))
        members[one.id] = _rows(s, ids)
        why = reasons.get(one.id) or _why(gone, s) if gone.height else ""
        lists.append(ListNow(one, "stale" if gone.height else "back" if back else "kept", mine.height, len(members[one.id]), why))
        notes += _said(lists[-1], gone.height, bool(back), where)
    extras = s.extras.filter((pl.col("format").ne_missing(FORMAT)) | (pl.col("entity").ne_missing(ENTITY)) | _unread(s))
    kept = [(FORMAT, ENTITY, one.population, one.payload()) for one in kept_aside.values()]
    found = with_members(replace(s, extras=pl.concat([extras, pl.DataFrame(kept, schema=EXTRAS, orient="row")])), members, dict(prints))
    return _with_prints(found, facts), lists, Notes(tuple(notes))


def _unread(s: ImageSet) -> pl.Series:
    """Rows of the extras that are none of ours, though they look like it."""
    return pl.Series([_stale(name, payload) is None for name, payload in s.extras.select("id", "payload").rows()], dtype=pl.Boolean)


def _facts(old: ImageSet, prints: Mapping[str, str], changed: LabelImage | None) -> pl.DataFrame:
    """Every membership: population, id of the object, the labels it was made on, and whether it is stale now.

    It is where its object is of a label image, and made on other labels; or, where that is not known, on whatever was there before a change.
    """
    known = pl.DataFrame({"layer": list(prints), "now": list(prints.values())}, schema={"layer": pl.Utf8, "now": pl.Utf8})
    objects = old.objects.frame.select("id", "layer", segment=pl.col("label").is_not_null())
    frame = old.membership.frame.sort("population", "nth_in_population")
    frame = pl.concat([frame, objects[frame["object"]]], how="horizontal").join(known, on="layer", how="left", maintain_order="left")
    moved = pl.col("labels").is_null() & (pl.col("layer") == pl.lit("" if changed is None else changed.name)) & pl.lit(value=changed is not None)
    other = (pl.col("labels") != pl.col("now")).fill_null(moved)
    return frame.with_columns(stale=pl.col("segment") & other & pl.col("now").is_not_null()).select("population", "id", "labels", "layer", "now", "stale")


def _rows(s: ImageSet, ids: list[str]) -> np.ndarray[Any, Any]:
    """Rows of the objects that are there, each once, in the order in which they were named."""
    numbered = s.objects.frame.select("id", row=pl.int_range(pl.len(), dtype=pl.Int64))
    found = pl.DataFrame({"id": ids}, schema={"id": pl.Utf8}).unique(maintain_order=True).join(numbered, on="id", how="inner", maintain_order="left")
    return found["row"].to_numpy()


def _with_prints(s: ImageSet, facts: pl.DataFrame) -> ImageSet:
    """Members that stayed keep the fingerprint that they had: none where it is not known."""
    ids = s.objects.frame["id"].gather(s.membership.frame["object"])
    had = facts.filter(~pl.col("stale")).select("population", "id", had="labels", there=pl.lit(value=True)).unique(["population", "id"], keep="first")
    both = s.membership.frame.with_columns(id=ids).join(had, on=["population", "id"], how="left", maintain_order="left")
    labels = both.select(pl.when(pl.col("there")).then("had").otherwise("labels").alias("labels"))["labels"]
    return replace(s, membership=Membership(s.membership.frame.with_columns(labels)))


def _why(gone: pl.DataFrame, s: ImageSet) -> str:
    """How it was noticed, and what would have been wrong."""
    labels, now = gone["labels"][0], gone["now"][0]
    if labels is None:
        how = "nothing says on which labels it was made, and those that were there when it was have been replaced"
    else:
        how = f"the fingerprint of the labels that it was made on is {labels[:DIGITS]}, that of these is {now[:DIGITS]}"
    same = gone.filter(pl.col("id").is_in(s.objects.frame["id"].implode()))["id"].to_list()
    if not same:
        return how
    names = ", ".join(same[:3]) + (", ..." if len(same) > 3 else "")
    return f"{how}; {len(same):,} of its ids exist here, too ({names}), but may be other cells"


def _said(one: ListNow, gone: int, back: bool, where: str) -> list[Note]:  # noqa: FBT001
    notes = []
    if gone:
        what = f"{called(one.population)} is stale: {{count member}} of this list left it ({one.why}); they are kept aside, until these labels are back"
        notes.append(Note(Kind.CHANGED, what, Feature.MEMBERSHIP, where, gone))
    if back:
        notes.append(
            Note(Kind.DONE, f"{called(one.population)} is no longer stale: its {{count member}} were listed on these labels", where=where, count=one.after)
        )
    return notes

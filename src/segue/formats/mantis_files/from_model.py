"""From the model to rows of one image set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from segue.codecs.json_text import loads
from segue.errors import Malformed
from segue.formats.mantis_files.colours import from_mantis, to_mantis, understood
from segue.formats.mantis_files.rows import Row
from segue.formats.mantis_files.terms import JOINT, KNOWN, OWN
from segue.model.populations import Population
from segue.model.study import ImageSet


def payloads(extras: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """Id of a population -> the members of its row that an image set keeps for Mantis; damaged ones are left out."""
    rows = extras.filter((pl.col("format") == OWN) & (pl.col("entity") == "population") & pl.col("id").is_not_null())
    found: dict[str, dict[str, Any]] = {}
    for name, text in zip(rows["id"], rows["payload"], strict=True):
        try:
            value = loads((text or "null").encode())
        except Malformed:
            continue
        if isinstance(value, dict):
            found.setdefault(name, {}).update(value)
    return found


def aliases(s: ImageSet) -> dict[str, str]:
    """Id of a population -> the id by which Mantis knows it in this image set."""
    rows = s.aliases.filter((pl.col("format") == OWN) & (pl.col("entity") == "population")).drop_nulls(["id", "alias"])
    return dict(zip(rows["id"], rows["alias"], strict=True))


def as_in(population: Population, alias: Mapping[str, str], payload: Mapping[str, Mapping[str, Any]]) -> Population:
    """The population as Mantis has it in one image set: its id there, its place, colour and visibility there."""
    own = payload.get(population.id, {})
    changes: dict[str, Any] = {"id": alias.get(population.id, population.id)}
    order, visible, colour = own.get("renderOrder"), own.get("visible"), understood(own.get("color"))
    if isinstance(order, int) and not isinstance(order, bool) and abs(order) < 2**63:
        changes["order"] = order
    if isinstance(visible, bool):
        changes["visible"] = visible
    if colour is not None:
        changes["colour"] = from_mantis(colour)
    return replace(population, **changes)


def called(population: Population) -> str:
    """Its name in one text."""
    return population.name[0] if len(population.name) == 1 else JOINT.join(population.name)


def rows_of(s: ImageSet, populations: Sequence[Population], payload: Mapping[str, Mapping[str, Any]]) -> list[Row]:
    """A row per population of one image set, without regions and without what segue writes beside it.

    Members are the labels of objects in their order; objects without a label have no number in Mantis and are left out.

    Parameters
    ----------
    s
        The image set.
    populations
        Those that it is to have, as they are in it (`as_in`); the ids of the membership.
    payload
        Further members of their rows (`payloads`); those with a meaning in the model are passed over.
    """
    frame = s.membership.frame.select("population", "nth_in_population", label=s.objects.frame["label"].gather(s.membership.frame["object"]))
    members = frame.drop_nulls("label").sort("population", "nth_in_population", maintain_order=True)
    found = {str(key[0]): part["label"].to_numpy() for key, part in members.group_by("population", maintain_order=True)}
    return [_row(one, found.get(one.id), nth, payload.get(one.id, {})) for nth, one in enumerate(populations)]


def _row(one: Population, members: np.ndarray[Any, Any] | None, nth: int, payload: Mapping[str, Any]) -> Row:
    return Row(
        id=one.id,
        name=called(one),
        order=nth + 1 if one.order is None else one.order,
        colour=to_mantis(one.colour),
        visible=one.visible,
        members=np.empty(0, np.uint64) if members is None else members,
        other={key: value for key, value in sorted(payload.items()) if key not in KNOWN},
    )

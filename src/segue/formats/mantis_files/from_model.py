"""From the model to rows of one image set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.codecs.json_text import loads
from segue.errors import Malformed
from segue.formats.mantis_files.colours import from_mantis, to_mantis, understood
from segue.formats.mantis_files.rows import Row
from segue.formats.mantis_files.terms import JOINT, KNOWN, OWN
from segue.model.populations import Population
from segue.model.rings import Ints
from segue.model.study import ImageSet


def payloads(extras: pl.DataFrame, owner: str = OWN) -> dict[str, dict[str, Any]]:
    """Id of a population -> the members of its row that an image set keeps for Mantis (or for another ``owner``); damaged ones are left out."""
    rows = extras.filter((pl.col("format") == owner) & (pl.col("entity") == "population") & pl.col("id").is_not_null())
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


def listed(s: ImageSet, populations: Sequence[str]) -> list[Ints]:
    """The rows of the objects in each population (by its id), in the order of its members. Memory: 24 bytes per membership."""
    frame = s.membership.frame
    places = {name: nth for nth, name in enumerate(populations)}
    if not frame.height or not places:
        return [np.empty(0, np.int64) for _ in populations]
    code = frame["population"].replace_strict(places, default=-1, return_dtype=pl.Int32).to_numpy()
    nth, rows = frame["nth_in_population"].to_numpy(), frame["object"].to_numpy().astype(np.int64)
    if not ((code[1:] > code[:-1]) | ((code[1:] == code[:-1]) & (nth[1:] > nth[:-1]))).all():
        order = np.lexsort((nth, code))
        code, rows = code[order], rows[order]
    bounds = np.searchsorted(code, np.arange(len(populations) + 1))
    return [rows[begin:end] for begin, end in pairwise(bounds.tolist())]


def row_of(one: Population, nth: int, members: npt.NDArray[np.uint64], payload: Mapping[str, Any]) -> Row:
    """The row of a population, without its region and without what segue writes beside it.

    Parameters
    ----------
    one
        The population, as it is in the image set (`as_in`).
    nth
        Its place among those of the image set, from 0.
    members
        Labels, each once.
    payload
        Further members of its row (`payloads`); those with a meaning in the model are passed over.
    """
    return Row(
        id=one.id,
        name=called(one),
        order=nth + 1 if one.order is None else one.order,
        colour=to_mantis(one.colour),
        visible=one.visible,
        members=members,
        other={key: value for key, value in sorted(payload.items()) if key not in KNOWN},
    )

"""Tags are populations: the texts of one, the ids of the other, and which object has which, in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import polars as pl

from segue.codecs.json_columns import quoted
from segue.codecs.nimbus_plain import json_of
from segue.formats.nimbus_files.terms import JOIN, TAG
from segue.model.objects import unique_texts
from segue.model.populations import Membership, Population, codes


def tag_texts(populations: Sequence[Population]) -> dict[str, str]:
    """Population id -> the text that it is as a tag: its name, joined where it is nested, made unique."""
    texts = [JOIN.join(one.name) or one.id or TAG for one in populations]
    unique = unique_texts(pl.Series(texts, dtype=pl.Utf8))
    return {one.id: text for one, text in zip(populations, unique, strict=True)}


def tag_lists(membership: Membership, texts: dict[str, str], count: int) -> pl.Series:
    """(objects,) The tags of each object as the JSON text of a list."""
    words = dict(zip(texts, quoted(pl.Series(list(texts.values()), dtype=pl.Utf8)), strict=True))
    tags = joined_tags(membership, words, count, ",")
    return tags.to_frame("tags").select(pl.concat_str(pl.lit("["), pl.col("tags").fill_null(""), pl.lit("]")).alias("tags"))["tags"]


def joined_tags(membership: Membership, texts: dict[str, str], count: int, between: str) -> pl.Series:
    """(objects,) The texts of the populations of each object, in order, in one text; null where it has none."""
    pairs = membership.frame
    ids = list(dict.fromkeys([*texts, *pairs["population"].unique()]))
    words = pl.Series([texts.get(one) for one in ids], dtype=pl.Utf8)
    own, rows = codes(pairs["population"], ids).to_numpy(), pairs["object"].to_numpy()
    alone = np.bincount(rows, minlength=count)[rows] == 1
    only = np.full(count, len(ids))
    only[rows[alone]] = own[alone]
    found = words.extend_constant(None, 1).gather(only)
    if alone.all():
        return found
    several = pairs.select("object", "nth_of_object").with_columns(words.gather(own).alias("text")).filter(~alone).sort("object", "nth_of_object")
    joined = several.group_by("object", maintain_order=True).agg(pl.col("text").str.join(between))
    return found.scatter(joined["object"], joined["text"])


def read_tags(texts: pl.Series, *, once: bool = True) -> tuple[pl.Series, list[list[str]], int]:
    """Codes of equal lists of tags, the lists (each tag ``once``), and how many values were no such list (a text counts as a list of one)."""
    distinct = texts.fill_null("null").unique(maintain_order=True)
    lists, odd = [], 0
    table = pl.DataFrame({"text": distinct, "code": pl.int_range(len(distinct), dtype=pl.Int32, eager=True)})
    counts = dict(zip(*texts.fill_null("null").value_counts(name="n").get_columns(), strict=True)) if len(texts) else {}
    for text in distinct:
        value = msgspec.json.decode(text)
        tags = _tags(value, once=once)
        odd += counts[text] if tags != value and value is not None else 0
        lists.append(tags)
    found = texts.fill_null("null").to_frame("text").join(table, on="text", how="left", maintain_order="left")["code"]
    return found, lists, odd


def _tags(value: Any, *, once: bool) -> list[str]:
    values = value if isinstance(value, list) else [] if value is None else [value]
    found = [one if isinstance(one, str) else json_of(one) for one in values if one is not None]
    return list(dict.fromkeys(found)) if once else found


def as_populations(lists: Sequence[list[str]], known: Sequence[tuple[str, Population]]) -> tuple[tuple[Population, ...], dict[str, str]]:
    """All populations, those that are known first, and tag -> population id.

    Parameters
    ----------
    lists
        Lists of tags in the order of their appearance.
    known
        (tag, population) that the file describes.
    """
    found = [one for _, one in known]
    ids = {tag: one.id for tag, one in known}
    taken = {one.id for one in found}
    for tag in dict.fromkeys(tag for tags in lists for tag in tags):
        if tag not in ids:
            own = _free(tag, taken)
            taken.add(own)
            ids[tag] = own
            found.append(Population(own, (tag,), TAG))
    return tuple(found), ids


def _free(text: str, taken: set[str]) -> str:
    own, nth = text, 2
    while own in taken:
        own, nth = f"{text}-{nth}", nth + 1
    return own


def members(objects: pl.Series, codes: pl.Series, lists: Sequence[list[str]], ids: dict[str, str]) -> Membership:
    """Which object is in which population.

    Parameters
    ----------
    objects
        Rows of the objects, ascending.
    codes
        The number of the list of tags of each.
    lists
        The lists.
    ids
        Tag -> population id.
    """
    pairs = pl.DataFrame(
        {"code": [nth for nth, tags in enumerate(lists) for _ in tags], "population": [ids[tag] for tags in lists for tag in tags]},
        schema={"code": pl.Int32, "population": pl.Utf8},
    )
    grouped = pairs.group_by("code", maintain_order=True).agg("population")
    frame = pl.DataFrame({"object": objects, "code": codes}).join(grouped, on="code", how="inner", maintain_order="left").explode("population")
    return Membership.of(frame.select("population", pl.col("object").cast(pl.Int32)))

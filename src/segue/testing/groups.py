"""Populations, memberships, properties, display settings and foreign details to draw."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import strategies as st

from segue.formats.format import Limit
from segue.model.display import LEGEND_PARTS, ChannelDisplay, Display
from segue.model.features import Feature as F
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.rules import GateRule, ListRule, PolygonTerm, Range, RegionRule, Rule, SetsRule
from segue.model.study import ALIASES, EXTRAS, Property
from segue.testing.allowed import Allowed
from segue.testing.scalars import HOSTILE, colours, integers, numbers, texts
from segue.testing.values import JSON

KINDS = ("population", "class", "group", "tag", "gate")
_free = Limit()


def populations(draw: st.DrawFn, allowed: Allowed) -> tuple[Population, ...]:
    """Up to three populations."""
    if F.POPULATIONS not in allowed:
        return ()
    ids = draw(st.lists(texts(_free), max_size=3, unique=True))
    return tuple(_population(draw, allowed, one, ids) for one in ids)


def _population(draw: st.DrawFn, allowed: Allowed, own: str, ids: list[str]) -> Population:
    limit, settings = allowed.limit(F.POPULATIONS), allowed.limit(F.POPULATION_SETTINGS)
    name = draw(st.lists(texts(Limit(text=limit.text)), min_size=1, max_size=allowed.at_most(F.POPULATIONS, 3)))
    free = F.POPULATION_SETTINGS in allowed and not settings.choices
    number = st.none() | st.integers(0, 255)
    return Population(
        id=own,
        name=tuple(name),
        kind=draw(st.sampled_from(settings.choices or KINDS)) if F.POPULATION_SETTINGS in allowed else "population",
        colour=draw(st.none() | colours(allowed.limit(F.POPULATION_COLOUR).choices)) if F.POPULATION_COLOUR in allowed else None,
        visible=draw(st.booleans()) if free else True,
        order=draw(number) if free else None,
        number=draw(number) if free else None,
        exclusive=draw(st.booleans()) if free else False,
        rule=draw(rules(ids)) if F.RULES in allowed else ListRule(),
    )


def rules(ids: list[str]) -> st.SearchStrategy[Rule]:
    """A rule of any kind; populations are referred to by one of ``ids``."""
    number, scale, column = numbers(_free), st.sampled_from(("linear", "log10", "arcsinh")), texts(_free)
    vertices = st.lists(st.tuples(number, number), min_size=3, max_size=5).map(tuple)
    term = st.builds(Range, column, st.none() | number, st.none() | number) | st.builds(PolygonTerm, column, column, vertices, scale, scale, st.floats(0.1, 99))
    population = st.sampled_from(ids)
    return st.one_of(
        st.just(ListRule()),
        st.builds(RegionRule, st.lists(column, max_size=2).map(tuple), st.sampled_from(("centroid", "any", "majority", "mantis-1.0", "mantis-1.1"))),
        st.builds(GateRule, st.lists(term, max_size=2).map(tuple), st.none() | population),
        st.builds(SetsRule, st.sampled_from(("union", "intersection", "difference")), st.lists(population, max_size=2).map(tuple)),
    )


def membership(draw: st.DrawFn, allowed: Allowed, objects: Objects, known: tuple[Population, ...]) -> Membership:
    """Some objects in some populations, in any order."""
    if F.MEMBERSHIP not in allowed or not known or not len(objects):
        return Membership.empty()
    most = allowed.at_most(F.MEMBERSHIP, 3)
    pair = st.tuples(st.sampled_from([population.id for population in known]), st.integers(0, len(objects) - 1))
    pairs = draw(st.lists(pair, max_size=6, unique=True))
    pairs = [one for nth, one in enumerate(pairs) if sum(other[1] == one[1] for other in pairs[:nth]) < most]
    frame = pl.DataFrame(pairs, schema={"population": pl.Utf8, "object": pl.Int32}, orient="row")
    made_on = draw(st.none() | st.just("0" * 64)) if allowed.may(F.MEMBERSHIP, "labels") else None
    return Membership.of(frame.with_columns(labels=pl.lit(made_on, pl.Utf8)))


def properties(draw: st.DrawFn, allowed: Allowed) -> tuple[Property, ...]:
    if F.PROPERTIES not in allowed:
        return ()
    text = texts(allowed.limit(F.PROPERTIES))
    made = st.builds(Property, text, text, text, st.sampled_from(JSON))
    return tuple(draw(st.lists(made, max_size=2, unique_by=lambda one: one.id)))


def displays(draw: st.DrawFn, allowed: Allowed, *, most: int) -> tuple[Display, ...]:
    """Display settings with different names."""
    if F.DISPLAY not in allowed:
        return ()
    text, number = texts(allowed.limit(F.DISPLAY)), st.none() | numbers(_free)
    channel = st.builds(ChannelDisplay, text, colours(()), number, number, st.booleans())
    plane = st.tuples(st.sampled_from("tz"), integers(_free, low=0, high=9))
    share, length = st.floats(0, 1), st.none() | st.floats(0.5, 500)
    flags = {name: st.booleans() for name in ("label_outlines", "regions", "legend", "scale_bar", "population_outlines", "drawings", "label_text")}
    made = st.builds(
        Display,
        name=text,
        channels=st.lists(channel, max_size=2).map(tuple),
        plane=st.lists(plane, max_size=2, unique_by=lambda one: one[0]).map(tuple),
        **dict.fromkeys(("label_opacity", "outline_opacity", "population_opacity", "region_opacity"), share),
        **dict.fromkeys(("label_layers", "populations"), st.none() | st.lists(text, max_size=2).map(tuple)),
        **dict.fromkeys(("scale_bar_length", "text_size"), length),
        outline_colour=st.none() | colours(()),
        outline_width=st.floats(1, 9),
        legend_parts=st.lists(st.sampled_from(LEGEND_PARTS), unique=True).map(tuple),
        scale_bar_unit=st.none() | st.sampled_from(("um", "nm", "pixel")),
        **flags,
    )
    return tuple(draw(st.lists(made, max_size=most, unique_by=lambda one: one.name)))


def study_details(draw: st.DrawFn, allowed: Allowed) -> pl.DataFrame:
    """Rows of extras about the whole study."""
    row = st.tuples(st.sampled_from(("another-tool", "x")), st.sampled_from(("study", "population")), st.sampled_from(HOSTILE), st.sampled_from(JSON))
    rows = draw(st.lists(row, max_size=2)) if F.STUDY_EXTRAS in allowed else []
    return pl.DataFrame(rows, schema=EXTRAS, orient="row")


def foreign(draw: st.DrawFn, allowed: Allowed, objects: Objects) -> dict[str, Any]:
    """Rows of extras and aliases, some of them about objects."""
    if F.EXTRAS not in allowed:
        return {}
    ids = [*objects.frame["id"], "elsewhere"]
    row = st.tuples(st.sampled_from(("another-tool", "x")), st.sampled_from(("image set", "object", "population")), st.sampled_from(ids))
    extras = draw(st.lists(st.tuples(row, st.sampled_from(JSON)), max_size=2))
    aliases = draw(st.lists(st.tuples(row, st.sampled_from(HOSTILE)), max_size=2))
    return {
        name: pl.DataFrame([(*row, value) for row, value in rows], schema=schema, orient="row")
        for name, rows, schema in (("extras", extras, EXTRAS), ("aliases", aliases, ALIASES))
    }

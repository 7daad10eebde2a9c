"""Populations on a picture: which are shown, in what colours, and which objects are in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from segue.errors import InvalidOption
from segue.model.display import Display
from segue.model.populations import Population
from segue.model.rules import RegionRule
from segue.model.study import ImageSet, Study
from segue.render.colours import DISTINCT

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Shown:
    """A population on a picture."""

    population: Population
    colour: int
    """0xRRGGBBAA; opaque."""

    @property
    def title(self) -> str:
        return " / ".join(self.population.name)


def shown_populations(study: Study, display: Display, *, strict: bool) -> tuple[Shown, ...]:
    """The populations that a display shows, later ones over earlier ones. Those without a colour get one of seven that all can tell apart.

    Raises
    ------
    InvalidOption
        ``strict``, and there is none of a name; else those are passed over, as a preset may be of another study.
    """
    colours: dict[str, int] = {}
    for one in study.populations:
        bare = one.colour is None or not one.colour & 255
        colours[one.id] = DISTINCT[len([c for c in colours.values() if c in DISTINCT]) % len(DISTINCT)] if bare else (one.colour or 0) | 255
    if display.populations is None:
        visible = [(one.order is None, one.order or 0, nth, one) for nth, one in enumerate(study.populations) if one.visible]
        chosen = [one for *_, one in sorted(visible, key=lambda each: each[:3])]
    else:
        chosen = [one for name in dict.fromkeys(display.populations) for one in _called(study, name, strict=strict)]
    return tuple(Shown(one, colours[one.id]) for one in chosen)


def _called(study: Study, name: str, *, strict: bool) -> list[Population]:
    """The population of this id, else all of this name."""
    found = [one for one in study.populations if one.id == name] or [one for one in study.populations if " / ".join(one.name) == name]
    found = found or [one for one in study.populations if one.name and one.name[-1] == name]
    if not found and strict:
        names = ", ".join(repr(" / ".join(one.name)) for one in study.populations[:12])
        raise InvalidOption(f"there is no population {name!r}; there {f'are {names}' if names else 'is none'}", option="show-populations", given=name)
    return found


def colours_of_objects(s: ImageSet, shown: tuple[Shown, ...]) -> NDArray[np.uint32]:
    """(objects,) 0xRRGGBBAA of the last population that each is in; 0 = none."""
    found = np.zeros(len(s.objects), np.uint32)
    if not shown or not len(s.membership):
        return found
    ranks = pl.DataFrame({"population": [one.population.id for one in shown], "rank": list(range(len(shown)))})
    last = s.membership.frame.join(ranks, on="population").group_by("object").agg(pl.col("rank").max())
    found[last["object"].to_numpy()] = np.array([one.colour for one in shown], np.uint32)[last["rank"].to_numpy()]
    return found


def colours_of_regions(s: ImageSet, shown: tuple[Shown, ...]) -> NDArray[np.uint32]:
    """(objects,) 0xRRGGBBAA of the last population whose rule names each as a region; 0 = none."""
    colour = {region: one.colour for one in shown if isinstance(one.population.rule, RegionRule) for region in one.population.rule.regions}
    found = np.zeros(len(s.objects), np.uint32)
    if colour:
        named = pl.DataFrame({"id": list(colour), "colour": list(colour.values())}, schema={"id": pl.Utf8, "colour": pl.UInt32})
        found[:] = s.objects.frame.select("id").join(named, on="id", how="left", maintain_order="left")["colour"].fill_null(0).to_numpy()
    return found


def present(s: ImageSet, shown: tuple[Shown, ...], display: Display) -> tuple[Shown, ...]:
    """The populations that can be seen on a picture: by their members, or by regions that select for them."""
    painted = display.population_outlines or display.population_opacity > 0
    members = set(s.membership.frame["population"].unique()) if painted else set()
    ids = s.objects.frame["id"]
    return tuple(one for one in shown if one.population.id in members or (display.regions and _has_region(one.population, ids)))


def _has_region(population: Population, ids: pl.Series) -> bool:
    rule = population.rule
    return isinstance(rule, RegionRule) and bool(rule.regions) and bool(ids.is_in(list(rule.regions)).any())

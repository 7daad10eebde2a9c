"""Rules: how a population selects its objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

REGIONS = "regions"
"""Layer of the objects that select segments instead of being some."""

Scale = Literal["linear", "log10", "arcsinh"]


@dataclass(frozen=True)
class ListRule:
    """The members are listed in the membership; nothing selects them anew."""


@dataclass(frozen=True)
class RegionRule:
    """Segments in regions (objects of the layer ``regions``)."""

    regions: tuple[str, ...]
    """Ids of the regions."""
    by: Literal["centroid", "any", "majority", "mantis-1.0", "mantis-1.1"] = "centroid"


@dataclass(frozen=True)
class Range:
    """One column between two ends, both included."""

    column: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class PolygonTerm:
    """Two columns inside a polygon whose edges are straight in scaled space."""

    x: str
    y: str
    vertices: tuple[tuple[float, float], ...]
    x_scale: Scale = "linear"
    y_scale: Scale = "linear"
    cofactor: float = 1.0
    """c of log10(1 + c x) and arcsinh(c x)."""


@dataclass(frozen=True)
class GateRule:
    """Objects of the parent population (None = all) that satisfy every term."""

    terms: tuple[Range | PolygonTerm, ...]
    parent: str | None = None


@dataclass(frozen=True)
class SetsRule:
    """Union, intersection or difference of other populations, by their ids."""

    op: Literal["union", "intersection", "difference"]
    populations: tuple[str, ...]


Rule = ListRule | RegionRule | GateRule | SetsRule

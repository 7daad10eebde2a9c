"""The picture of the guide "Make pictures": ``python docs/generate/render_picture.py`` renders it anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from panels import save

import segue
from segue.geometry.rings import Rings
from segue.model.objects import Objects
from segue.model.rules import RegionRule
from segue.model.shapes import Shapes
from segue.workflow.demo.study import tissue_study
from segue.workflow.demo.tissue import simulate

GAP = 10
TARGET = Path(__file__).resolve().parents[1] / "guide" / "render.png"
REGION = ((30.0, 40.0), (92.0, 28.0), (118.0, 76.0), (80.0, 120.0), (24.0, 96.0))


def study() -> segue.Study:
    """Simulated tissue of four channels, its cell types as populations, and a region that selects for one of them."""
    made = tissue_study(simulate(size=160, cells=44, seed=5))
    s = made.image_sets[0]
    region = pl.DataFrame({"id": ["follicle"], "layer": ["regions"], "name": ["follicle"]})
    objects = Objects(pl.concat([s.objects.frame, region], how="diagonal_relaxed"))
    shape = pl.DataFrame({"object": [len(s.objects)], "kind": ["freehand"]}, schema_overrides={"object": pl.Int32})
    drawn = Shapes(shape, Rings.simple(np.array(REGION), [0, len(REGION)]))
    populations = (made.populations[0], replace(made.populations[1], rule=RegionRule(("follicle",))), *made.populations[2:])
    return replace(made, populations=populations, image_sets=(replace(s, objects=objects, shapes=drawn),))


PANELS: tuple[dict[str, Any], ...] = (
    {"outlines": False, "population_outlines": False, "regions": False, "channels": ("CD3=magenta", "CD20=green", "DAPI=#4060ff"), "legend": True},
    {"channels": ("DAPI=white",), "fill": 0.35, "population_outlines": False, "regions": False, "text": True},
    {"channels": ("DAPI=white",), "outline_colour": "white", "outline_opacity": 0.4, "population_fill": 0.4, "legend": True, "scale_bar": "20um"},
)
"""Settings of ``segue.render``."""


def panels() -> list[np.ndarray[Any, Any]]:
    """(480, 480, 3) uint8 each."""
    made = study()
    return [segue.render(made, zoom=3, **how) for how in PANELS]


def main() -> None:
    save(panels(), TARGET, GAP)


if __name__ == "__main__":
    main()

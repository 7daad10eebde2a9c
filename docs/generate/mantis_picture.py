"""The project and the picture of the guide "Mantis Viewer": ``python docs/generate/mantis_picture.py`` makes the picture anew."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from panels import save

import segue
from segue.geometry.rings import Rings
from segue.model.display import ChannelDisplay, Display
from segue.model.objects import Objects
from segue.model.rules import RegionRule
from segue.model.shapes import Shapes
from segue.model.study import ImageSet
from segue.workflow.demo.study import tissue_study
from segue.workflow.demo.tissue import simulate

GAP = 10
TARGET = Path(__file__).resolve().parents[1] / "guide" / "mantis.png"
REGIONS = {"roi1": ((30, 40), (92, 28), (118, 76), (80, 120), (24, 96)), "roi2": ((60, 70), (140, 60), (150, 130), (70, 140))}
VIEW = Display("", (ChannelDisplay("CD20", 0x00FF00FF), ChannelDisplay("CD3", 0xFF0000FF)), outline_colour=0xFFFFFFFF, outline_opacity=0.7)


def project(folder: Path) -> None:
    """A project of two image sets: simulated tissue of four channels, cell types as populations, a region in each."""
    made = {name: tissue_study(simulate(size=160, cells=44, seed=seed)) for name, seed in (("roi1", 5), ("roi2", 6))}
    first = made["roi1"]
    populations = (first.populations[0], replace(first.populations[1], rule=RegionRule(("follicle",), "mantis-1.1")), *first.populations[2:])
    sets = tuple(_with_region(study.image_sets[0], name) for name, study in made.items())
    segue.write(segue.Study(sets, populations), folder, to="mantis-project")


def _with_region(s: ImageSet, name: str) -> ImageSet:
    region = pl.DataFrame({"id": ["follicle"], "layer": ["regions"], "name": ["follicle"]})
    objects = Objects(pl.concat([s.objects.frame, region], how="diagonal_relaxed"))
    frame = pl.DataFrame({"object": [len(s.objects)], "kind": ["freehand"]}, schema_overrides={"object": pl.Int32})
    drawn = Shapes(frame, Rings.simple(np.array(REGIONS[name], float), [0, len(REGIONS[name])]))
    return replace(s, name=name, objects=objects, shapes=drawn, display=VIEW)


PANELS: tuple[dict[str, Any], ...] = (
    {"image_set": "roi1", "population_outlines": False, "legend": True},
    {"image_set": "roi1", "population_fill": 0.4, "legend": True},
    {"image_set": "roi2", "population_fill": 0.4, "scale_bar": "20um"},
)
"""Settings of ``segue.render``."""


def panels() -> list[np.ndarray[Any, Any]]:
    """(480, 480, 3) uint8 each: rendered from the project, as it was read back."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "project"
        project(place)
        with segue.read(place) as study:
            return [segue.render(study, zoom=3, **how) for how in PANELS]


def main() -> None:
    save(panels(), TARGET, GAP)


if __name__ == "__main__":
    main()

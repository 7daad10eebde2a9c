"""What a ROI file can hold of a study."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

from segue.formats.imagej_roi.options import WriteOptions
from segue.formats.imagej_roi.spec import FORMAT
from segue.formats.roi_files import about
from segue.formats.roi_files.fit import fitted_population, fitted_rois
from segue.model.grid import Axis, Grid
from segue.model.keep import keep
from segue.model.study import ImageSet, Study


def fit(study: Study, options: WriteOptions) -> Study:
    """One image set: objects with shapes, in the precision of the file."""
    kept = keep(study, FORMAT.keeps)
    s = kept.image_sets[0] if kept.image_sets else ImageSet("")
    populations = tuple(fitted_population(population) for population in kept.populations)
    s = fitted_rois(replace(s, grid=_grid(s.grid)), populations)
    if len(about.render(s, populations)) > about.LONGEST and not len(s.shapes):
        populations = ()
    return replace(kept, image_sets=(s,), populations=populations)


def _grid(grid: Grid) -> Grid:
    world = grid.world
    if world is not None and not all(isfinite(value) for row in world for value in row):
        world = None
    return Grid(tuple(_axis(axis) for axis in grid.axes), world)


def _axis(axis: Axis) -> Axis:
    scale = axis.scale if axis.scale is not None and isfinite(axis.scale) else None
    return replace(axis, scale=scale, translation=axis.translation if isfinite(axis.translation) else 0.0)

"""From an image set and a display to the scene that is painted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segue.model.display import Display
from segue.model.grid import Axis, Grid
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.render.scene import Scene
from segue.workflow.enabling import require
from segue.workflow.measuring.units import with_pixel_size
from segue.workflow.rendering.channels import Lit, lit_channels
from segue.workflow.rendering.choice import Rendering
from segue.workflow.rendering.display import display_of
from segue.workflow.rendering.figures import drawn_shapes
from segue.workflow.rendering.lettering import names_of_objects, stamps_of
from segue.workflow.rendering.members import Shown, colours_of_objects, colours_of_regions, shown_populations
from segue.workflow.rendering.place import Place, place_of
from segue.workflow.rendering.segments import segments_of, shown_layers

if TYPE_CHECKING:
    from segue.tasks.workers import Workers


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture that can be read, and everything that decides how it looks."""

    scene: Scene
    display: Display
    """With every colour, value and plane stated: it gives the same picture again."""
    grid: Grid
    """Of the pixels of the picture."""
    notes: Notes


def picture_of(study: Study, s: ImageSet, how: Rendering, where: str, workers: Workers | None = None, display: Display | None = None) -> Picture:
    """The picture of an image set. Pixels are read only to find automatic contrast, and centres of labelled segments.

    Raises
    ------
    Incompatible, InvalidOption
        Something that was asked for is not there.
    """
    s = s if how.pixel_size is None else with_pixel_size(s, how.pixel_size)
    chosen, notes = display_of(study, s, how, display)
    require("render", study, s, where)
    place, more = place_of(s, chosen.plane, how.plane, how.crop, where, how.zoom)
    channels = lit_channels(s, chosen, how.channels, place.planes, where)
    shown = shown_populations(study, chosen, strict="populations" in how.changes)
    scene, of_shapes = _scene(s, chosen, channels.shown, shown, place, where, workers)
    stated = replace(chosen, channels=channels.stated, plane=place.planes, populations=tuple(one.population.id for one in shown))
    return Picture(scene, stated, _grid(s.grid, place), notes + more + channels.notes + of_shapes)


def _scene(
    s: ImageSet, display: Display, channels: tuple[Lit, ...], shown: tuple[Shown, ...], place: Place, where: str, workers: Workers | None
) -> tuple[Scene, Notes]:
    layers = shown_layers(s, display, where)
    member, region = colours_of_objects(s, shown), colours_of_regions(s, shown)
    drawn = drawn_shapes(s, display, layers, member, region, place)
    scene = Scene(
        place.window,
        tuple((one.plane, one.light) for one in channels),
        tuple(segments_of(s, layer, display, member, place) for layer in layers),
        drawn.figures,
        names_of_objects(s, display, layers, drawn, place, workers),
        stamps_of(s, display, channels, shown, place, where),
        place.zoom,
    )
    left_out = "{count shape} that are pictures: not drawn"
    return scene, Notes.of(Note(Kind.SKIPPED, left_out, where=where, count=drawn.left_out)) if drawn.left_out else Notes()


def _grid(grid: Grid, place: Place) -> Grid:
    sizes = {"y": (place.window.top, place.window.height), "x": (place.window.left, place.window.width)}
    axes = []
    for name, (start, size) in sizes.items():
        axis = grid.axis(name) or Axis(name)
        step = None if axis.scale is None else axis.scale / place.zoom
        axes.append(replace(axis, size=size * place.zoom, scale=step, translation=axis.translation + start * (axis.scale or 1.0)))
    return Grid(tuple(axes))

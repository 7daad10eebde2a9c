"""The page of measurements: the catalogue and the presets, from their records."""

from __future__ import annotations

from collections.abc import Sequence

from markdown import code, page, table

from segue.measure.catalog_intensity import INTENSITY
from segue.measure.catalog_outline import OUTLINE
from segue.measure.catalog_shape import SHAPE
from segue.measure.catalog_surroundings import SURROUNDINGS
from segue.measure.measurement import Measurement
from segue.measure.preset import Preset
from segue.measure.presets import ALL, PRESETS
from segue.measure.units import unit_text

INTRODUCTION = """Everything that `segue measure` can measure of the segments of a label image, or of the shapes of a ROI set, each on its own pixels.
The source is the program and version, or the library, whose numbers these are: where programs differ there are several measurements. Places are counted
from the top-left corner of the first pixel. Pixels without a value (NaN) are passed over. Formulas name other measurements."""

UNITS = """Without a pixel size everything is in pixels. With one, lengths, areas (volumes) and places are in its unit; where pixels are not square, what
depends on their proportions is measured in scaled space, as the program that is named as the source does it. ImageJ 1.53t has no ellipse for pixels that
are not square (its `Major` and `Minor` are 0 then, and so are ours); `axis_major` and `axis_minor` are right for any pixel."""

MISSING = """* Of **volumes** there is no smallest Feret diameter, and no angle. Their surface is that of the triangles of marching cubes, which see the steps
  of voxels: of a ball it is about 8 percent too large, and its sphericity about 0.92.
* **Lines, angles and points** of a ROI set enclose no pixels and are not measured.
* Distances from border to border are not measured; `nearest_distance` is that of centroids.
* The form of a ROI that was drawn is that of the pixels inside. ImageJ takes it from the line that was drawn: `Perim.`, `Circ.`, `Feret` and what belongs
  to it, `Solidity` and the box differ, all other columns are equal. Of particles, whose lines run along pixels, all are."""


def text() -> str:
    """The whole page."""
    return page(
        "Measurements",
        INTRODUCTION,
        "## Place, size and form\n\n" + _measurements(SHAPE),
        "## Outlines as polygons\n\n" + _measurements(OUTLINE),
        "## Surroundings\n\n" + _measurements(SURROUNDINGS),
        "Segments that touch can be connected, too (`--neighbours`): each connection has the length of the contact (of volumes its area).",
        "## Values\n\nOne of each per channel, and `percentile N` for any N from 0 to 100 (between two values in proportion).\n\n" + _measurements(INTENSITY),
        "## Sizes of pixels\n\n" + UNITS,
        "## Presets\n\nThe columns of another program: its names, its order, its numbers. `all` is everything above.",
        *(_preset(preset) for preset in PRESETS if preset is not ALL),
        "## What is not measured\n\n" + MISSING,
    )


def _measurements(records: Sequence[Measurement]) -> str:
    rows = [(code(one.name), _unit(one), ", ".join(f"{count}-D" for count in one.dimensions), one.formula, one.source) for one in records]
    return table(("name", "unit", "of", "formula", "source"), rows)


def _unit(one: Measurement) -> str:
    """The unit, of planes and of volumes where they differ."""
    if one.unit in ("value", "value x pixels"):
        return str(one.unit)
    texts = dict.fromkeys(unit_text(one.name, "µm", dimensions) for dimensions in one.dimensions)
    return ", ".join(text or "" for text in texts)


def _preset(preset: Preset) -> str:
    rows = [(one.name, code(one.measurement), "" if one.convention == "plain" else one.convention) for one in preset.headings + preset.last]
    said = [f"Numbers of {preset.program}."]
    said += ["Columns are sorted by name."] if preset.by_name else []
    said += ["Always in pixels."] if preset.pixels_only else []
    said += ["For planes only."] if preset.dimensions == (2,) else []
    left_out = "\n\nLeft out:\n\n" + "\n".join(f"* {one}" for one in preset.left_out) if preset.left_out else ""
    return f"### {preset.name}\n\n{' '.join(said)}\n\n" + table(("column", "measurement", "shown"), rows) + left_out

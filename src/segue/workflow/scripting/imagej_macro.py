"""Segmentations and measurements as macros for ImageJ."""

from __future__ import annotations

from pathlib import Path

from segue.errors import UsageError
from segue.formats.imagej_results.spec import FORMAT as TABLE
from segue.formats.imagej_roi.spec import FORMAT as ROIS
from segue.formats.png.spec import FORMAT as PNG
from segue.formats.tiff.spec import FORMAT as TIFF
from segue.measure.segmenting.threshold import Level
from segue.workflow.measuring.choice import choice_of
from segue.workflow.measuring.outputs import one_each, record_of
from segue.workflow.measuring.plan import plan_measure
from segue.workflow.measuring.units import pixel_size_of
from segue.workflow.recipe import Recipe
from segue.workflow.recipe_measure import MeasureRecipe
from segue.workflow.recipe_segment import SegmentRecipe
from segue.workflow.scripting.macro_text import VERSION, folders, head, paths, quoted, words_for
from segue.workflow.segmenting.choice import size_of_text, threshold_of
from segue.workflow.segmenting.plan import plan_segment

METHODS = {"otsu": "Otsu", "li": "Li", "triangle": "Triangle", "imagej-default": "Default"}
DECIMALS = 9
_SAVED = {
    TIFF.name: ('selectWindow("Count Masks of mask");', 'saveAs("tiff", {name});'),
    PNG.name: ('selectWindow("Count Masks of mask");', 'saveAs("png", {name});'),
    TABLE.name: ('saveAs("results", {name});',),
    ROIS.name: ('if (roiManager("count") > 0) {{ roiManager("Deselect"); roiManager("Save", {name}); }}',),
}
"""Format of an output -> how ImageJ saves it."""


_START = 'run("Options...", "iterations=1 count=1 black do=Nothing");'
_CLOSING = ('if (isOpen("ROI Manager")) roiManager("reset");', 'run("Clear Results");', 'run("Close All");')
_UNCALIBRATED = "channels=1 slices=1 frames=1 unit=pixel pixel_width=1 pixel_height=1 voxel_depth=1"
_OPEN = ("open(images[i]);", "title = getTitle();")
_ONE_PLANE = 'if (nSlices > 1) exit(title + " has several planes; this macro is of images of one plane and channel.");'


def segment_macro(recipe: SegmentRecipe, macro: Path) -> str:
    """The macro that does what a recipe says, image after image.

    ROIs are outer lines there, without the holes of particles: composite ROIs would change the perimeters that ImageJ measures.

    Parameters
    ----------
    recipe
        Of images of one plane and one channel.
    macro
        Where it will lie.

    Raises
    ------
    UsageError
        ImageJ cannot do something of it; the message names it.
    SourceError
        An image does not exist.
    """
    formats = _formats(recipe, tuple(_SAVED))
    if recipe.channel is not None or recipe.per_plane:
        raise UsageError("a macro is made of images of one channel and plane; save that channel as an image of its own first")
    items = plan_segment(recipe).items
    lists = _lists(macro, images=[one.image for one in items], **{f"output{nth + 1}": [one.outputs[nth] for one in items] for nth in range(len(formats))})
    body = [*_opening(recipe), *_mask(recipe), *_particles(recipe, measures=TABLE.name in formats), *_saving(formats)]
    return _written("particles of images", lists, body)


def measure_macro(recipe: MeasureRecipe, macro: Path) -> str:
    """The macro that measures the segments of label images, in the order of their labels.

    A segment of several parts is a row for each part there: ImageJ measures particles.

    Parameters
    ----------
    recipe
        Of images and label images of one plane and one channel.
    macro
        Where it will lie.

    Raises
    ------
    UsageError
        ImageJ cannot do something of it; the message names it.
    SourceError
        An image or its labels do not exist.
    """
    formats = _formats(recipe, (TABLE.name,))
    plain = MeasureRecipe(inputs=recipe.inputs, outputs=recipe.outputs)
    for name in ("layer", "channels", "panel", "populations", "split_populations", "neighbours", "combine", "undefined", "dictionary", "summary"):
        if getattr(recipe, name) != getattr(plain, name):
            raise UsageError(f"a macro of ImageJ cannot do --{name.replace('_', '-')}; leave it out")
    items = plan_measure(recipe).items
    if any(one.labels is None for one in items):
        raise UsageError("a macro measures label images that are files of their own; name them with --labels")
    outputs = {f"output{nth + 1}": [one.outputs[nth] for one in items] for nth in range(len(formats))}
    lists = _lists(macro, images=[one.image for one in items], labels=[one.labels for one in items if one.labels], **outputs)
    return _written("segments of label images, measured", lists, [*_opening(recipe), *_each_label(recipe), *_saving(formats)])


def _lists(macro: Path, **lists: list[Path]) -> list[str]:
    lines = [line for name, many in lists.items() for line in paths(name, many, macro)]
    return lines + folders((path for name, many in lists.items() if name.startswith("output") for path in many), macro)


def _written(what: str, lists: list[str], body: list[str]) -> str:
    loop = ["for (i = 0; i < images.length; i++) {", *(f"  {line}" for line in (*body, *_CLOSING)), "}"]
    return "\n".join([*head(what), *lists, _START, *loop, ""])


def _formats(recipe: SegmentRecipe | MeasureRecipe, possible: tuple[str, ...]) -> list[str]:
    """The format of each output."""
    to = one_each(recipe.to, len(recipe.outputs))
    found = [(Path(one), record_of(Path(one), name, recipe.preset).name) for one, name in zip(recipe.outputs, to, strict=True)]
    for path, name in found:
        if name not in possible:
            raise UsageError(f"the macro cannot write {path.name} ({name}); ImageJ's own outputs here are {', '.join(possible)}")
    return [name for _, name in found]


def _saving(formats: list[str]) -> list[str]:
    return [line.format(name=f"output{nth + 1}[i]") for nth, name in enumerate(formats) for line in _SAVED[name]]


def _opening(recipe: SegmentRecipe | MeasureRecipe) -> list[str]:
    """The image, in pixels unless the recipe is physical."""
    size = _UNCALIBRATED if not recipe.physical else None if recipe.pixel_size is None else _properties(recipe.pixel_size)
    return [*_OPEN, _ONE_PLANE, *([] if size is None else [f"run({quoted('Properties...')}, {quoted(size)});"])]


def _properties(size: str) -> str:
    found = pixel_size_of(size)
    z, y, x = found.zyx
    return f"channels=1 slices=1 frames=1 unit={found.unit} pixel_width={x!r} pixel_height={y!r} voxel_depth={1.0 if z is None else z!r}"


def _each_label(recipe: MeasureRecipe) -> list[str]:
    return [
        "open(labels[i]);",
        'rename("labels");',
        "getRawStatistics(n, mean, lowest, highest);",
        _measurements(recipe),
        "for (v = 1; v <= highest; v++) {",
        '  selectWindow("labels");',
        "  setThreshold(v, v);",
        '  run("Analyze Particles...", "size=0-Infinity show=Nothing display");',
        "}",
    ]


def _measurements(recipe: SegmentRecipe | MeasureRecipe) -> str:
    columns = choice_of(recipe.statistics, recipe.preset).columns(("",), 2)
    words = words_for([one.measurement for one in columns])
    return f'run("Set Measurements...", "{words} redirect=[" + title + "] decimal={recipe.options.get("decimals", DECIMALS)}");'


def _mask(recipe: SegmentRecipe) -> list[str]:
    """The objects as a binary image of the name ``mask``."""
    found = threshold_of(recipe.threshold)
    if isinstance(found, str) and found in METHODS:
        threshold = f"setAutoThreshold({quoted(METHODS[found] + (' dark' if recipe.background == 'dark' else ''))});"
    elif isinstance(found, str) and found != "binary":
        raise UsageError(f"ImageJ {VERSION} has no threshold {found}; choose {', '.join(METHODS)}, binary, a number or a range")
    else:
        threshold = f"setThreshold({_ends(recipe, found)});"
    return ['run("Duplicate...", "title=mask");', threshold, 'setOption("BlackBackground", true);', 'run("Convert to Mask");']


def _ends(recipe: SegmentRecipe, found: str | float | Level) -> str:
    """Lowest and highest value of the objects; light background = the other way round, as the image is shown."""
    if recipe.background == "light":
        raise UsageError("a macro takes a number or binary as a threshold only on a dark background; name the values of the objects as a range, such as 0:99")
    if isinstance(found, Level):
        return f"{_number(found.low, '-1e30')}, {_number(found.high, '1e30')}"
    return "1, 1e30" if found == "binary" else f"{_number(float(found), '')}, 1e30"


def _number(value: float, infinite: str) -> str:
    return infinite if abs(value) == float("inf") else f"{value:.17g}"


def _particles(recipe: SegmentRecipe, *, measures: bool) -> list[str]:
    if recipe.connectivity != 8:
        raise UsageError(f"Analyze Particles of ImageJ {VERSION} joins pixels that touch at a corner (8); it cannot do --connectivity {recipe.connectivity}")
    (low, low_unit), (high, high_unit) = _size(recipe.min_size), ("Infinity", "") if recipe.max_size is None else _size(recipe.max_size)
    if (low_unit or high_unit) and not recipe.physical:
        raise UsageError("a macro takes sizes of particles in units only with --physical; give them in pixels")
    unit = "" if low_unit or high_unit else " pixel"
    flags = "".join(f" {flag}" for flag, given in (("exclude", recipe.exclude_edges), ("include", recipe.include_holes)) if given)
    circularity = f"circularity={recipe.min_circularity:.6g}-{recipe.max_circularity:.6g}"
    options = f"size={low}-{high}{unit} {circularity} show=[Count Masks]{' display' if measures else ''} clear add{flags}"
    asked = [_measurements(recipe)] if measures else []
    return [*asked, 'selectWindow("mask");', f"run({quoted('Analyze Particles...')}, {quoted(options)});"]


def _size(given: float | str) -> tuple[str, str]:
    """(number, unit or nothing)."""
    number, unit = size_of_text(given)
    return f"{number:.17g}", unit[0] if unit else ""


def macro_of(recipe: Recipe, macro: Path) -> str:
    """The macro of a recipe, whatever its task.

    Raises
    ------
    UsageError
        The task, or something of the recipe, is none of ImageJ's.
    SourceError
        An input does not exist.
    """
    if isinstance(recipe, SegmentRecipe):
        return segment_macro(recipe, macro)
    if isinstance(recipe, MeasureRecipe):
        return measure_macro(recipe, macro)
    raise UsageError(f"--save-macro is for segment and measure; ImageJ has no {recipe.task} of its own")

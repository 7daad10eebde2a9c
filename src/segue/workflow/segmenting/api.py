"""``segue.segment``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, overload

import numpy as np

from segue.errors import UsageError
from segue.measure.segmenting.threshold import Level
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, Image, Pixels, in_memory
from segue.model.study import ImageSet, Study
from segue.workflow.measuring.inputs import opened
from segue.workflow.segmenting.choice import Segmenting, threshold_of
from segue.workflow.segmenting.study import segmented_study

Array = np.ndarray[Any, Any]
Threshold = str | float | tuple[float | None, float | None]


@overload
def segment(image: Array | Pixels, threshold: Threshold = "otsu", **how: Any) -> Array: ...


@overload
def segment(image: Image | ImageSet, threshold: Threshold = "otsu", **how: Any) -> ImageSet: ...


@overload
def segment(image: Study | Path | str, threshold: Threshold = "otsu", **how: Any) -> Study: ...


def segment(
    image: Any,
    threshold: Threshold = "otsu",
    *,
    background: Literal["dark", "light"] = "dark",
    min_size: float | str = 0,
    max_size: float | str | None = None,
    min_circularity: float = 0,
    max_circularity: float = 1,
    exclude_edges: bool = False,
    include_holes: bool = False,
    connectivity: int = 8,
    per_plane: bool = False,
    channel: str | int | None = None,
    axes: str | None = None,
    **options: Any,
) -> Any:
    """Find the particles of an image: a threshold, then connected parts, as ImageJ's Analyze Particles counts them.

    Parameters
    ----------
    image
        An array (y, x), (z, y, x) or (t, z, y, x), or with other axes (``axes``), of any real type; pixels read region by region; an ``Image``,
        image set or study; or a file.
    threshold
        A method: ``otsu``, ``li``, ``triangle``, ``imagej-default`` (the numbers of ImageJ 1.53t), ``otsu-exact``, ``li-exact``,
        ``triangle-exact`` (of scikit-image); ``binary`` (of an image of 0 and one other value); a number, the first value of objects; or the
        lowest and the highest value of objects, None = any.
    background
        Whether objects are brighter (``dark``) or darker (``light``) than what is around them, as the image is shown.
    min_size, max_size
        Pixels (voxels) of the smallest and of the largest particle; with a unit (``5um2``, ``8um3``) where the pixel size is known.
    min_circularity, max_circularity
        4 pi area / perimeter^2, from 0 to 1; of planes only.
    exclude_edges
        Leave out particles that touch the edge of the image.
    include_holes
        Holes, and what lies in them, belong to the particle.
    connectivity
        4 or 8: particles of each plane; 6 or 26: of volumes, through the planes.
    per_plane
        A threshold for each plane of a stack, not one for all.
    channel
        Name, or number from 0, of the channel.
    axes
        Of an array: one letter of ``t c z y x`` per dimension.
    **options
        Options of the reader (``segue formats NAME``).

    Returns
    -------
    Of an array, or pixels, the labels: the axes t, z, y, x that it has, in this order; the smallest unsigned type that holds them; 0 is
    background; 1, 2, ... in the raster order of the first pixels, counted on through planes and time. Of anything else the same with a label
    image ``labels`` and an object per particle.

    Raises
    ------
    segue.SegueError
        No threshold, a colour picture, several channels and none was named, ...
    """
    level = threshold_of(threshold) if isinstance(threshold, str | int | float) else _range(threshold)
    limits = {"min_size": min_size, "max_size": max_size, "min_circularity": min_circularity, "max_circularity": max_circularity}
    how = Segmenting(level, background, per_plane, channel, connectivity, exclude_edges=exclude_edges, include_holes=include_holes, **limits)  # type: ignore[arg-type]
    if isinstance(image, Path | str):
        file = opened(Path(image), options)
        return segmented_study(file.study, how, Path(image).name)[0]
    if options or (axes is not None and isinstance(image, Study | ImageSet | Image)):
        raise UsageError(f"{next(iter(options), 'axes')} is no option of segment here")
    if isinstance(image, Study):
        return segmented_study(image, how)[0]
    study = Study((_image_set(image, axes),))
    found = segmented_study(study, how, "the image")[0].image_sets[0]
    return found if isinstance(image, Image | ImageSet) else in_memory(found.labels[0].pixels)


def _range(threshold: tuple[float | None, float | None]) -> Level:
    low, high = threshold
    return Level(-np.inf if low is None else float(low), np.inf if high is None else float(high))


def _image_set(image: Any, axes: str | None) -> ImageSet:
    if isinstance(image, ImageSet):
        return image
    if isinstance(image, Image):
        return ImageSet("", grid_of(image.axes, tuple(image.pixels.shape)), images=(image,))
    pixels = image if isinstance(image, Pixels) else ArrayPixels(np.asarray(image))
    if axes is None and len(pixels.shape) == 3 and pixels.shape[2] in (3, 4) and pixels.dtype == np.uint8:
        raise UsageError("an image whose last axis is 3 or 4 looks like a colour picture; give one channel of it, image[..., 0], or name its axes, axes='zyx'")
    names = axes or "tzyx"[-len(pixels.shape) :]
    if len(names) != len(pixels.shape) or len(names) < 2:
        raise UsageError(f"an image of {len(pixels.shape)} axes needs their names, such as axes='cyx' (letters of t c z y x)")
    try:
        whole = Image(pixels, names)
    except ValueError as error:
        raise UsageError(f"axes={names!r}: {error}") from error
    return ImageSet("", grid_of(names, tuple(pixels.shape)), images=(whole,))

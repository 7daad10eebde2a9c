"""A study as the parts of a project: what can be written of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from segue.formats.description_files import as_text
from segue.formats.mantis_files.slots import stated_slots
from segue.formats.mantis_files.terms import OWN
from segue.formats.mantis_project import settings as words
from segue.formats.mantis_project.assemble import GENERATED, SETTINGS
from segue.formats.mantis_project.facts import facts_text, plain_grid, read_facts
from segue.formats.mantis_project.layout import SEGMENTATION, is_plain, is_tiff
from segue.formats.mantis_project.outlines import is_drawable
from segue.formats.mantis_project.parts import Project, SetParts
from segue.formats.mantis_project.pictures import image_of, labels_of, sizes
from segue.formats.mantis_project.populations import Placed, rows_in, unique_rows, with_lone_regions
from segue.formats.mantis_project.segments import features_of, numbers_of, region_objects, told
from segue.formats.mantis_project.spec import FORMAT
from segue.model.grid import Grid
from segue.model.image import Image, LabelImage
from segue.model.keep import keep
from segue.model.study import ImageSet, Study
from segue.storage.names import safe_name, safe_names
from segue.storage.source import split_suffix


def taken_apart(study: Study, basename: str = "") -> Project:
    """Everything of a study that a project can hold; ``basename`` is the file of the segmentations, if it is to be called otherwise."""
    study = with_lone_regions(keep(study, FORMAT.keeps))
    settings = _settings(study, basename)
    usual = split_suffix(words.text_of(settings, words.BASENAME) or f"{SEGMENTATION}.tif")[0]
    folders = safe_names([s.name.lstrip(".") or "image" for s in study.image_sets])
    placed = Placed.of(study)
    sets = [_set_parts(study, s, folder, usual, placed, nth) for nth, (s, folder) in enumerate(zip(study.image_sets, folders, strict=True))]
    return Project(unique_rows(sets), settings)


@dataclass(frozen=True)
class _Pixels:
    image: Image | None
    labels: LabelImage | None

    @property
    def grid(self) -> Grid | None:
        """As far as pixels say it."""
        one = self.image or self.labels
        return None if one is None else plain_grid(*sizes(one))


def _set_parts(study: Study, s: ImageSet, folder: str, usual: str, placed: Placed, nth: int) -> SetParts:
    image = image_of(s)
    pixels = _Pixels(None if image is None else _named(image), labels_of(s, image))
    grid = _grid(s.grid, pixels.grid)
    regions = region_objects(study, s)
    numbers = numbers_of(s, None if pixels.labels is None else pixels.labels.name, list(regions.values()))
    layer = _layer(s, pixels, numbers, usual)
    parts = SetParts(
        folder,
        as_text(s.name),
        s.group,
        s.position,
        grid,
        () if pixels.image is None else (pixels.image,),
        () if pixels.labels is None else (replace(pixels.labels, name=layer),),
        layer,
        features_of(s, numbers),
        rows=rows_in(study, s, numbers, regions, grid, placed, nth),
        drawable=is_drawable(grid),
        **_extras(s),
    )
    listed = np.unique(np.concatenate([parts.features.labels, *(row.members for row in parts.rows)]))
    return _as_stated(replace(parts, segments=told(s, numbers, listed)), usual)


def _as_stated(parts: SetParts, usual: str) -> SetParts:
    """Names and grid as they come back from their text."""
    back = read_facts(facts_text(parts, (), usual, {}), parts.folder)
    return replace(parts, group=back.group, position=back.position, grid=back.grid or parts.grid)


def _named(image: Image) -> Image:
    """Without what files of channels do not say."""
    return Image(image.pixels, image.axes, channels=tuple(map(as_text, image.channels)))


def _grid(grid: Grid, of_pixels: Grid | None) -> Grid:
    """One plane, as large as the pixels."""
    axes = tuple(axis for axis in grid.axes if axis.name in "yx")
    if of_pixels is not None:
        axes = tuple(replace(axis, size=of_pixels.size(axis.name)) for axis in axes)
    return Grid(axes, grid.world)


def _layer(s: ImageSet, pixels: _Pixels, numbers: pl.Series, usual: str) -> str:
    if pixels.labels is not None:
        return as_text(pixels.labels.name)
    layers = s.objects.frame["layer"].filter(numbers.is_not_null()).drop_nulls()
    return str(layers[0]) if len(layers) else usual


def _extras(s: ImageSet) -> dict[str, Any]:
    rows = s.extras.filter((pl.col("format") == OWN) & (pl.col("entity") == "image set") & pl.col("id").is_in([GENERATED, SETTINGS]))
    found: Mapping[str, str] = dict(zip(rows["id"], rows["payload"].fill_null(""), strict=True))
    return {"generated": found.get(GENERATED) == "true", "settings": found.get(SETTINGS, "")}


def _settings(study: Study, named: str) -> words.Settings:
    """The settings of the study: displays, mappings and colours of populations where they changed; all others as they were."""
    found = words.from_extras(study.extras)
    display = next((s.display for s in study.image_sets if s.display is not None), None)
    if words.display_of(found) != display:
        found = {name: value for name, value in found.items() if name not in words.VIEW} | words.view_from(display)
    if study.displays or isinstance(found.get(words.MAPPINGS), dict):
        found[words.MAPPINGS] = words.mappings_from(study.displays, found.get(words.MAPPINGS), stated_slots(study.extras))
    found = words.with_populations(found, study.populations)
    basename = _basename(named or words.text_of(found, words.BASENAME), study)
    found = words.writable(found)
    return found | ({words.BASENAME: basename} if basename else {})


def _basename(stated: str, study: Study) -> str:
    """The file that all segmentations are written to."""
    if stated and is_plain(stated) and not stated.startswith("."):
        return stated if is_tiff(stated) else f"{split_suffix(stated)[0]}.tif"
    layer = next((found.name for s in study.image_sets if (found := labels_of(s, image_of(s))) is not None), "")
    return safe_name(as_text(layer).lstrip(".") or SEGMENTATION, ".tif") if layer else ""

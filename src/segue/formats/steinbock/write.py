"""Writing a folder of steinbock."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from segue.codecs.pixel_facts import Facts
from segue.codecs.pixels import bounds, converted
from segue.codecs.tiff_plan import Plan
from segue.codecs.tiff_write import write_tiff
from segue.formats.cell_files import write_cells
from segue.formats.options import Options
from segue.formats.steinbock.images import united, write_images
from segue.formats.steinbock.layout import IMAGES_CSV, MASKS, NEIGHBORS, OBJECT, PANEL_CSV, REGIONPROPS, file_names
from segue.formats.steinbock.neighbours import pairs_of
from segue.formats.steinbock.panel import stated, write_panel
from segue.model.image import LabelImage, size_of
from segue.model.study import ImageSet, Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    sets = study.image_sets
    panel = stated(sets)
    with sink.folder() as root:
        with (root / IMAGES_CSV).open("xb") as file:
            write_images(file, [s.name for s in sets], [s.grid for s in sets], united([dict(s.tables) for s in sets]))
        if panel is not None:
            with (root / PANEL_CSV).open("xb") as file:
                write_panel(file, panel)
        for s, name in zip(sets, file_names([s.name for s in sets]), strict=True):
            _image_set(s, name, root)


def _image_set(s: ImageSet, file_name: str, root: Path) -> None:
    for image in s.labels:
        _mask(image, _new(root, MASKS, f"{file_name}.tiff"))
    tables = {name: table for name, table in s.tables.items() if table.about == "objects"}
    label = s.objects.frame["label"]
    for name, table in tables.items():
        columns = [label.gather(table.frame["row"]), *(table.frame[column.name] for column in table.columns)]
        with _new(root, name, f"{file_name}.csv").open("xb") as file:
            write_cells(file, [OBJECT, *(column.name for column in table.columns)], columns)
    if len(s.objects) and not tables:
        with _new(root, REGIONPROPS, f"{file_name}.csv").open("xb") as file:
            write_cells(file, [OBJECT], [label])
    pairs = pairs_of(s)
    if len(pairs):
        with _new(root, NEIGHBORS, f"{file_name}.csv").open("xb") as file:
            write_cells(file, pairs.columns, pairs.get_columns())


def _new(root: Path, folder: str, name: str) -> Path:
    (root / folder).mkdir(exist_ok=True)
    return root / folder / name


def _mask(image: LabelImage, path: Path) -> None:
    """uint16 as long as the labels fit, as steinbock has it; else uint32 (STEINBOCK_MASK_DTYPE)."""
    dtype = np.dtype(np.uint16 if bounds(image.pixels)[1] <= 65_535 else np.uint32)
    sizes = {name: size_of(image.pixels, image.axes, name) for name in "yx"}
    plan = Plan("imagej" if dtype == np.uint16 else "plain", sizes, dtype, Facts())
    with path.open("xb+") as file:
        write_tiff(file, plan, converted(image.pixels, dtype), image.axes)

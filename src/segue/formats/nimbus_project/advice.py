"""What has to be known of a project that goes to Zenodo."""

from __future__ import annotations

from math import prod

from segue.formats.nimbus_files.datasets import datasets
from segue.formats.options import Options
from segue.model.study import Study
from segue.notes import Kind, Note, Notes

MOST_FILES = 100
MOST_BYTES = 50_000_000_000
"""What Zenodo takes of one record."""
_OTHERS = 2
"""The manifest and the configuration."""


def advice(study: Study, options: Options) -> Notes:
    """Whether a fitted study is more than one record of Zenodo holds."""
    images = [image for s in study.image_sets for image in s.images]
    size = sum(prod(image.pixels.shape) * image.pixels.dtype.itemsize for image in images)
    files = len(images) + len(datasets(study)) + _OTHERS
    notes = []
    if files > MOST_FILES:
        what = f"Zenodo takes {MOST_FILES} files for a record, and this project has {files:,}; publish it as several projects, or as one ZIP file"
        notes.append(Note(Kind.ASSUMED, what))
    if size > MOST_BYTES:
        what = f"Zenodo takes {MOST_BYTES // 10**9} GB for a record, and the images alone have {size / 1e9:,.0f} GB; use --set compression=deflate, or several"
        notes.append(Note(Kind.ASSUMED, what))
    return Notes.of(*notes)

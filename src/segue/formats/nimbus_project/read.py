"""Reading a published project."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from segue.codecs.json_text import loads
from segue.codecs.nimbus_documents import SIDE
from segue.codecs.nimbus_read import read as documents_of
from segue.errors import WrongFormat
from segue.formats.nimbus_files.collection import study_of as configured
from segue.formats.nimbus_files.datasets import named_after
from segue.formats.nimbus_files.read_study import study_of
from segue.formats.nimbus_project.layout import listed
from segue.formats.options import Options
from segue.model.gather import gathered
from segue.model.grid import Axis, Grid
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

_LARGEST = 64 << 20


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """All datasets, with the preset and the pixel size of the first configuration. Images are not read: name them.

    Raises
    ------
    SourceError
        There are no annotations, or a file is damaged.
    """
    annotations, configs, others = listed(source.path)
    if not annotations and not configs:
        raise WrongFormat(f"{source.path} holds no annotations of NimbusImage", path=source.path, expected="a file that ends in annotations.json")
    shown = _shown(source, next(iter(configs), None))
    studies, notes = [], []
    for name, dataset in annotations.items():
        documents = documents_of(Source(source.path / name))
        study, more = study_of(documents, source.path / name)
        study = named_after(study, documents, dataset)
        studies.append(study if SIDE in documents.members else _scaled(study, shown.image_sets[0].grid))
        notes.append(more if len(annotations) == 1 else more.at(name))
    if len(configs) > 1:
        notes.append(Notes.of(Note(Kind.SKIPPED, "{count configuration} beyond the first; read it by its name", count=len(configs) - 1)))
    if others:
        notes.append(Notes.of(Note(Kind.SKIPPED, "{count file} of the project, such as images; read them by their names", count=others)))
    whole = gathered(studies) if studies else shown
    return replace(whole, displays=shown.displays, extras=pl.concat([whole.extras, shown.extras]) if studies else shown.extras), Notes.joined(notes)


def _shown(source: Source, name: str | None) -> Study:
    body = {} if name is None else loads(Source(source.path / name).read_bytes(limit=_LARGEST), source.path / name)
    return configured(body if isinstance(body, dict) else {})


def _scaled(study: Study, known: Grid) -> Study:
    """The pixel size of the collection, where annotations do not state one."""

    def changed(grid: Grid) -> Grid:
        axes = {axis.name: axis for axis in known.axes} | {axis.name: _with(axis, known.axis(axis.name)) for axis in grid.axes}
        return replace(grid, axes=tuple(axes[name] for name in "tzyx" if name in axes))

    return study.map(lambda s: replace(s, grid=changed(s.grid)))


def _with(axis: Axis, known: Axis | None) -> Axis:
    return axis if known is None or axis.scale is not None else replace(axis, scale=known.scale, unit=known.unit)

"""Reading a published project."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from segue.codecs.json_text import dumps, loads
from segue.codecs.nimbus_documents import SIDE, Documents
from segue.codecs.nimbus_read import read as documents_of
from segue.codecs.nimbus_read import read_bytes
from segue.errors import WrongFormat
from segue.formats.nimbus_files.collection import study_of as configured
from segue.formats.nimbus_files.datasets import named_after
from segue.formats.nimbus_files.moved import moved
from segue.formats.nimbus_files.positions import positions
from segue.formats.nimbus_files.read_study import study_of
from segue.formats.nimbus_project.ids import has_id, with_id
from segue.formats.nimbus_project.layout import Dataset, Listing, listed
from segue.formats.nimbus_project.opened import opened
from segue.formats.nimbus_project.options import ReadOptions
from segue.formats.nimbus_project.placed import placed, with_images
from segue.formats.options import Options
from segue.model.gather import gathered
from segue.model.grid import Axis, Grid
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source, unreadable

_LARGEST = 64 << 20


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """All datasets with their images, and the preset and the pixel size of the first configuration. Pixels are read when they are looked at.

    Raises
    ------
    SourceError
        There are neither annotations nor images, or a file is damaged.
    """
    assert isinstance(options, ReadOptions)
    try:
        listing = listed(source.path)
        return _Reader(source.path, options, listing).read()
    except OSError as error:
        raise unreadable(source.path, error) from error


class _Reader:
    """One project."""

    def __init__(self, folder: Path, options: ReadOptions, listing: Listing) -> None:
        self.folder, self.options, self.listing = folder, options, listing
        if not listing.datasets and not listing.configs:
            what = "holds neither annotations of NimbusImage (files that end in _annotations.json) nor images called DATASET--FILE"
            raise WrongFormat(f"{folder} {what}; give the folder that was downloaded from Zenodo", path=folder, expected="a file that ends in annotations.json")
        self.body = _body(folder, listing)
        self.shown = configured(self.body)

    def read(self) -> tuple[Study, Notes]:
        results = [self._dataset(one) for one in self.listing.datasets]
        studies = [study for study, _ in results]
        alone = len(results) == 1
        notes = Notes.joined(more if alone else more.at(one.annotations or one.name) for one, (_, more) in zip(self.listing.datasets, results, strict=True))
        whole = gathered(studies) if studies else self.shown
        extras = pl.concat([whole.extras, self.shown.extras]) if studies else self.shown.extras
        whole, mended = moved(whole, self.options.shift, self.options.shift_tag)
        return replace(whole, displays=self.shown.displays, extras=extras), notes + mended + _about(self.listing)

    def _dataset(self, dataset: Dataset) -> tuple[Study, Notes]:
        documents, where = self._documents(dataset)
        study, notes = study_of(documents, where, rejoin=self.options.rejoin)
        ours = SIDE in documents.members
        if not ours:
            study = _scaled(study, self.shown.image_sets[0].grid)
        if dataset.images and self.options.images != "none":
            pictures, more = opened(self.folder, dataset, checked=self.options.checksums)
            known = positions(study.image_sets) if len(study.image_sets[0].objects) or len(study.image_sets) > 1 else []
            found, assumed = placed(pictures, dataset, self.options.images, known)
            study, changed = with_images(study, found, dataset, _channels(self.body), ours=ours)
            notes += more + assumed + changed
        study = named_after(study, documents, dataset.name)
        return study.map(lambda s: s if has_id(s) else with_id(s, dataset.id, dataset.name)), notes

    def _documents(self, dataset: Dataset) -> tuple[Documents, Path]:
        if dataset.annotations:
            where = self.folder / dataset.annotations
            return documents_of(Source(where)), where
        return read_bytes(dumps({"annotations": [], "datasetId": dataset.id or None}), dataset.name), self.folder / dataset.name


def _about(listing: Listing) -> Notes:
    """What was not read."""
    notes = []
    if len(listing.configs) > 1:
        notes.append(Note(Kind.SKIPPED, "{count configuration} beyond the first; read it by its name", count=len(listing.configs) - 1))
    absent = "{} stands in the manifest and is not in the folder; download it, too"
    notes += [Note(Kind.SKIPPED, absent.format(name), where=name) for name in listing.missing]
    for name in listing.instrument:
        what = f"{name} is in the format of a microscope; save it beside as OME-TIFF: segue convert {name} {_beside(name)} (needs segue[bioio])"
        notes.append(Note(Kind.SKIPPED, what, where=name))
    if listing.others:
        notes.append(Note(Kind.SKIPPED, "{count file} that no dataset is about; read them by their names", count=listing.others))
    return Notes.of(*notes)


def _beside(name: str) -> str:
    return f"{Path(name).stem}.ome.tif"


def _body(folder: Path, listing: Listing) -> dict[str, Any]:
    if not listing.configs:
        return {}
    path = folder / listing.configs[0]
    body = loads(Source(path).read_bytes(limit=_LARGEST), path)
    return body if isinstance(body, dict) else {}


def _channels(body: dict[str, Any]) -> list[str]:
    """The names of the channels, where the configuration says all of them."""
    found: Any = body
    for key in ("meta", "compatibility", "channels"):
        found = found.get(key) if isinstance(found, dict) else None
    names = [found.get(str(nth)) for nth in range(len(found))] if isinstance(found, dict) else []
    return [str(name) for name in names] if all(isinstance(name, str) for name in names) else []


def _scaled(study: Study, known: Grid) -> Study:
    """The pixel size of the collection, where annotations do not state one."""

    def changed(grid: Grid) -> Grid:
        axes = {axis.name: axis for axis in known.axes} | {axis.name: _with(axis, known.axis(axis.name)) for axis in grid.axes}
        return replace(grid, axes=tuple(axes[name] for name in "tzyx" if name in axes))

    return study.map(lambda s: replace(s, grid=changed(s.grid)))


def _with(axis: Axis, known: Axis | None) -> Axis:
    return axis if known is None or axis.scale is not None else replace(axis, scale=known.scale, unit=known.unit)

"""The tour: every input to every format that takes it, and back, with times, sizes and notes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from segue.errors import SegueError
from segue.formats.catalog import FORMATS
from segue.formats.format import Accepts, Format
from segue.model.diff_pixels import same_pixels
from segue.model.features import Feature
from segue.model.study import Study
from segue.notes import Notes
from segue.storage.source import split_suffix
from segue.workflow.compare import like
from segue.workflow.convert import Item, Settings, convert_item, write_study
from segue.workflow.demo.picture import draw
from segue.workflow.demo.study import coins_study, only_image, only_labels, tissue_study
from segue.workflow.demo.tissue import simulate
from segue.workflow.enabling import reason
from segue.workflow.measuring.choice import choice_of
from segue.workflow.measuring.study import Measuring, measured_study
from segue.workflow.opening import open_path, with_grid_of
from segue.workflow.pairing import find_pairs
from segue.workflow.prepare import prepare

AGAIN = Settings(overwrite=True)
"""The folder is the demo's own: a second run replaces what the first one made."""


@dataclass(frozen=True)
class Stop:
    """One conversion there and back."""

    source: str
    format: str
    target: Path
    size: int
    seconds_there: float
    seconds_back: float
    back: str
    """``equal``: the label image came back bit for bit; ``different``; ``no areas``: the format holds none; or the error that stopped it."""
    notes: Notes

    @property
    def as_announced(self) -> bool:
        """Whether the labels came back, or the conversion said that they would not."""
        return self.back == "equal" or (self.back in ("different", "no areas") and Feature.LABELS in self.notes.counts())


def build(folder: Path) -> list[Path]:
    """Write the inputs of the tour and the pictures into a folder, the tissue measured; returns the label images and studies to convert.

    Raises
    ------
    SinkError
        Something is in the way.
    """
    studies = {"tissue": tissue_study(simulate())}
    coins = coins_study()
    if coins is not None:
        studies["coins"] = coins
    found = []
    for name, study in studies.items():
        write_study(only_image(study), folder / f"{name}.tif", AGAIN)
        found.append(write_study(only_labels(study), folder / f"{name}_labels.tif", replace(AGAIN, options={"role": "labels"})).item.target)
        draw(study, folder / f"{name}.png")
    measured, _ = measured_study(studies["tissue"], Measuring(choice_of(("area", "mean", "median")), neighbours=True))
    found.append(write_study(measured, folder / "tissue.segue", AGAIN).item.target)
    return found


def tour(inputs: list[Path], folder: Path) -> Iterator[Stop]:
    """Convert every input to every format that can be written from it, and back to a label image."""
    for source in inputs:
        with open_path(source).study as study:
            possible = [record for record in FORMATS.values() if record.enabled_by is None or not reason(record.enabled_by, study)]
        for record in possible:
            if record.writes and source.suffix not in record.suffixes:
                yield _stop(source, record, folder)


def inputs_of(folder: Path) -> list[Path]:
    """The label images of a user's folder."""
    return [pair.source for pair in find_pairs([str(folder)]) if pair.source is not None]


def _stop(source: Path, record: Format, folder: Path) -> Stop:
    stem = split_suffix(source.name)[0] + ("-study" if source.suffix == ".segue" else "")
    target = folder / "converted" / record.name / (stem + record.ending)
    settings = replace(AGAIN, to=record.name, options={"role": "labels"} if Accepts.PIXELS in record.accepts and source.suffix != ".segue" else {})
    start = time.perf_counter()
    try:
        done = convert_item(Item(source, target), settings)
    except SegueError as error:
        return Stop(source.name, record.name, target, 0, time.perf_counter() - start, 0.0, str(error), Notes())
    middle = time.perf_counter()
    back = _back(source, target, record)
    return Stop(source.name, record.name, target, done.size, middle - start, time.perf_counter() - middle, back, done.notes)


def _back(source: Path, target: Path, record: Format) -> str:
    """Whether the labels of the source come back from the target bit for bit."""
    original = _labels_of(open_path(source).study)
    opened = open_path(target, record.name)
    known = opened.study.image_sets[0].grid.known
    study = opened.study if known else with_grid_of(opened.study, open_path(source))
    back = like(_labels_of(study), original)
    if not back.image_sets[0].labels:
        return "no areas"
    return "equal" if same_pixels(back.image_sets[0].labels[0], original.image_sets[0].labels[0]) else "different"


def _labels_of(study: Study) -> Study:
    """The label image, without anything else."""
    source, _, _ = prepare(study, _taking_objects(), Settings().policy, {"role": "labels"})
    return only_labels(source) if all(s.labels for s in source.image_sets) else source


def _taking_objects() -> Format:
    return next(record for record in FORMATS.values() if Accepts.PIXELS not in record.accepts and record.writes)

"""Measuring one item: read image and segments, measure, write every output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from segue.errors import InvalidOption
from segue.formats.format import Format
from segue.notes import Notes
from segue.workflow.measure_inputs import opened, with_segments
from segue.workflow.measure_study import Measuring, measured_study
from segue.workflow.measure_write import How, Output, Written, output, write_all
from segue.workflow.prepare import SETTINGS

if TYPE_CHECKING:
    from segue.tasks.workers import Workers


@dataclass(frozen=True)
class MeasureItem:
    """One measurement: an image, its segments, and where the values go."""

    image: Path
    labels: Path | None
    """None = the image's file holds them, too."""
    outputs: tuple[Path, ...]
    populations: tuple[Path, ...] = ()
    channels: Path | None = None
    """The table that names the channels."""
    number: int = 1
    """Its place among the items, from 1."""

    @property
    def name(self) -> str:
        return self.image.name

    @property
    def inputs(self) -> tuple[Path, ...]:
        """Every file whose content matters."""
        return tuple(one for one in (self.image, self.labels, *self.populations, self.channels) if one is not None)

    def at(self, outputs: tuple[Path, ...]) -> Self:
        """The same item, written elsewhere."""
        return replace(self, outputs=outputs)


@dataclass(frozen=True)
class MeasureTask:
    """How items are measured and written: the same for all of a batch."""

    measuring: Measuring
    how: How = field(default_factory=How)
    from_: str | None = None


@dataclass(frozen=True)
class MeasureResult:
    """What became of an item."""

    item: MeasureItem
    written: tuple[Written, ...]
    notes: Notes
    objects: int

    @property
    def size(self) -> int:
        """Bytes written."""
        return sum(one.size for one in self.written)

    @property
    def content(self) -> str:
        return f"{self.objects:,} object{'' if self.objects == 1 else 's'}"

    def to_json(self) -> dict[str, Any]:
        """The facts as plain data."""
        outputs = [{"target": str(one.target), "objects": one.objects, "bytes": one.size} for one in self.written]
        return {"source": str(self.item.image), "objects": self.objects, "outputs": outputs}


def measure_item(item: MeasureItem, overwrite: bool, task: MeasureTask, workers: Workers | None = None) -> MeasureResult:  # noqa: FBT001  (the runner of batches calls it so)
    """Measure the segments of one image and write what was measured.

    Raises
    ------
    SegueError
        Nothing is written then.
    """
    outputs = _outputs(item, task.how)
    options = task.how.options
    image = opened(item.image, options, task.from_)
    labels = None if item.labels is None else opened(item.labels, options)
    check_options(options, [image.record, *([labels.record] if labels else [])], [one.record for one in outputs])
    study, notes = with_segments(image, labels, options)
    with study:
        study, more = measured_study(study, task.measuring, workers, item.name)
        written, lost = write_all(study, outputs, task.how, overwrite=overwrite, where=item.name)
    return MeasureResult(item, written, notes + more + lost, sum(len(s.objects) for s in study.image_sets))


def _outputs(item: MeasureItem, how: How) -> list[Output]:
    to = how.to if len(how.to) == len(item.outputs) else how.to * len(item.outputs) or (None,) * len(item.outputs)
    return [output(target, name, how) for target, name in zip(item.outputs, to, strict=True)]


def check_options(options: Mapping[str, Any], readers: list[Format], writers: list[Format]) -> None:
    """Raise InvalidOption if a key of ``--set`` belongs neither to a reader, nor to a writer, nor to what takes an image as labels."""
    fields = [_fields(record, "read") for record in readers] + [_fields(record, "write") for record in writers]
    known = dict.fromkeys([name for names in fields for name in names] + list(SETTINGS))
    for name in options:
        if name not in known:
            raise InvalidOption(f"--set {name}: no such option here; there are: {', '.join(known)}", option=name, allowed=", ".join(known))


def _fields(record: Format, which: str) -> list[str]:
    if (record.read_options if which == "read" else record.write_options) is None:
        return []
    return list(type(record.options(which)).model_fields)

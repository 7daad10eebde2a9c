"""What speaks against an export as a whole, or against where it is written."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from segue.errors import SegueError, SinkError, UsageError
from segue.workflow.exporting.choice import Exporting
from segue.workflow.exporting.disk import is_packed, too_small
from segue.workflow.exporting.item import ExportItem
from segue.workflow.exporting.prediction import Prediction, Problem
from segue.workflow.exporting.template import SLICE, Template


def of_sequence(template: Template, how: Exporting) -> Iterator[Problem]:
    """Whether there is a ``{slice_index}`` exactly where there is a sequence."""
    container, sequence = how.container, SLICE in template.names
    if container.sequence and not sequence:
        example = f"{template.given.removesuffix(container.ending)}_{{{SLICE}}}"
        yield Problem(UsageError(f"a sequence is a file for each slice: say where its number goes, as --output '{example}'", output=template.given))
    if sequence and not container.holds.sequence:
        title = container.record.title
        yield Problem(UsageError(f"{{{SLICE}}} is for sequences, and {title} holds all slices in one file; leave it out of --output", output=template.given))
    if how.step is not None and not sequence:
        yield Problem(UsageError(f"--step {how.step} is the axis of a sequence; put {{{SLICE}}} into --output for one, or leave it out"))


def existing(item: ExportItem) -> list[SegueError]:
    """Outputs that exist already."""
    there = [path for path in item.outputs if os.path.lexists(path)]
    if not there:
        return []
    what = f"{there[0]} and {len(there) - 1:,} more files of the sequence exist" if len(there) > 1 else f"{there[0]} exists"
    return [SinkError(f"{what} already; choose another name, or allow it to be replaced with --overwrite", path=there[0])]


def over_input(item: ExportItem) -> list[SegueError]:
    """An output that would replace the input, lie in it, or hold it. In a folder that only holds pictures an output may lie."""
    read = {path.resolve() for path in item.inputs}
    for path in item.outputs:
        target = path.resolve()
        inside = any(one in target.parents and one.suffix for one in read)
        if target in read or inside or any(target in one.parents for one in read):
            return [UsageError(f"{path} is the input, lies in it, or holds it, so it cannot be the output; choose another name", target=path)]
    return []


def collisions(predictions: Sequence[Prediction], template: Template) -> Iterator[Problem]:
    """Outputs that would be written twice, or over another input."""
    seen: dict[str, tuple[int, Path]] = {}
    read = {path.resolve(): number for number, one in enumerate(predictions) for path in one.item.inputs}
    for number, one in enumerate(predictions):
        for path in one.item.outputs:
            key = str(path.absolute()).casefold()
            if key in seen:
                yield Problem(_collision(seen[key], number, one, path, template))
                break
            seen[key] = number, one.item.source
            other = read.get(path.resolve(), number)
            if other != number:
                name = predictions[other].item.name
                yield Problem(UsageError(f"{path} is an input ({name}), so it cannot be an output; choose another name", target=path))
                break


def _collision(other: tuple[int, Path], number: int, one: Prediction, path: Path, template: Template) -> UsageError:
    if other[0] == number:
        return UsageError(f"several slices of {one.item.name} would be {path}; put {{{SLICE}}} into --output, with enough digits", target=path)
    apart = "{parent}" in template.given or one.item.source == other[1]
    hint = "add {index}, or name the inputs with --nickname" if apart else "use a template that tells them apart, such as '{parent}-{nickname}'"
    return UsageError(f"{other[1]} and {one.item.source} would both be written to {path}; {hint}", target=path)


def disks(predictions: Sequence[Prediction], how: Exporting) -> tuple[list[Problem], list[str]]:
    """Disks that are too small: problems; or sentences, where nobody knows because the outputs are compressed."""
    written = [(one.item.outputs[0], one.bytes) for one in predictions if one.item.outputs]
    if not written:
        return [], []
    try:
        options = how.container.record.options("write", how.write_options(written[0][0], "image"))
    except SegueError:  # a problem of its own
        return [], []
    most = how.container.holds.most_axes
    errors, said = too_small(written, packed=is_packed(options, planes=most is not None and most <= 2))
    return [Problem(error) for error in errors], said

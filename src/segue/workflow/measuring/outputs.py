"""What is to be written: outputs, their formats and options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from segue.errors import InvalidOption, UsageError
from segue.formats.format import Format
from segue.formats.imagej_results.spec import FORMAT as IMAGEJ_RESULTS
from segue.formats.mantis_statistics.spec import FORMAT as MANTIS
from segue.formats.options import Options
from segue.model.study import Study
from segue.workflow.convert import chosen
from segue.workflow.targets import implied_options, target_format

PRESET_FORMATS = {"imagej": IMAGEJ_RESULTS, "mantis": MANTIS, "mantis-mean": MANTIS, "mantis-median": MANTIS}
"""The format that is meant where a program's columns go into a text table."""
PRESET_OPTIONS: Mapping[str, Mapping[str, Any]] = {"mantis-mean": {"version": "1.0"}, "mantis-median": {"version": "1.0"}}
"""The options of that format which the version of the program implies."""


@dataclass(frozen=True)
class Output:
    """A file to write; with ``{population}`` in its name one per population."""

    target: Path
    record: Format
    options: Options


@dataclass(frozen=True)
class How:
    """How outputs are written."""

    to: tuple[str, ...] = ()
    """Names of formats: none, one for all outputs, or one per output."""
    preset: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    split: tuple[str, ...] | None = None
    """One file per population: names, empty = all; None = one file of all objects."""
    undefined: str | None = None
    dictionary: bool = False
    strict: bool = False
    dry_run: bool = False


def record_of(target: Path, to: str | None, preset: str | None = None) -> Format:
    """The format of an output: the named one, that of the preset, or that of the suffix.

    Raises
    ------
    UsageError, UnknownFormat
    """
    meant = PRESET_FORMATS.get(preset or "")
    if to is None and meant is not None and target.name.lower().endswith(meant.suffixes):
        return meant
    return target_format(target, to)


def one_each(to: Sequence[str], count: int) -> tuple[str | None, ...]:
    """The name of a format for each of so many outputs; None = its suffix says it.

    Raises
    ------
    UsageError
        As many were named as fit neither all outputs nor each.
    """
    if len(to) not in (0, 1, count):
        raise UsageError(f"--to was given {len(to)} times for {count} outputs; give it once for all, or once for each -o, in their order")
    return tuple(to) if len(to) == count else tuple(to) * count or (None,) * count


def outputs_of(targets: Sequence[Path], how: How, number: int | None = None) -> list[Output]:
    """Outputs with their checked options.

    Parameters
    ----------
    targets
        Where they go.
    how
        How they are written.
    number
        The place of the image among several, from 1: events of several files can then be told apart.

    Raises
    ------
    InvalidOption
        An option has a value that it cannot take, or ``undefined`` is given and no output is a text table.
    """
    records = [record_of(target, name, how.preset) for target, name in zip(targets, one_each(how.to, len(targets)), strict=True)]
    if how.undefined is not None and not any("undefined" in fields_of(record, "write") for record in records):
        raise InvalidOption(f"--undefined is for text tables; {records[0].title} has none", option="undefined")
    return [Output(target, record, _options(target, record, how, number)) for target, record in zip(targets, records, strict=True)]


def _options(target: Path, record: Format, how: How, number: int | None) -> Options:
    """What the user says, else what the suffix implies and the batch needs."""
    own = {"undefined": how.undefined, "image_index": number}
    given = {name: value for name, value in own.items() if value is not None and name in fields_of(record, "write")}
    implied = {**implied_options(record, target), **(PRESET_OPTIONS.get(how.preset or "", {}) if record is PRESET_FORMATS.get(how.preset or "") else {})}
    return record.options("write", {**implied, **given, **chosen(how.options, record, "write")})


def with_sample(one: Output, study: Study, name: str) -> Output:
    """The output with the name of the only image, where its file does not say it, and the format has a place for the name of a sample."""
    if len(study.image_sets) != 1 or study.image_sets[0].name or not name or getattr(one.options, "sample", name) is not None:
        return one
    return replace(one, options=one.options.model_copy(update={"sample": name}))


def fields_of(record: Format, which: str) -> list[str]:
    """Names of the options of a reader or writer."""
    if (record.read_options if which == "read" else record.write_options) is None:
        return []
    return list(type(record.options(which)).model_fields)

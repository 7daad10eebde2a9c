"""What a measurement will do, decided before a pixel is read: images, their segments, outputs, collisions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from segue.errors import UsageError
from segue.formats.catalog import by_suffix, named
from segue.formats.detect import candidates
from segue.formats.format import Format
from segue.formats.segue_study.spec import FORMAT as STUDY
from segue.formats.table.spec import FORMAT as TABLE
from segue.measure.presets import preset_of
from segue.model.features import Feature
from segue.storage.names import safe_name
from segue.storage.source import Source, home_of, nickname, split_suffix
from segue.workflow.convert import chosen
from segue.workflow.measuring.item import MeasureItem
from segue.workflow.measuring.outputs import PRESET_FORMATS, one_each, record_of
from segue.workflow.measuring.split import IMAGE_SET, PLACE
from segue.workflow.measuring.summary import check_summary
from segue.workflow.pairing import Pair, files_of, fill, fill_all, find_pairs, mask_of, preference
from segue.workflow.plan import Plan, Planned, job_folder
from segue.workflow.recipe_measure import MeasureRecipe

IMAGE_ENDINGS = ("_imc", "_img", "_image", "_raw", "_intensity", "_intensities", "_channels")
"""What people add to the name of an image, and leave out in that of its mask."""


def plan_measure(recipe: MeasureRecipe) -> Plan[MeasureItem]:
    """Plan a measurement.

    Raises
    ------
    UsageError
        Several items would be written to one file, or an output would replace an input.
    SourceError
        An input does not exist.
    """
    one_each(recipe.to, len(recipe.outputs))
    if recipe.summary is not None:
        check_summary(Path(recipe.summary))
    pairs = [with_files(pair, recipe) for pair in segments(recipe.inputs, recipe.labels, recipe.from_)]
    numbered = len(pairs) > 1 and not recipe.combine
    alone = len(pairs) == 1
    planned = tuple(Planned(pair, _item(pair, recipe, number if numbered else None, alone=alone)) for number, pair in enumerate(pairs, 1))
    if recipe.combine:
        _check_combined(recipe)
        return Plan(planned, batch=len(pairs) > 1)
    batch = any("{" in one.replace(PLACE, "").replace(IMAGE_SET, "") or is_folder(one, to) for one, to in _outputs(recipe))
    _check(planned, recipe, batch=batch)
    targets = [path for one in planned if one.item for path in one.item.outputs]
    return Plan(planned, batch, job_folder(recipe.outputs[0], targets) if batch else None)


def with_files(pair: Pair, recipe: MeasureRecipe) -> Pair:
    """The pair, missing where a file of populations or the panel is."""
    files = () if pair.missing or pair.image is None else files_for(pair.image, recipe)
    absent = next((file for file in files if not file.exists()), None)
    return pair if absent is None else replace(pair, missing=f"no file {absent}")


def files_for(image: Path, recipe: MeasureRecipe) -> tuple[Path, ...]:
    """The files of populations of an image, and behind them its panel."""
    gates = [file for template in recipe.populations for file in fill_all(template, image)]
    return (*gates, *([fill(recipe.panel, image)] if recipe.panel else []))


def segments(inputs: Sequence[str], labels: str | None, from_: str | None = None) -> list[Pair]:
    """The images that are measured, each with the file of its segments; ``image`` is the image, ``source`` that file.

    Without a template the segments are found beside the image under the endings of well-known tools; an image that has none there is taken to
    hold them itself, as a study does: ``source`` and ``image`` are then the same.
    """
    if labels is not None:
        files = [file for one in inputs for file in _images(one, labels, from_)]
        masks = {fill(labels, file) for file in files} if "{" in labels and len(files) > 1 else set()
        kept = [str(file) for file in files if file not in masks]
        return find_pairs(kept, labels=labels)
    return [_with_segments(pair) for pair in find_pairs(inputs, from_=from_)]


def _images(given: str, labels: str, from_: str | None) -> list[Path]:
    """The images of an input. A folder that could be one image, of a file per channel, is many images where these have labels, and it has none."""
    files, folder = files_of(given, from_), Path(given)
    if "{" not in labels or files != [folder] or not folder.is_dir() or fill(labels, folder).exists():
        return files
    inside = sorted(file for file in folder.iterdir() if not file.name.startswith(".") and by_suffix(file.name))
    return inside if any(fill(labels, file).exists() for file in inside) else files


def _with_segments(pair: Pair) -> Pair:
    if pair.image is not None or pair.source is None:
        return pair
    if mask_of(pair.source) is not None and not pair.source.is_dir() and pair.name != nickname(pair.source):
        return replace(pair, missing=f"{pair.source.name} is named like a mask, and no image of that name is beside it")
    if pair.source.is_dir() and _holds_both(pair.source):
        return replace(pair, image=pair.source)
    beside = sorted((file for file in home_of(pair.source).iterdir() if mask_of(file) in _called(pair.name) and file != pair.source), key=preference)
    return replace(pair, image=pair.source, source=beside[0] if beside else pair.source, unused=tuple(beside[1:]))


def _holds_both(folder: Path) -> bool:
    """Whether a folder holds images with their segments, as a study or a project does: what lies beside it is not about it."""
    found = candidates(Source(folder))
    return bool(found) and found[0].format.many and {Feature.IMAGES, Feature.LABELS} <= set(found[0].format.keeps)


def _called(name: str) -> set[str]:
    """What the mask of an image may be named after: ``E34`` of ``E34_imc``, too."""
    return {name, *(name[: -len(ending)] for ending in IMAGE_ENDINGS if name.lower().endswith(ending) and len(name) > len(ending))}


def _item(pair: Pair, recipe: MeasureRecipe, number: int | None, *, alone: bool) -> MeasureItem | None:
    if pair.missing or pair.image is None:
        return None
    labels = None if pair.source == pair.image else pair.source
    targets = tuple(_target(output, to, pair, recipe, alone=alone) for output, to in _outputs(recipe))
    files = files_for(pair.image, recipe)
    populations, panel = (files[:-1], files[-1]) if recipe.panel else (files, None)
    beside = recipe.labels is None and labels is not None
    return MeasureItem(pair.image, targets, number, labels=labels, populations=populations, panel=panel, nickname=pair.name, beside=beside)


def _outputs(recipe: MeasureRecipe) -> Iterator[tuple[str, str | None]]:
    """Each output with the format that was named for it."""
    yield from zip(recipe.outputs, one_each(recipe.to, len(recipe.outputs)), strict=True)


def is_folder(output: str, to: str | None) -> bool:
    """Whether an output is a folder for many files, not a file or a study."""
    endings = named(to).suffixes if to else STUDY.suffixes
    return output.endswith(("/", "\\")) or (Path(output).is_dir() and not (to and named(to).folder) and not output.lower().endswith(endings))


def _target(output: str, to: str | None, pair: Pair, recipe: MeasureRecipe, *, alone: bool) -> Path:
    if recipe.combine:
        return Path(output)
    if is_folder(output, to):
        return Path(output) / _in_folder(to, pair, recipe, alone=alone)
    return Path(_filled(output, to, pair, recipe.preset)) if "{" in output else Path(output)


def _in_folder(to: str | None, pair: Pair, recipe: MeasureRecipe, *, alone: bool) -> str:
    """The name of a file in an output folder: that of the image, of the population, what the program adds, and the suffix."""
    usual = _usual(to, recipe.preset)
    several = alone and recipe.labels is None and pair.image is not None and pair.image.is_dir()
    single = not usual.many or usual.options("write", chosen(recipe.options, usual, "write")).one_image_set
    name = IMAGE_SET if several and single else safe_name(pair.name)
    added = preset_of(recipe.preset).ending if recipe.preset else ""
    return name + (f"_{PLACE}" if recipe.split_populations is not None else "") + added + usual.ending


def _filled(output: str, to: str | None, pair: Pair, preset: str | None) -> str:
    assert pair.image is not None
    home = pair.image.parent
    suffix = split_suffix(output)[1]
    record = _usual(to, preset) if to or suffix in ("", ".{ext}") else record_of(Path(f"x{suffix}"), None, preset)
    try:
        return output.format(
            nickname=pair.name, dataset_dir=home, parent=home.resolve().name, ext=record.suffixes[0].lstrip("."), population=PLACE, image_set=IMAGE_SET
        )
    except (KeyError, IndexError, ValueError) as error:
        raise UsageError(f"{output!r} cannot be filled: use {{nickname}}, {{parent}}, {{dataset_dir}}, {{ext}}, {{population}} and {{image_set}}") from error


def _usual(to: str | None, preset: str | None) -> Format:
    """The format of files in an output folder: tables, unless something else is asked for."""
    return named(to) if to else PRESET_FORMATS.get(preset or "", TABLE)


def _check_combined(recipe: MeasureRecipe) -> None:
    for output, to in _outputs(recipe):
        if is_folder(output, to) or "{" in output.replace(PLACE, "").replace(IMAGE_SET, ""):
            raise UsageError(f"--combine writes one file of all images, so {output} has to be a file")
        record = record_of(Path(output), to, recipe.preset)
        if not record.many:
            raise UsageError(f"{record.title} holds one image, so --combine cannot write {output}; choose a table (.csv), .fcs or .segue")
    _check_split(recipe)


def _check_split(recipe: MeasureRecipe) -> None:
    """Outputs with ``{population}`` in their name, and folders, get a file per population; others hold all objects."""
    named = [output for output, to in _outputs(recipe) if PLACE in output or (recipe.split_populations is not None and is_folder(output, to))]
    if recipe.split_populations is None and named:
        raise UsageError(f"{named[0]} names {PLACE}: say with --split-populations that there is to be a file per population")
    if recipe.split_populations is not None and not named:
        stem, suffix = split_suffix(recipe.outputs[0])
        raise UsageError(f"--split-populations writes a file per population, so an output needs {PLACE} in its name, such as '{stem}_{PLACE}{suffix}'")


def _check(planned: Sequence[Planned[MeasureItem]], recipe: MeasureRecipe, *, batch: bool) -> None:
    if not batch and len(planned) > 1:
        first = Path(recipe.outputs[0])
        example = first.parent / ("{nickname}" + split_suffix(first.name)[1])
        raise UsageError(
            f"{len(planned)} images cannot be measured into the one file {first}; use a template such as '{example}', a folder ending in /, or --combine for "
            "one table of all images"
        )
    _check_split(recipe)
    seen: dict[str, str] = {}
    for item in (one.item for one in planned if one.item):
        sources = {path.resolve() for path in item.inputs if STUDY.suffixes[0] not in path.name}
        for target in item.outputs:
            if target.resolve() in sources:
                raise UsageError(f"{target} is measured, so it cannot be the output; choose another name")
            key = str(target.absolute()).casefold()
            if seen.get(key) == item.name:
                raise UsageError(f"{target} is named twice as an output")
            if key in seen:
                raise UsageError(
                    f"{seen[key]} and {item.name} would both be written to {target}; use a template that tells them apart, such as '{{parent}}-{{nickname}}'"
                )
            seen[key] = item.name

"""Regions from files: areas of any format become objects of the layer ``regions``, and populations with a rule that names them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from segue.errors import Incompatible
from segue.formats.shape_files import area_rows
from segue.model.objects import Objects, unique_texts
from segue.model.rings import Ints
from segue.model.rules import REGIONS, RegionRule
from segue.model.shapes import Shapes, joined
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import split_suffix
from segue.workflow.opening import Opened
from segue.workflow.selections.choice import Choice
from segue.workflow.selections.definitions import New, levels

if TYPE_CHECKING:
    from segue.workflow.recipe_select import By


@dataclass(frozen=True, eq=False)
class Areas:
    """The areas of a file that are for one image set of the study."""

    source: ImageSet
    rows: Ints
    """Rows of the objects of ``source`` that have an area."""
    ids: tuple[str, ...]
    """What they are called in the study."""


def with_regions(study: Study, files: Sequence[Opened], choice: Choice, chosen: Sequence[int]) -> tuple[Study, list[New], Notes]:
    """The study with the areas of files as regions, and the populations that these are to be.

    A population of the file with a rule of its own keeps name, colour and rule. Else all areas are one population where a name is given, and
    without a name those that the file calls alike: by the name of the object, else of its class, else the file.

    Raises
    ------
    Incompatible
        A file holds no area, is about other images, or images of another size.
    """
    new: dict[tuple[str, ...], New] = {}
    notes = Notes()
    for file in files:
        study, found, more = _of_file(study, file, choice, chosen)
        notes += more
        for one in found:
            earlier = new.get(one.name)
            new[one.name] = one if earlier is None else replace(earlier, rule=_together(earlier.rule, one.rule))
    return study, list(new.values()), notes


def _together(one: object, other: object) -> RegionRule:
    assert isinstance(one, RegionRule)
    assert isinstance(other, RegionRule)
    return RegionRule(tuple(dict.fromkeys((*one.regions, *other.regions))), one.by)


def _of_file(study: Study, file: Opened, choice: Choice, chosen: Sequence[int]) -> tuple[Study, list[New], Notes]:
    partners = _partners(study, file, chosen)
    sets = list(study.image_sets)
    rows = {id(source): _area_objects(source) for source in partners.values()}
    if not sum(map(len, rows.values())):
        raise Incompatible(f"{file.source.path.name} holds no area that could be a region; points and lines enclose nothing", path=file.source.path)
    names: dict[tuple[str, ...], list[str]] = {}
    details: dict[tuple[str, ...], New] = {}
    taken = _taken([sets[nth] for nth in chosen])
    ids_of: dict[int, tuple[str, ...]] = {}
    for nth, source in partners.items():
        mine = rows[id(source)]
        ids = ids_of.setdefault(id(source), _ids(source, mine, [sets[one] for one in chosen], taken))
        sets[nth] = _with_objects(sets[nth], Areas(source, mine, ids))
        for row, name in zip(mine.tolist(), ids, strict=True):
            one = _called(file, source, row, choice)
            details.setdefault(one.name, one)
            names.setdefault(one.name, []).append(name)
    found = [_new(details[name], names[name], choice) for name in names]
    where = f"{{count region}} of {file.source.path.name}"
    return replace(study, image_sets=tuple(sets)), found, Notes.of(Note(Kind.DONE, where, count=len({one for ids in names.values() for one in ids})))


def _new(one: New, ids: list[str], choice: Choice) -> New:
    assert isinstance(one.rule, RegionRule)
    return replace(one, rule=RegionRule(tuple(dict.fromkeys(ids)), choice.by or one.rule.by))


def _area_objects(s: ImageSet) -> Ints:
    """Objects with an area, in their order; those that are segments of a label image are none."""
    rows = np.unique(s.shapes.frame["object"].to_numpy()[area_rows(s.shapes)]).astype(np.int64)
    layers = s.objects.frame["layer"].gather(rows).is_in([image.name for image in s.labels]).fill_null(value=False)
    found: Ints = rows[~layers.to_numpy()]
    return found


def _partners(study: Study, file: Opened, chosen: Sequence[int]) -> dict[int, ImageSet]:
    """Place of an image set of the study -> the one of the file that is about the same image: the only one, or the one of the same name."""
    sources, where = file.study.image_sets, file.source.path.name
    named = {split_suffix(s.name)[0]: s for s in sources if s.name}
    found: dict[int, ImageSet] = {}
    for nth in chosen:
        s = study.image_sets[nth]
        partner = sources[0] if len(sources) == 1 else named.get(split_suffix(s.name)[0] if s.name else "")
        if partner is not None:
            _check_size(s, partner, where)
            found[nth] = partner
    if not found:
        listed = ", ".join(repr(s.name) for s in sources[:3])
        raise Incompatible(f"{where} is about {len(sources)} images ({listed}), and none of them is in the study; give the regions of one image", path=where)
    return found


def _check_size(s: ImageSet, source: ImageSet, where: str) -> None:
    sizes = [[one.grid.size(name) for name in "yx"] for one in (source, s)]
    if any(None not in pair and pair[0] != pair[1] for pair in zip(*sizes, strict=True)):
        texts = [f"y {one[0]} x x {one[1]}" for one in sizes]
        raise Incompatible(
            f"{where} was drawn on an image of {texts[0]} pixels, and {s.name or 'this image'} has {texts[1]}: its regions belong to another image",
            size=texts[0],
            expected=texts[1],
        )


def _taken(sets: Sequence[ImageSet]) -> pl.Series:
    return pl.concat([pl.Series([], dtype=pl.Utf8), *(s.objects.frame["id"] for s in sets)]).unique(maintain_order=True)


def _ids(source: ImageSet, rows: Ints, sets: Sequence[ImageSet], taken: pl.Series) -> tuple[str, ...]:
    """Ids for regions, the same in all image sets: their own where these are free, or are those of the same regions."""
    own = source.objects.frame["id"].gather(rows)
    if any(_same(s, source, rows, own) for s in sets):
        return tuple(own)
    return tuple(unique_texts(pl.concat([taken.alias("id"), own.alias("id")]))[len(taken) :])


def _same(s: ImageSet, source: ImageSet, rows: Ints, own: pl.Series) -> bool:
    """Whether an image set has these regions already."""
    there = s.objects.frame.with_row_index("row").filter(pl.col("layer") == REGIONS).join(pl.DataFrame({"id": own}), on="id", how="semi")
    if there.height != len(own):
        return False
    mine, theirs = (_shapes_of(one, chosen) for one, chosen in ((s, there["row"].to_numpy()), (source, rows)))
    return len(mine) == len(theirs) and bool(mine.rings.same(theirs.rings).all())


def _shapes_of(s: ImageSet, rows: Ints) -> Shapes:
    return s.shapes.take(np.flatnonzero(np.isin(s.shapes.frame["object"].to_numpy(), rows)).astype(np.int64))


def _with_objects(s: ImageSet, areas: Areas) -> ImageSet:
    """The image set with regions behind its objects; those that it has already stay."""
    ids = pl.Series(areas.ids, dtype=pl.Utf8)
    new = ~ids.is_in(s.objects.frame["id"].implode())
    rows = areas.rows[new.to_numpy()]
    facts = areas.source.objects.frame[rows].select("t", "name", "colour", "locked")
    frame = facts.with_columns(ids.filter(new).alias("id"), layer=pl.lit(REGIONS), label=pl.lit(None, pl.UInt64), track=pl.lit(None, pl.Int64))
    shapes = _shapes_of(areas.source, rows)
    owner = np.searchsorted(rows, shapes.frame["object"].to_numpy()) + len(s.objects)
    moved = shapes.with_columns(object=pl.Series(owner.astype(np.int32)))
    return replace(s, objects=Objects(pl.concat([s.objects.frame, frame], how="diagonal")), shapes=joined([s.shapes, moved]))


def _called(file: Opened, s: ImageSet, row: int, choice: Choice) -> New:
    """The population that a region is to be."""
    by = choice.by or "centroid"
    if choice.name is not None:
        return New(levels(choice.name), RegionRule((), choice.by or _own_by(file, s, row) or by), choice.colour)
    name = s.objects.frame["id"][row]
    for one in file.study.populations:
        if isinstance(one.rule, RegionRule) and name in one.rule.regions:
            colour = choice.colour if choice.colour is not None else one.colour
            return New(one.name, one.rule, colour, visible=one.visible, id=one.id)
    facts = s.objects.frame.row(row, named=True)
    mine = s.membership.frame.filter(pl.col("object") == row)["population"]
    classes = [one for one in file.study.populations if one.id in set(mine)]
    colour = choice.colour if choice.colour is not None else facts["colour"]
    if facts["name"]:
        return New((facts["name"],), RegionRule((), by), colour)
    if classes:
        return New(classes[0].name, RegionRule((), by), choice.colour if choice.colour is not None else classes[0].colour)
    return New((split_suffix(file.source.path.name)[0],), RegionRule((), by), colour)


def _own_by(file: Opened, s: ImageSet, row: int) -> By | None:
    name = s.objects.frame["id"][row]
    rules = [one.rule for one in file.study.populations if isinstance(one.rule, RegionRule)]
    return next((rule.by for rule in rules if name in rule.regions), None)

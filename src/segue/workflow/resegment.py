"""The segmentation changed: new labels, objects anew, values measured again, rules run again; lists made on other labels become stale, and it is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from segue.errors import Incompatible, InvalidOption
from segue.model.features import Feature
from segue.model.image import LabelImage, size_of
from segue.model.populations import Population
from segue.model.rings import Ints
from segue.model.rules import GateRule, ListRule, RegionRule
from segue.model.select import take_objects
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.workflow.measuring.remeasure import remeasured
from segue.workflow.measuring.wanted import columns_of, with_wanted
from segue.workflow.selecting.columns import tables_of
from segue.workflow.selecting.evaluate import evaluate, runs_here, with_members
from segue.workflow.selecting.fit import judged_set
from segue.workflow.selecting.order import called, made_of, ordered
from segue.workflow.selecting.places import listed
from segue.workflow.selecting.stale import stale_lists

if TYPE_CHECKING:
    from segue.tasks.workers import Workers

Outcome = Literal["selected", "selected anew", "kept", "stale", "back"]


@dataclass(frozen=True)
class Refreshed:
    """What became of a population in an image set."""

    population: str
    """Its name."""
    image_set: str
    rule: str
    """list, regions, gate or sets."""
    outcome: Outcome
    before: int
    """Members that it had."""
    after: int
    """Members that it has."""
    why: str = ""
    """How it was noticed that a list is stale."""

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return dict(vars(self))


@dataclass(frozen=True)
class Resegmented:
    """A study after its labels changed."""

    study: Study
    populations: tuple[Refreshed, ...]
    notes: Notes


def resegmented(study: Study, labels: Mapping[int, LabelImage], layer: str | None = None, workers: Workers | None = None, where: str = "") -> Resegmented:
    """Replace label images, and bring everything that was made on them up to date.

    Objects of the layer are made anew from the labels; of what was known about the old ones, values that know their measurement are measured again
    where their image is there. Regions, gates and sets select anew; lists that were made on other labels become stale: their members leave the
    population and are kept in the extras of the image set. A list that was stale before is back where the labels are again those it was made on.
    Objects of other layers, such as regions and drawings, stay as they are.

    Parameters
    ----------
    study
        The study; it stays as it is.
    labels
        Place of an image set -> its new label image. Rules are run in all image sets that are named, with labels as they are where none are given
        (``refreshed``).
    layer
        Of several label images the one to replace.
    workers
        Who measures; None = threads.
    where
        What sentences call the study.

    Raises
    ------
    Incompatible
        New labels have another size than the old ones or the image; both sizes are in the message.
    InvalidOption
        There are several label images and none is named, or there is none of that name.
    UsageError
        A rule cannot be run.
    """
    results = {nth: _with_labels(study.image_sets[nth], image, layer, study.image_sets[nth].name or where) for nth, image in labels.items()}
    sets = tuple(results[nth][0] if nth in results else s for nth, s in enumerate(study.image_sets))
    changed = {nth: image for nth, (_, image, _) in results.items() if image is not None}
    again = refreshed(replace(study, image_sets=sets), sorted(labels), workers, where, changed, {nth: study.image_sets[nth] for nth in changed})
    return replace(again, notes=Notes.joined(notes for _, _, notes in results.values()) + again.notes)


def refreshed(
    study: Study,
    chosen: Sequence[int],
    workers: Workers | None = None,
    where: str = "",
    changed: Mapping[int, LabelImage] | None = None,
    before: Mapping[int, ImageSet] | None = None,
) -> Resegmented:
    """Run all rules again, and find the lists that are stale.

    Parameters
    ----------
    study
        The study.
    chosen
        Places of the image sets.
    workers, where
        As for ``resegmented``.
    changed
        Place -> label image that is new.
    before
        Place -> the image set as it was before its labels changed.

    Raises
    ------
    UsageError, SourceError
    """
    sets, report, notes = list(study.image_sets), [], Notes()
    for nth in chosen:
        old = (before or {}).get(nth, sets[nth])
        sets[nth], found, more = _refreshed(study, sets[nth], old, (changed or {}).get(nth), workers, sets[nth].name or where)
        report += found
        notes += more
    return Resegmented(replace(study, image_sets=tuple(sets)), tuple(report), notes)


def _refreshed(
    study: Study, s: ImageSet, old: ImageSet, changed: LabelImage | None, workers: Workers | None, where: str
) -> tuple[ImageSet, list[Refreshed], Notes]:
    notes = Notes()
    if changed is None:
        s, notes = judged_set(study, s, workers, where)
        old = s
    places = listed(s, workers)
    prints = {image.name: image.fingerprint() for image in s.labels}
    with_values, cannot, more = _values(study, places.s, old, changed, workers, where)
    found, lists, said = stale_lists(study, with_values, old, prints, changed, where, cannot)
    notes += more + said
    wanted = {one.id for one in study.populations if runs_here(found, one)} - set(cannot)
    selected = evaluate(replace(places, s=found), study.populations, wanted)
    report = _report(study, old, selected, where)
    for one in (one for one in study.populations if one.id in selected):
        before = old.membership.frame.filter(pl.col("population") == pl.lit(one.id)).height
        notes += Notes.of(Note(Kind.DONE, f"{{count object}} in {called(one)}, selected anew ({before:,} before)", where=where, count=len(selected[one.id])))
    rows = [Refreshed(" / ".join(one.population.name), where, kind_of(one.population), one.outcome, one.before, one.after, one.why) for one in lists]
    return with_members(found, selected, prints), report + [row for row in rows if row.before or row.after], notes


def _values(
    study: Study, s: ImageSet, old: ImageSet, changed: LabelImage | None, workers: Workers | None, where: str
) -> tuple[ImageSet, dict[str, str], Notes]:
    """The image set with the values that its gates need; and the populations whose rules cannot be run without those that are gone, with the reason."""
    notes = Notes()
    if changed is not None:
        s, notes = remeasured(s, old, changed, workers, where)
    s, more = with_wanted(s, columns_of(one.rule for one in study.populations), workers, where)
    cannot: dict[str, str] = {}
    if changed is None:
        return s, cannot, notes + more
    for one in ordered(study.populations, {one.id for one in study.populations}):
        missing = [name for name in columns_of([one.rule]) if not tables_of(s, name)]
        below = [name for name in made_of(one.rule) if name in cannot]
        if missing:
            cannot[one.id] = f"its rule needs the values {missing[0]!r}, which could not be measured on the new labels"
        elif below:
            cannot[one.id] = "its rule is about a population that cannot be selected on the new labels"
    return s, cannot, notes + more


def kind_of(population: Population) -> str:
    """What its rule is: list, regions, gate or sets."""
    kinds: dict[type, str] = {ListRule: "list", RegionRule: "regions", GateRule: "gate"}
    return kinds.get(type(population.rule), "sets")


def _report(study: Study, old: ImageSet, selected: Mapping[str, Ints], where: str) -> list[Refreshed]:
    before = dict(old.membership.frame["population"].value_counts().rows())
    return [
        Refreshed(" / ".join(one.name), where, kind_of(one), "selected anew", before.get(one.id, 0), len(selected[one.id]))
        for one in study.populations
        if one.id in selected
    ]


def _with_labels(s: ImageSet, new: LabelImage, layer: str | None, where: str) -> tuple[ImageSet, LabelImage | None, Notes]:
    """The image set with a label image in place of another, without the objects of that; None where nothing is replaced: the first, or the same."""
    old = _replaced(s, layer, where)
    check_size(s, old, new, where)
    name = old.name if old is not None else layer or _layer_of(s) or new.name
    image = replace(new, name=name, persists=new.persists if old is None else old.persists)
    if old is None:
        return replace(s, labels=(*s.labels, image)), None, Notes()
    if old.fingerprint() == image.fingerprint():
        return s, None, Notes.of(Note(Kind.ASSUMED, "the labels are those that it has already: nothing is replaced, and the rules are run again", where=where))
    gone = s.objects.frame.select(pl.col("layer").eq_missing(pl.lit(image.name)) & pl.col("label").is_not_null()).to_series()
    kept = take_objects(s, (~gone).arg_true().to_numpy().astype("int64"))
    return replace(kept, labels=tuple(image if one is old else one for one in s.labels)), image, _gone(s, kept, where)


def _replaced(s: ImageSet, layer: str | None, where: str) -> LabelImage | None:
    """The label image that is replaced; None where there is none yet."""
    found = [image for image in s.labels if layer in (None, image.name)]
    if len(found) > 1 or (layer is not None and s.labels and not found):
        known = ", ".join(repr(image.name) for image in s.labels)
        what = "several label images" if layer is None else f"no label image {layer!r}"
        raise InvalidOption(f"{where or 'the image set'} has {what}: name the one that changed with --layer ({known})", option="layer", allowed=known)
    return found[0] if found else None


def _layer_of(s: ImageSet) -> str | None:
    """The only layer whose objects have labels: that of a label image which is not there."""
    layers = s.objects.frame.filter(pl.col("label").is_not_null())["layer"].unique()
    return layers[0] if len(layers) == 1 else None


def check_size(s: ImageSet, old: LabelImage | None, new: LabelImage, where: str) -> None:
    """Raise Incompatible unless new labels have the size of the old ones, or of the image set; the message names both."""
    sizes = {name: size_of(new.pixels, new.axes, name) for name in "tzyx"}
    wanted = {name: s.grid.size(name) if old is None else size_of(old.pixels, old.axes, name) for name in "tzyx"}
    if all(wanted[name] in (None, size) for name, size in sizes.items()):
        return
    names = [name for name in "tzyx" if name in "yx" or sizes[name] != wanted[name]]
    texts = [" x ".join(f"{name} {one[name]}" for name in names) for one in (sizes, wanted)]
    what = "the segmentation that they replace" if old is not None else "the image"
    raise Incompatible(
        f"{where + ': ' if where else ''}the new labels have {texts[0]} pixels and {what} has {texts[1]}; they have to be of the same image, of the same size",
        size=texts[0],
        expected=texts[1],
    )


def _gone(s: ImageSet, kept: ImageSet, where: str) -> Notes:
    """What went with the objects of the old segmentation, beside their values and memberships."""
    facts = [
        s.objects.frame.filter(pl.col(name).is_not_null()).height - kept.objects.frame.filter(pl.col(name).is_not_null()).height for name in ("name", "colour")
    ]
    counts = [
        (len(s.shapes) - len(kept.shapes), Feature.TRACED, "outlines of segments that are replaced"),
        (len(s.connections) - len(kept.connections), Feature.CONNECTIONS, "of segments that are replaced"),
        (facts[0], Feature.OBJECT_NAME, "of segments that are replaced"),
        (facts[1], Feature.OBJECT_COLOUR, "of segments that are replaced"),
    ]
    return Notes(tuple(Note(Kind.LOST, what, feature, where, count) for count, feature, what in counts if count))

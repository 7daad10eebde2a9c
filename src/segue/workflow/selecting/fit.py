"""Whether lists of members belong to a segmentation: judged by the regions beside them, whose rules are run on it and compared with their stored members."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from segue.model.features import Feature
from segue.model.populations import Membership
from segue.model.rules import RegionRule
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.workflow.selecting.evaluate import evaluate, stored
from segue.workflow.selecting.places import listed
from segue.workflow.selecting.regions import has_regions

if TYPE_CHECKING:
    from segue.tasks.workers import Workers

GOOD = 0.9
"""How much of what is stored or selected has to be both."""


@dataclass(frozen=True)
class Fit:
    """How well stored members fit what the rules of their regions select, summed over the populations of an image set."""

    stored: int
    """Members that are listed."""
    selected: int
    """Segments that the rules select."""
    both: int
    """Those that are in both."""

    @property
    def share(self) -> float:
        """Both, of all that is stored or selected; 1 if nothing is."""
        every = self.stored + self.selected - self.both
        return self.both / every if every else 1.0

    @property
    def judged(self) -> bool:
        """Whether there is anything to judge by."""
        return self.stored + self.selected > 0

    @property
    def good(self) -> bool:
        """Whether the members were made on these labels, as far as that can be told."""
        return self.judged and self.share >= GOOD


def fit_of(study: Study, s: ImageSet, workers: Workers | None = None) -> Fit:
    """Run the rules of the region populations of an image set on its label images, and compare the segments with the stored members.

    Memory: as ``places.listed``.

    Raises
    ------
    SourceError
        A label image cannot be read.
    """
    regions = [one for one in study.populations if isinstance(one.rule, RegionRule) and has_regions(s, one.rule)]
    if not s.labels or not regions:
        return Fit(0, 0, 0)
    found = listed(s, workers)
    selected = evaluate(found, study.populations, {one.id for one in regions})
    pairs = [(stored(found.s, one.id), selected[one.id]) for one in regions]
    return Fit(sum(len(a) for a, _ in pairs), sum(len(b) for _, b in pairs), sum(len(np.intersect1d(a, b)) for a, b in pairs))


def judged(study: Study, workers: Workers | None = None, where: str = "") -> tuple[Study, Notes]:
    """The study of a file that does not say on which labels its members were listed, after it met labels.

    Where the regions fit, all members without a fingerprint get that of the label image of their object. Where they do not, nothing is set and a
    note says so with both numbers. Where there are no regions nothing can be told: members stay without a fingerprint, and a later change of the
    labels makes their lists stale.

    Raises
    ------
    SourceError
        A label image cannot be read.
    """
    results = [judged_set(study, s, workers, s.name or where) for s in study.image_sets]
    return replace(study, image_sets=tuple(s for s, _ in results)), Notes.joined(notes for _, notes in results)


def judged_set(study: Study, s: ImageSet, workers: Workers | None, where: str) -> tuple[ImageSet, Notes]:
    """As ``judged``, of one image set."""
    if not s.labels or not s.membership.frame["labels"].null_count():
        return s, Notes()
    fit = fit_of(study, s, workers)
    if fit.good:
        return with_fingerprints(s, {image.name: image.fingerprint() for image in s.labels}), Notes()
    if not fit.judged:
        return s, Notes()
    what = (
        f"the labels are not those on which its populations were made: the regions list {fit.stored:,} segments and select {fit.selected:,} on these labels, "
        f"and only {fit.both:,} are the same; select anew with segue select --refresh, and do not trust the other lists"
    )
    return s, Notes.of(Note(Kind.CHANGED, what, Feature.MEMBERSHIP, where, fit.stored + fit.selected - 2 * fit.both))


def with_fingerprints(s: ImageSet, fingerprints: dict[str, str]) -> ImageSet:
    """The image set in which memberships without a fingerprint have that of the layer of their object."""
    layers = s.objects.frame["layer"].gather(s.membership.frame["object"]).alias("layer")
    prints = pl.DataFrame({"layer": list(fingerprints), "print": list(fingerprints.values())}, schema={"layer": pl.Utf8, "print": pl.Utf8})
    own = layers.to_frame().join(prints, on="layer", how="left", maintain_order="left")["print"]
    return replace(s, membership=Membership(s.membership.frame.with_columns(labels=pl.coalesce("labels", own))))

"""What a drawn study may hold: features, and the limits within which a format keeps them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from segue.formats.format import Accepts, Format, Limit
from segue.model.features import SHAPE_FEATURES, Feature

LIMITS = {
    Feature.IMAGE_SETS: "at_most",
    Feature.IMAGE_SET_NAME: "text; choices: which of name, group, position",
    Feature.GRID_SIZE: "axes",
    Feature.PIXEL_SIZE: "axes that have one; choices: units; lowest, highest, grid of the step",
    Feature.ORIGIN: "lowest, highest, grid of the translation; choices: which of translation, world",
    Feature.IMAGES: "at_most, dtypes, axes",
    Feature.PIXEL_TYPE: "dtypes, if fewer than those of the images",
    Feature.IMAGE_NAME: "text",
    Feature.CHANNEL_NAMES: "text",
    Feature.DATA_RANGE: "lowest, highest, grid",
    Feature.LABELS: "at_most, dtypes, axes; lowest, highest label in them",
    Feature.LAYER: "text",
    Feature.OBJECTS: "at_most, lowest: shapes of one object",
    Feature.OBJECT_ID: "text",
    Feature.OBJECT_LABEL: "lowest, highest; choices: always = every object has one",
    Feature.OBJECT_TIME: "lowest, highest",
    Feature.TRACK: "lowest, highest",
    Feature.OBJECT_NAME: "text",
    Feature.OBJECT_COLOUR: "choices: opaque",
    Feature.SHAPE_ROLE: "choices: roles",
    Feature.SHAPE_PLANE: "choices: which of z, c; lowest, highest",
    Feature.SHAPE_STYLE: "choices: which columns; text; lowest, highest, grid of widths and sizes",
    Feature.VALUES: "dtypes: types of columns; choices: what tables may be about; at_most: tables; text; lowest, highest, grid of numbers",
    Feature.COLUMNS: "choices: which facts of a column; text of its name",
    Feature.POPULATIONS: "at_most: depth of the names; text",
    Feature.POPULATION_COLOUR: "choices: opaque",
    Feature.POPULATION_SETTINGS: "choices: kinds",
    Feature.MEMBERSHIP: "at_most: populations of one object",
    **dict.fromkeys(SHAPE_FEATURES, "lowest, highest, grid of coordinates and parameters; at_most: parts; choices: which parameters, or no holes"),
}
"""Which fields of ``Limit`` mean what: the limits by which studies are steered."""


@dataclass(frozen=True)
class Allowed:
    """Features a drawn study may use, and their limits."""

    features: frozenset[Feature] = frozenset(Feature)
    limits: Mapping[Feature, Limit] = field(default_factory=dict)
    needed: frozenset[Feature] = frozenset()
    """Of images and label images: what there is at least one of."""

    def __repr__(self) -> str:
        return f"Allowed({len(self.features)} of {len(Feature)} features)"

    def __contains__(self, feature: Feature) -> bool:
        return feature in self.features

    def limit(self, feature: Feature) -> Limit:
        """The limit of a feature; an empty one where there is none."""
        return self.limits.get(feature, Limit())

    def at_most(self, feature: Feature, usual: int) -> int:
        """How many there may be: what is usual for a tiny study, or fewer."""
        stated = self.limit(feature).at_most
        return usual if stated is None else min(usual, stated)

    def may(self, feature: Feature, choice: str) -> bool:
        """Whether a limit leaves one of its choices open."""
        choices = self.limit(feature).choices
        return feature in self and (not choices or choice in choices)

    def without(self, features: Collection[Feature]) -> Allowed:
        return replace(self, features=self.features - frozenset(features))

    def needing(self, feature: Feature) -> Allowed:
        return replace(self, needed=self.needed | {feature})


def declared_exact(record: Format) -> Allowed:
    """Everything that a format says it keeps exactly, within the limits it states."""
    kept = {feature: kept for feature, kept in record.keeps.items() if kept.exactly}
    return Allowed(frozenset(kept), {feature: one.limit for feature, one in kept.items() if one.limit is not None})


def forms(record: Format) -> list[Allowed]:
    """What to draw for a format, one after the other: a single file that takes pixels and labels holds one of them at a time.

    So does a folder that holds at most one of each.
    """
    allowed = declared_exact(record)
    one_picture = all(allowed.limit(feature).at_most == 1 for feature in (Feature.IMAGES, Feature.LABELS))
    if (record.folder and not one_picture) or not {Accepts.PIXELS, Accepts.LABELS} <= record.accepts:
        return [allowed]
    return [allowed.without({Feature.LABELS}).needing(Feature.IMAGES), allowed.without({Feature.IMAGES}).needing(Feature.LABELS)]

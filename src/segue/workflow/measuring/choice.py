"""What is to be measured, and what its columns are called: from the names that a user gives to those of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from segue.errors import InvalidOption, UsageError
from segue.measure.catalog import MEASUREMENTS
from segue.measure.measuring import Wanted
from segue.measure.preset import PresetColumn
from segue.measure.presets import preset_of

DEFAULT = ("area", "mean", "median", "std", "min", "max", "sum")
"""What is measured unless something is asked for: size and values, which every image has, in a plane as in a volume."""

BY_NAME = {one.name: one for one in MEASUREMENTS}

GROUPS: dict[str, tuple[str, ...]] = {
    "shape": tuple(one.name for one in MEASUREMENTS if not one.channels),
    "intensity": tuple(one.name for one in MEASUREMENTS if one.channels),
    "all": tuple(BY_NAME),
    "centroid": ("x", "y", "z"),
    "box": ("left", "top", "front", "width", "height", "depth"),
    "ellipse": ("major", "minor", "angle"),
    "weighted_centroid": ("weighted_x", "weighted_y", "weighted_z"),
}
"""Names that stand for several measurements."""


@dataclass(frozen=True)
class Choice:
    """Measurements, in the order in which they are shown."""

    names: tuple[str, ...]
    """Of the catalogue, and ``percentile N``; they follow the columns of the preset."""
    asked: frozenset[str] = frozenset()
    """Those that were asked for by their own name."""
    preset: str | None = None

    def fits(self, name: str, dimensions: int) -> bool:
        """Whether it can be measured in so many dimensions."""
        one = BY_NAME.get(name)
        return one is None or dimensions in one.dimensions

    def left_out(self, dimensions: int) -> tuple[str, ...]:
        """Names that were asked for, and that such a label image does not have."""
        return tuple(name for name in self.names if name in self.asked and not self.fits(name, dimensions))

    @property
    def pixels_only(self) -> bool:
        """Whether the program measures in pixels whatever their size."""
        return self.preset is not None and preset_of(self.preset).pixels_only

    @property
    def values(self) -> bool:
        """Whether values of channels are asked for."""
        preset = None if self.preset is None else preset_of(self.preset)
        headings = () if preset is None else preset.headings + preset.last
        return any(of_values(name) for name in (*self.names, *(one.measurement for one in headings)))

    def columns(self, channels: Sequence[str], dimensions: int) -> tuple[PresetColumn, ...]:
        """A column per measurement, and per channel where it is of values; ``channels`` are their names, empty = it needs none."""
        found = list(preset_of(self.preset).table(channels, dimensions)) if self.preset else []
        for name in self.names:
            if self.fits(name, dimensions) and of_values(name):
                found += [PresetColumn(f"{channel} {name}", name, number, "plain") for number, channel in enumerate(channels)]
            elif self.fits(name, dimensions):
                found.append(PresetColumn(name, name, None, "plain"))
        return tuple({one.name: one for one in (column._replace(name=column.name.strip()) for column in found)}.values())


def of_values(name: str) -> bool:
    """Whether there is one per channel."""
    return name not in BY_NAME or BY_NAME[name].channels


def wanted(names: Iterable[str]) -> Wanted:
    """The names in the form that the kernels take."""
    listed = list(dict.fromkeys(names))
    return Wanted(tuple(name for name in listed if name in BY_NAME), tuple(float(name.split()[1]) for name in listed if name not in BY_NAME))


def choice_of(statistics: Sequence[str] = (), preset: str | None = None) -> Choice:
    """The measurements that a user names.

    Parameters
    ----------
    statistics
        Names of the catalogue, ``percentile N``, and groups (``GROUPS``), in any case; ``_``, ``-`` and blanks are the same. Empty = ``DEFAULT``,
        or those of the preset.
    preset
        Name of a program whose columns are wanted, under its names.

    Raises
    ------
    InvalidOption
        There is no such measurement, or preset; the message names the nearest.
    """
    if preset is not None:
        preset_of(preset)
    found: dict[str, bool] = {}
    for given in statistics or (() if preset else DEFAULT):
        names = _named(given)
        for name in names:
            found[name] = found.get(name, False) or (len(names) == 1 and bool(statistics))
    if not found and not preset:
        raise UsageError("nothing is to be measured; name statistics, such as --statistics mean,area (segue measure --list shows all)")
    return Choice(tuple(found), frozenset(name for name, own in found.items() if own), preset)


def _named(given: str) -> tuple[str, ...]:
    key = "_".join(given.strip().lower().replace("-", " ").replace("_", " ").split())
    if key in BY_NAME:
        return (key,)
    if key in GROUPS:
        return tuple(name for name in GROUPS[key] if name in BY_NAME)
    if key.startswith("percentile"):
        return (_percentile(key.removeprefix("percentile").strip("_"), given),)
    near = get_close_matches(key, [*BY_NAME, *GROUPS, "percentile"], 3, 0.5)
    hint = f"did you mean {', '.join(near)}? " if near else ""
    raise InvalidOption(f"there is no measurement {given.strip()!r}; {hint}segue measure --list shows all", option="statistics", given=given)


def _percentile(text: str, given: str) -> str:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise InvalidOption(f"{given.strip()!r} is no percentile; write 'percentile 10', with a number from 0 to 100", option="statistics", given=given)
    return f"percentile {value:g}"

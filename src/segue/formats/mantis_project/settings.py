"""The settings of a project: how they become displays, and what of them is kept as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from segue.codecs.json_text import dumps, loads
from segue.errors import Malformed
from segue.formats.mantis_files.colours import from_mantis, to_mantis, understood
from segue.formats.mantis_files.from_model import called
from segue.formats.mantis_files.slots import COLOURS, ORDER, in_slots, slot_rows
from segue.formats.mantis_files.terms import OWN
from segue.formats.mantis_project.layout import is_plain, is_tiff
from segue.model.display import ChannelDisplay, Display
from segue.model.populations import Population
from segue.model.study import EXTRAS
from segue.notes import Kind, Note, Notes
from segue.storage.names import safe_name

_SLOTS = tuple(reversed(ORDER))
WHITE = 0xFFFFFFFF
MARKERS, TINTS, LIMITS, SHOWN = "channelMarker", "channelColor", "channelDomainValue", "channelVisibility"
FILL, OUTLINE, REGION = "segmentationFillAlpha", "segmentationOutlineAlpha", "selectedRegionAlpha"
MAPPINGS, GLOBAL, BASENAME = "channelMappings", "globalPopulationAttributes", "segmentationBasename"
INNER, REGIONS, LOADED, OVERRIDE = "imageSubdirectory", "regionsBasename", "regionsFilesLoaded", "markerNamesOverride"
VIEW = (MARKERS, TINTS, LIMITS, SHOWN, FILL, OUTLINE, REGION)
"""Settings that a display says."""
_FILES = (BASENAME, INNER, REGIONS, OVERRIDE)
_PATH = re.compile(r"(?:/[^/\s][^/]*/|[A-Za-z]:[\\/]|\\\\|file:|~/)")
_SHARE = (0.0, 0.7)

Settings = dict[str, Any]


def understood_settings(texts: Mapping[str, str], where: str) -> tuple[Settings, Notes]:
    """The values of settings; those that are no JSON, or lead to a place on somebody's computer, are left out with a note."""
    found: Settings = {}
    damaged, paths = 0, []
    for name, text in texts.items():
        try:
            value = loads(dumps(loads(text.encode("utf-8", "replace"))))
        except (Malformed, RecursionError, ValueError):
            damaged += 1
            continue
        if _leads_elsewhere(value) or (name in _FILES and not _is_here(value)):
            paths.append(name)
        elif value is not None:
            found[name] = value
    notes = [Note(Kind.SKIPPED, f"the setting {name} names a place on somebody's computer", where=where) for name in paths]
    notes += [Note(Kind.SKIPPED, "{count setting} that cannot be read", where=where, count=damaged)] if damaged else []
    return found, Notes(tuple(notes))


def of_text(text: str) -> Settings:
    """The settings in the text of ``.mantisImageSettings``; none if it cannot be read, or names places elsewhere."""
    value = understood_settings({"": text}, "")[0].get("") if text else None
    return {name: one for name, one in value.items() if name not in _FILES or _is_here(one)} if isinstance(value, dict) else {}


def _leads_elsewhere(value: Any) -> bool:
    if isinstance(value, str):
        return _PATH.match(value) is not None
    if isinstance(value, dict):
        return any(_leads_elsewhere(one) for pair in value.items() for one in pair)
    return isinstance(value, list) and any(_leads_elsewhere(one) for one in value)


def _is_here(value: Any) -> bool:
    """Whether a setting that names a file names one in the project."""
    names = [value.get("basename")] if isinstance(value, dict) else [value]
    return all(name in (None, "") or (isinstance(name, str) and is_plain(name)) for name in names)


def writable(settings: Settings) -> Settings:
    """Without settings that name files and folders which cannot be called so."""
    named = {INNER: text_of(settings, INNER), OVERRIDE: override_of(settings)[0]}
    odd = {name for name, value in named.items() if name in settings and (not _is_safe(value) or is_tiff(value))}
    return {name: value for name, value in settings.items() if name not in odd}


def _is_safe(name: str) -> bool:
    return is_plain(name) and not name.startswith(".") and safe_name(name) == name


def override_of(settings: Settings) -> tuple[str, bool]:
    """The file with names of channels (empty = none), and whether it is one for all image sets."""
    told = settings.get(OVERRIDE)
    name = told.get("basename") if isinstance(told, dict) else None
    return (name if isinstance(name, str) else "", isinstance(told, dict) and told.get("project") is True)


def text_of(settings: Settings, name: str) -> str:
    """A setting that is a text; empty where it is none."""
    value = settings.get(name)
    return value if isinstance(value, str) else ""


def displays_of(settings: Settings) -> tuple[Display, ...]:
    """The channel mappings as presets, by their names."""
    mappings = settings.get(MAPPINGS)
    return tuple(_preset(name, one) for name, one in mappings.items()) if isinstance(mappings, dict) else ()


def _preset(name: str, mapping: Any) -> Display:
    parts = mapping if isinstance(mapping, dict) else {}
    markers, colours = _dict(parts.get("markers")), _dict(parts.get("colors"))
    return Display(name, tuple(ChannelDisplay(markers[key], _colour(colours, key)) for key in ORDER if isinstance(markers.get(key), str)))


def display_of(settings: Settings) -> Display | None:
    """How every image set is looked at; None where no setting says it."""
    if not any(name in settings for name in VIEW):
        return None
    markers, colours, shown = (_dict(settings.get(name)) for name in (MARKERS, TINTS, SHOWN))
    limits = _dict(settings.get(LIMITS))
    channels = tuple(
        ChannelDisplay(markers[key], _colour(colours, key), *_limits(limits.get(key)), visible=shown.get(key) is not False)
        for key in ORDER
        if isinstance(markers.get(key), str)
    )
    fill, outline, region = (_share(settings.get(name), usual) for name, usual in ((FILL, 0.0), (OUTLINE, 0.7), (REGION, 0.4)))
    return Display("", channels, label_opacity=fill, outline_colour=WHITE, outline_opacity=outline, region_opacity=region)


def _share(value: Any, usual: float) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1 else usual


def _colour(colours: Mapping[str, Any], key: str) -> int:
    found = understood(colours.get(key))
    return COLOURS[key] if found is None else from_mantis(found) or 0


def _limits(value: Any) -> tuple[float | None, float | None]:
    """Raw intensities; two numbers up to 1 are shares of the largest one, which is not known here."""
    if isinstance(value, list) and len(value) == 2 and all(_is_number(one) for one in value) and value[1] > 1:
        return float(value[0]), float(value[1])
    return None, None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def slots_in(settings: Settings) -> pl.DataFrame:
    """Rows of extras about the mappings whose channels are not those that follow from the colours."""
    mappings = _dict(settings.get(MAPPINGS))
    markers = {name: _dict(_dict(one).get("markers")) for name, one in mappings.items()}
    shown = {one.name: one.channels for one in displays_of(settings)}
    slots = {name: [key for key in ORDER if isinstance(own.get(key), str)] for name, own in markers.items()}
    return slot_rows({name: list(zip(slots[name], shown[name], strict=True)) for name in mappings})


def mappings_from(displays: Iterable[Display], raw: Any, stated: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Presets as channel mappings.

    Parameters
    ----------
    displays
        The presets of the study.
    raw
        The mappings as they were read: one whose preset has not changed is written as it stands there.
    stated
        Name of a preset -> the slots of its channels, where the study says them.
    """
    old = _dict(raw)
    return {one.name: old[one.name] if one.name in old and _preset(one.name, old[one.name]) == one else _mapping(one, stated) for one in displays}


def _mapping(one: Display, stated: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    given = dict(in_slots(one, stated))
    return {
        "markers": {key: given[key].channel if key in given else None for key in _SLOTS},
        "colors": {key: to_mantis(given[key].colour if key in given else COLOURS[key]) for key in _SLOTS},
    }


def view_from(display: Display | None) -> Settings:
    """The settings that say a display."""
    if display is None:
        return {}
    given, mapping = dict(in_slots(display, {})), _mapping(display, {})
    limits = {key: [one.low, one.high] for key, one in given.items() if one.low is not None and one.high is not None and one.high > 1}
    found: Settings = {MARKERS: mapping["markers"], TINTS: mapping["colors"], SHOWN: {key: key not in given or given[key].visible for key in _SLOTS}}
    found |= {LIMITS: {key: limits.get(key, list(_SHARE)) for key in _SLOTS}} if limits else {}
    return found | {FILL: display.label_opacity, OUTLINE: display.outline_opacity, REGION: display.region_opacity}


def as_extras(settings: Settings) -> pl.DataFrame:
    """Settings as rows of the study's extras."""
    rows = [(OWN, "study", name, dumps(value).decode()) for name, value in settings.items()]
    return pl.DataFrame(rows, schema=EXTRAS, orient="row")


def from_extras(extras: pl.DataFrame) -> Settings:
    """The settings among the extras of a study."""
    rows = extras.filter((pl.col("format") == OWN) & (pl.col("entity") == "study") & pl.col("id").is_not_null() & pl.col("payload").is_not_null())
    return understood_settings(dict(zip(rows["id"], rows["payload"], strict=True)), "")[0]


def with_populations(settings: Settings, populations: Iterable[Population]) -> Settings:
    """Colours and visibilities that Mantis keeps for all image sets by name, where the populations say others by now."""
    told = settings.get(GLOBAL)
    if not isinstance(told, dict):
        return settings
    found = dict(told)
    for one in reversed(tuple(populations)):
        name, colour = called(one), to_mantis(one.colour)
        if not isinstance(told.get(name), dict):
            continue
        if colour is None:
            found.pop(name, None)
        else:
            found[name] = told[name] | {"color": colour, "visible": one.visible}
    return settings | {GLOBAL: found}

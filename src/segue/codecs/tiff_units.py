"""Names of units as programs write them -> the short names of the model."""

from __future__ import annotations

import re

_NAMES = {
    "um": "um µm μm micron microns micrometer micrometers micrometre micrometres",
    "nm": "nm nanometer nanometers nanometre nanometres",
    "pm": "pm picometer picometers picometre picometres",
    "mm": "mm millimeter millimeters millimetre millimetres",
    "cm": "cm centimeter centimeters centimetre centimetres",
    "m": "m meter meters metre metres",
    "inch": "inch inches in",
    "angstrom": "å Å angstrom angstroms ångström",
    "s": "s sec secs second seconds",
    "ms": "ms msec millisecond milliseconds",
    "us": "us µs μs microsecond microseconds",
    "min": "min minute minutes",
    "h": "h hr hrs hour hours",
    "d": "d day days",
    "pixel": "pixel pixels px",
}
_SHORT = {name: short for short, names in _NAMES.items() for name in names.split()}
_OME_TIMES = {"s": "s", "ms": "ms", "us": "µs", "min": "min", "h": "h", "d": "d"}
_OME_LENGTHS = {short: short for short in _NAMES if short not in _OME_TIMES} | {"um": "µm", "angstrom": "Å", "inch": "in"}


def ome_unit(axis: str, unit: str) -> str | None:
    """The symbol of a unit in OME-XML (UnitsTime for t, UnitsLength for others); None where the schema has none."""
    return (_OME_TIMES if axis == "t" else _OME_LENGTHS).get(unit)


def short_unit(text: str) -> str | None:
    """The model's name of a unit, unknown units as they are; None for no unit.

    Understands ImageJ's escapes (``\\u00B5m``) and the tuples that some scripts wrote (``('cm',)``).
    """
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text).strip()
    wrapped = re.fullmatch(r"[(\[]\s*['\"]?(.*?)['\"]?\s*,?\s*[)\]]", text)
    text = wrapped[1] if wrapped else text
    return _SHORT.get(text, _SHORT.get(text.lower(), text)) if text not in {"", "null", "None"} else None

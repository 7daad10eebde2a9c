"""Units that stand in the names of columns."""

from __future__ import annotations

import re

_UNITS = {
    **dict.fromkeys(("µm", "um", "\u03bcm", "micron", "microns"), "um"),
    **{f"{micro}{power}": f"um^{number}" for micro in ("µm", "um", "\u03bcm") for number, powers in ((2, ("^2", "²")), (3, ("^3", "³"))) for power in powers},
    **{f"{unit}{power}": f"{unit}^{number}" for unit in ("px", "nm", "mm") for number, powers in ((2, ("^2", "²")), (3, ("^3", "³"))) for power in powers},
    **{unit: unit for unit in ("px", "nm", "mm", "ms", "s", "min", "%")},
    **dict.fromkeys(("pixel", "pixels"), "px"),
}
"""As they are written -> as segue calls them."""
_NAMED = re.compile(r"^(?P<name>.*\S)\s+[\(\[]?(?P<unit>[^\s\(\)\[\]]+)[\)\]]?$", re.DOTALL)


def unit_in(name: str) -> str | None:
    """The unit that a name ends with: ``um^2`` of ``Area µm^2``, ``px`` of ``Length (px)``; None = no well-known one."""
    found = _NAMED.match(name)
    return _UNITS.get(found["unit"]) if found else None

"""experiment.xenium: what is said about the run."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from segue.codecs.json_text import loads
from segue.errors import InvalidOption, Malformed
from segue.storage.source import Source

_LARGEST = 16 << 20
_KEPT = ("analysis_sw_version", "panel_name", "panel_organism", "panel_tissue_type", "preservation_method", "experiment_uuid", "z_step_size")
"""Facts that the model has no word for. What names people, instruments or files stays out."""


@dataclass(frozen=True)
class Experiment:
    """What is known of a run."""

    pixel_size: float | None = None
    run: str = ""
    region: str = ""
    other: dict[str, Any] = field(default_factory=dict)


def read_experiment(path: Path | None) -> Experiment:
    """What the file says; nothing where there is none.

    Raises
    ------
    Malformed
    """
    if path is None:
        return Experiment()
    value = loads(Source(path).read_bytes(_LARGEST), path)
    if not isinstance(value, dict):
        raise Malformed(f"{path} is not what Xenium writes: it is not a list of facts; fetch it again", path=path, expected="a JSON object")
    size = value.get("pixel_size")
    fits = isinstance(size, int | float) and not isinstance(size, bool) and math.isfinite(size) and size > 0
    names = {key: text if isinstance(text := value.get(key), str) else "" for key in ("run_name", "region_name")}
    other = {key: value[key] for key in _KEPT if isinstance(value.get(key), str | int | float)}
    return Experiment(float(size) if fits and size is not None else None, names["run_name"], names["region_name"], other)


def pixel_size(stated: float | None, option: float | None, path: Path) -> float:
    """Micrometres per pixel.

    Raises
    ------
    InvalidOption
        Nothing says it.
    """
    found = option or stated
    if found is None:
        what = f"{path} counts in micrometres, and no experiment.xenium beside it says how large a pixel is; say it with --set pixel_size=0.2125"
        raise InvalidOption(what, path=path, option="pixel_size")
    return found

"""What segue writes about an image set beside Mantis' tables: its name, its grid, and which file is which channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from segue.codecs.json_text import dumps, loads
from segue.errors import Malformed
from segue.formats.description_files import DAMAGED, as_text, as_whole, image_facts, read_grid
from segue.formats.mantis_project.parts import SetParts
from segue.model.grid import Axis, Grid
from segue.model.study import ImageSet

_CHANNELS, _LAYER, _COLOURLESS = "channels", "layer", "colourless"


@dataclass(frozen=True)
class Facts:
    """What is known of an image set."""

    stated: bool = False
    """Whether there are any."""
    name: str | None = None
    """None = that of its folder."""
    group: str | None = None
    position: tuple[tuple[str, int], ...] = ()
    grid: Grid | None = None
    """None = nothing but its size is known."""
    channels: dict[str, str] = field(default_factory=dict)
    """File -> channel, in the order of the channels."""
    nameless: bool = False
    """Whether the channels have no names."""
    layer: str | None = None
    colourless: dict[str, int] = field(default_factory=dict)
    """Id of a population without a colour -> the colour that it has in the database, because Mantis expects one."""


def plain_grid(height: int, width: int) -> Grid:
    return Grid((Axis("y", height), Axis("x", width)))


def facts_text(one: SetParts, files: Sequence[str], usual: str, colourless: Mapping[str, int]) -> str:
    """The JSON text about an image set.

    Parameters
    ----------
    one
        What is written of it.
    files
        Those of its channels.
    usual
        The layer that a reader gives its segments.
    colourless
        Populations without a colour, and the one they get.
    """
    found: dict[str, Any] = image_facts(ImageSet(one.name, one.grid, one.group, one.position))
    if (one.name, one.group, one.position) == (one.folder, None, ()):
        found.pop("image", None)
    elif one.name == "":
        found["image"] = {"name": "", "group": one.group, "position": [list(place) for place in one.position]}
    if files:
        names = one.images[0].channels
        found[_CHANNELS] = {"files": list(files), "names": list(names) or None}
    if one.layer != usual:
        found[_LAYER] = one.layer
    if colourless:
        found[_COLOURLESS] = dict(colourless)
    return dumps(found).decode()


def read_facts(text: str, path: object) -> Facts:
    """The facts of a text.

    Raises
    ------
    Malformed
    """
    try:
        value = loads(text.encode("utf-8", "replace"))
        channels = value.get(_CHANNELS) or {"files": [], "names": []}
        files, names = [as_text(name) for name in channels["files"]], channels["names"]
        layer = value.get(_LAYER)
        image = value.get("image", {})
        group = image.get("group")
        return Facts(
            True,
            as_text(image["name"]) if "name" in image else None,
            None if group is None else as_text(group),
            tuple((as_text(axis), as_whole(index)) for axis, index in image.get("position", [])),
            read_grid(value) if "grid" in value else None,
            dict(zip(files, files if names is None else [as_text(name) for name in names], strict=True)),
            names is None,
            None if layer is None else as_text(layer),
            {as_text(name): as_whole(colour) for name, colour in (value.get(_COLOURLESS) or {}).items()},
        )
    except (*DAMAGED, Malformed) as error:
        message = f"{path} has a damaged row in its table segue ({error}); remove that row and read again"
        raise Malformed(message, path=path, position="table segue", expected="what segue wrote") from error

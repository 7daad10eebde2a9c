"""Which files of a folder are masks, of which frame and plane, and where the text file is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from segue.errors import TooLarge, WrongFormat
from segue.storage.source import unreadable

MOST = 100_000
"""Frames, and planes of a frame."""
_MASK = re.compile(r"(?P<kind>mask|man_track|man_seg)_?(?P<t>[0-9]{3,9})(?:_(?P<z>[0-9]{3,9}))?\.tiff?", re.IGNORECASE)
TEXTS = {"mask": "res_track.txt", "man_track": "man_track.txt"}
INNER = ("TRA", "SEG")
"""Folders within a folder of truth, in the order in which they are looked for."""


@dataclass(frozen=True)
class Place:
    """One mask."""

    path: Path
    t: int
    z: int | None = None


@dataclass(frozen=True)
class Places:
    """What a folder holds."""

    folder: Path
    kind: str
    """``mask``, ``man_track`` or ``man_seg``."""
    masks: tuple[Place, ...]
    """By frame and plane."""
    text: Path | None
    """Present for ``mask`` and ``man_track``, if it is there."""
    others: tuple[str, ...] = ()
    """Folders beside it that hold masks, too."""
    repeated: int = 0
    """Files about a frame that another file is about already."""

    @property
    def persists(self) -> bool:
        """Whether a number means the same cell in every frame."""
        return self.kind != "man_seg"


def places_in(folder: Path) -> Places:
    """The masks of a folder, or of TRA or SEG in it.

    Raises
    ------
    WrongFormat
        There are none.
    TooLarge
        A name says a frame, or a plane, beyond ``MOST``.
    NotFound
        It cannot be looked at.
    """
    within = [folder / name for name in INNER if (folder / name).is_dir()]
    holding = [one for one in (folder, *within) if _kinds(one)]
    if not holding:
        raise WrongFormat(
            f"{folder} holds no masks called mask000.tif, man_track000.tif or man_seg000.tif, as folders of the Cell Tracking Challenge do",
            path=folder,
            expected="mask000.tif",
        )
    return _places(holding[0], tuple(one.name for one in holding[1:] if one in within))


def _places(folder: Path, others: tuple[str, ...]) -> Places:
    kinds = _kinds(folder)
    kind = next(one for one in ("mask", "man_track", "man_seg") if one in kinds)
    found: dict[tuple[int, int | None], Path] = {}
    for path, match in kinds[kind]:
        place = (int(match["t"]), None if match["z"] is None else int(match["z"]))
        if max(place[0], place[1] or 0) >= MOST:
            raise TooLarge(f"{path} is about frame {place[0]:,}, more than the {MOST:,} frames and planes that segue reads", path=path, limit=MOST)
        found.setdefault(place, path)
    masks = tuple(Place(found[t, z], t, z) for t, z in sorted(found, key=lambda one: (one[0], -1 if one[1] is None else one[1])))
    text = folder / TEXTS.get(kind, "")
    return Places(folder, kind, masks, text if kind in TEXTS and text.is_file() else None, others, len(kinds[kind]) - len(found))


def _kinds(folder: Path) -> dict[str, list[tuple[Path, re.Match[str]]]]:
    found: dict[str, list[tuple[Path, re.Match[str]]]] = {}
    try:
        for path in sorted(folder.iterdir()):
            match = _MASK.fullmatch(path.name)
            if match is not None and path.is_file():
                found.setdefault(match["kind"].lower(), []).append((path, match))
    except OSError as error:
        raise unreadable(folder, error) from error
    return found

"""Masks: pixels, or the outlines with holes that segue noted beside them."""

from __future__ import annotations

import zlib

import numpy as np

from segue.codecs.ome_masks import decode_mask, runs_of
from segue.errors import TooLarge
from segue.formats.ome_files import terms
from segue.formats.ome_files.elements import Elements, applied
from segue.formats.ome_files.paths_read import rings_of
from segue.formats.ome_files.placed import Placed
from segue.geometry.figures import mask_outlines
from segue.model.rings import Floats, Ints, Rings, concat
from segue.model.shapes import RINGED
from segue.model.shapes import ShapeKind as K

MOST_RUNS = 1 << 26
"""Row runs of all masks of a document."""


def masks(elements: Elements) -> list[Placed]:
    """Masks whose transform moves them by a distance stay masks, others become the outlines of their pixels."""
    rows = elements.of_kind("Mask")
    boxes = elements.numbers(("X", "Y", "Width", "Height"), rows)
    wanted = elements.hints.select(terms.KIND, terms.RINGS, terms.OF)
    found: list[Rings] = []
    kinds: list[K] = []
    runs = 0
    for row, box in zip(rows.tolist(), boxes, strict=True):
        pixels = _pixels(elements, row, box)
        noted = _noted(wanted.row(row), checksum(box, pixels)) if not elements.transformed[row] else None
        one, kind = noted or _placed(elements, row, box, pixels)
        runs += len(one.coords) // 2
        if runs > MOST_RUNS:
            raise TooLarge(f"{elements.path} has masks of more than {MOST_RUNS:,} rows of pixels", path=elements.path)
        found.append(one)
        kinds.append(kind)
    if not found:
        return []
    joined, of_kind = concat(found), np.array([str(kind) for kind in kinds])
    return [Placed(K(kind), rows[of_kind == kind], joined.take(of_kind == kind)) for kind in np.unique(of_kind).tolist()]


def checksum(box: Floats, pixels: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> str:
    """What tells whether a mask is still the one that segue wrote."""
    return f"{zlib.crc32(np.packbits(pixels).tobytes(), zlib.crc32(np.asarray(box, '<f8').tobytes())):08x}"


def _pixels(elements: Elements, row: int, box: Floats) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    attributes, text = elements.document.binary.get(row, ({}, ""))
    try:
        return decode_mask(text, attributes.get("Compression", ""), *(round(number) for number in box[2:].tolist()))
    except ValueError as error:
        raise elements.malformed(row, f"pixels that fit its size: it {error}") from error


def _noted(hint: tuple[str | None, ...], found: str) -> tuple[Rings, K] | None:
    kind, text, of = hint
    if kind not in {str(one) for one in RINGED} or text is None or of != found:
        return None
    rings = rings_of(text)
    return None if rings is None else (rings, K(kind))


def _placed(elements: Elements, row: int, box: Floats, pixels: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> tuple[Rings, K]:
    transform = elements.transforms[row]
    moved = (transform[:, :2] == np.eye(2)).all()
    corner = box[:2] + transform[:, 2] if moved else box[:2]
    mask = mask_rings(corner, pixels.shape, runs_of(pixels))
    if moved:
        return mask, K.MASK
    outline = mask_outlines(mask)
    return outline.with_coords(applied(np.broadcast_to(transform, (len(outline.coords), 2, 3)), outline.coords)), K.POLYGON


def mask_rings(corner: Floats, shape: tuple[int, int], runs: Ints) -> Rings:
    """A mask of the model: its box, and the start and end of each row run."""
    box = np.array([corner, corner + shape[::-1]])
    ends = np.stack([runs[:, 1], runs[:, 0], runs[:, 2], runs[:, 0]], axis=1).reshape(-1, 2) + corner
    return Rings(np.concatenate([box, ends]), np.array([0, 2, 2 + len(ends)]), np.array([0, 2]), np.array([0, 1]))

"""The path of a composite ROI: float32 opcodes and coordinates, back and forth to rings. All composites at once, no loop over segments."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from segue.codecs.roi_layout import blocks, offsets, spread
from segue.errors import Malformed

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MOVE, LINE, QUADRATIC, CUBIC, CLOSE = range(5)
_UNKNOWN = 5
_LENGTH = np.array([3, 3, 5, 7, 1, 1], np.int32)
"""Floats per segment, the opcode included."""
TOLERANCE = 0.05
"""Pixels by which the straight pieces may miss a curve."""
_MOST_PIECES = 64


def path_rings(path: NDArray[np.float32], start: Ints) -> tuple[Floats, Ints, Ints, Bools]:
    """Rings of many paths; ``path[start[i]:start[i + 1]]`` is one.

    Curves become straight pieces that miss them by ``TOLERANCE`` at most (64 pieces at most per curve).

    Returns
    -------
    coords (m, 2), ring_start (rings + 1,), path_rings (paths + 1,), curved (paths,)

    Raises
    ------
    Malformed
        An opcode is unknown, a path ends within a segment or does not begin with a move. Field ``row``: which path.
    """
    at = _segments(path, start)
    code = path[at].astype(np.int64)
    owner = np.searchsorted(start, at, side="right") - 1
    counts = _vertices_per_segment(path, at, code, owner)
    vertex_start = offsets(counts)
    moves = np.flatnonzero(code == MOVE)
    ring_start = np.append(vertex_start[moves], vertex_start[-1])
    rings = np.searchsorted(owner[moves], np.arange(len(start)))
    curved = np.zeros(len(start) - 1, np.bool_)
    curved[owner[code >= QUADRATIC][code[code >= QUADRATIC] != CLOSE]] = True
    return _coords(path, at, code, counts), ring_start, rings, curved


def _segments(path: NDArray[np.float32], start: Ints) -> Ints:
    """Where segments begin in all paths."""
    found = [np.zeros(0, np.int64)]
    for a, b in blocks(np.diff(start), 1 << 17):
        first = int(start[a])
        reached, wrong = _reached(path[first : start[b]], start[a : b + 1] - first)
        if wrong is not None:
            row = int(np.searchsorted(start, first + wrong, side="right")) - 1
            raise _malformed("its path holds something that is neither a move, a line, a curve nor an end", row)
        found.append(reached + first)
    return np.concatenate(found)


def _reached(path: NDArray[np.float32], start: Ints) -> tuple[Ints, int | None]:
    """What can be reached from the beginnings, found by doubling jumps; and the first place that is no segment."""
    size = len(path)
    code = np.full(size, _UNKNOWN, np.int32)
    for known in range(5):
        code[path == known] = known
    after = np.arange(size, dtype=np.int32) + _LENGTH[code]
    bad = np.append((code == _UNKNOWN) | (after > np.repeat(start[1:], np.diff(start))), False)
    jump = np.append(np.where(bad[:-1], np.int32(size), after), np.int32(size))
    reached = np.zeros(size + 1, np.bool_)
    reached[start[:-1]] = True
    before = -1
    while (count := int(np.count_nonzero(reached))) != before:
        before = count
        reached[jump[reached]] = True
        jump = jump[jump]
    wrong = np.flatnonzero(reached & bad)
    return np.flatnonzero(reached[:size]), int(wrong[0]) if len(wrong) else None


def _vertices_per_segment(path: NDArray[np.float32], at: Ints, code: Ints, owner: Ints) -> Ints:
    """1 for a move or line, the number of pieces for a curve, 0 for an end."""
    first = np.append(True, owner[1:] != owner[:-1])[: len(owner)]
    lost = first & (code != MOVE)
    curves = np.flatnonzero((code == QUADRATIC) | (code == CUBIC))
    lost[curves[code[np.maximum(curves - 1, 0)] == CLOSE]] = True
    if lost.any():
        raise _malformed("its path draws before it has moved anywhere", int(owner[np.flatnonzero(lost)[0]]))
    counts: Ints = (code != CLOSE).astype(np.int64)
    if len(curves):
        counts[curves] = _pieces(_controls(path, at, code, curves))
    return counts


def _controls(path: NDArray[np.float32], at: Ints, code: Ints, curves: Ints) -> Floats:
    """(k, 4, 2) Control points of curves, quadratic ones raised to cubic; the first is where the segment before ended."""
    here, flat = at[curves], path.astype(np.float64)
    p0 = np.stack([flat[here - 2], flat[here - 1]], -1)
    a, b = (np.stack([flat[here + k], flat[here + k + 1]], -1) for k in (1, 3))
    last = np.minimum(here + 5, len(flat) - 2)
    c = np.stack([flat[last], flat[last + 1]], -1)
    quadratic = (code[curves] == QUADRATIC)[:, None]
    points: Floats = np.stack([p0, np.where(quadratic, (p0 + 2 * a) / 3, a), np.where(quadratic, (2 * a + b) / 3, b), np.where(quadratic, b, c)], 1)
    return points


def _pieces(points: Floats) -> Ints:
    """How many equal steps keep a cubic within the tolerance: its second derivative bounds the distance to the chords."""
    with np.errstate(all="ignore"):
        bend = np.hypot(*np.moveaxis(points[:, :-2] - 2 * points[:, 1:-1] + points[:, 2:], -1, 0)).max(axis=1)
        steps = np.nan_to_num(np.ceil(np.sqrt(0.75 * bend / TOLERANCE)), nan=1, posinf=_MOST_PIECES)
    return np.asarray(steps.clip(1, _MOST_PIECES), np.int64)


def _coords(path: NDArray[np.float32], at: Ints, code: Ints, counts: Ints) -> Floats:
    curves = np.flatnonzero((code == QUADRATIC) | (code == CUBIC))
    straight = np.flatnonzero((code == MOVE) | (code == LINE))
    start = offsets(counts)
    coords = np.empty((int(start[-1]), 2))
    coords[start[straight], 0] = path[at[straight] + 1]
    coords[start[straight], 1] = path[at[straight] + 2]
    if len(curves):
        points, pieces = _controls(path, at, code, curves), counts[curves]
        row = np.repeat(np.arange(len(curves)), pieces)
        s = ((spread(np.zeros(len(curves), np.int64), pieces, 1) + 1) / pieces[row])[:, None]
        p0, p1, p2, p3 = np.moveaxis(points, 1, 0)
        with np.errstate(all="ignore"):
            curve = (1 - s) ** 3 * p0[row] + 3 * (1 - s) ** 2 * s * p1[row] + 3 * (1 - s) * s**2 * p2[row] + s**3 * p3[row]
        coords[spread(start[curves], pieces, 1)] = curve
    return coords


def rings_path(coords: Floats, ring_start: Ints, roi_start: Ints) -> tuple[NDArray[np.float32], Ints]:
    """The paths of rings: a move, lines and an end per ring. Returns the floats and (n + 1,) where each ROI's path begins.

    No ring is empty.
    """
    lengths = np.diff(ring_start)
    begin = offsets(3 * lengths + 1)
    path = np.empty(int(begin[-1]), np.float32)
    vertex = spread(begin[:-1], lengths, 3)
    path[vertex] = LINE
    path[begin[:-1]] = MOVE
    path[vertex + 1] = coords[:, 0]
    path[vertex + 2] = coords[:, 1]
    path[begin[1:] - 1] = CLOSE
    return path, begin[roi_start]


def _malformed(what: str, row: int) -> Malformed:
    return Malformed(f"a composite ROI is damaged: {what}", row=row, expected="a path")

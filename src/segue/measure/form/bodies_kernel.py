# mypy: allow-untyped-defs, allow-untyped-calls
# mypy: disable-error-code="untyped-decorator, no-any-return"
# ruff: noqa: ANN001, ANN202
"""Compiled convex hulls of bodies; see ``bodies_reference`` for how they grow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.measure.form.bodies_reference import tetrahedron
from segue.storage.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


def six_volumes(points: Ints, start: Ints) -> Ints:
    """As ``bodies_reference.six_volumes``."""
    largest = int(np.diff(start).max()) if len(start) > 1 else 0
    found, room = np.zeros(len(start) - 1, np.int64), 4 * largest + 16
    corner, beside, normal = (np.zeros((room, 3), np.int64) for _ in range(3))
    height, live, free, mark = (np.zeros(room, np.int64) for _ in range(4))
    rim, at = np.zeros((room, 4), np.int64), np.zeros((largest, 2), np.int64)
    for body in range(len(start) - 1):
        own = points[start[body] : start[body + 1]]
        found[body] = _grown(own, tetrahedron(own), corner, beside, normal, height, live, free, mark, rim, at)
    return found


@njit(nogil=True, _nrt=False)
def _grown(points, first, corner, beside, normal, height, live, free, mark, rim, at):
    """Six times the volume. ``beside`` holds the triangle behind each edge k -> k + 1; the triangles are those listed in ``live``."""
    lives = 4
    frees = 0
    for f in range(4):
        live[f] = f
        mark[f] = -1
        for k in range(3):
            corner[f, k] = first[f, k]
        _face(points, corner, normal, height, f)
    for f in range(4):
        for k in range(3):
            for g in range(4):
                for j in range(3):
                    if corner[g, j] == corner[f, (k + 1) % 3] and corner[g, (j + 1) % 3] == corner[f, k]:
                        beside[f, k] = g
    made = 4
    for p in range(len(points)):
        z, y, x = points[p, 0], points[p, 1], points[p, 2]
        seen = 0
        for place in range(lives):
            f = live[place]
            if normal[f, 0] * z + normal[f, 1] * y + normal[f, 2] * x > height[f]:
                mark[f] = p
                seen += 1
        if seen == 0:
            continue
        edges = 0
        kept = 0
        for place in range(lives):
            f = live[place]
            if mark[f] != p:
                live[kept] = f
                kept += 1
                continue
            free[frees] = f
            frees += 1
            for k in range(3):
                g = beside[f, k]
                if mark[g] != p:
                    rim[edges, 0] = corner[f, k]
                    rim[edges, 1] = corner[f, (k + 1) % 3]
                    rim[edges, 2] = g
                    edges += 1
        lives = kept
        for e in range(edges):
            if frees > 0:
                frees -= 1
                f = free[frees]
            else:
                f = made
                made += 1
            u, v, g = rim[e, 0], rim[e, 1], rim[e, 2]
            corner[f, 0] = u
            corner[f, 1] = v
            corner[f, 2] = p
            mark[f] = -1
            _face(points, corner, normal, height, f)
            beside[f, 0] = g
            for k in range(3):
                if corner[g, k] == v and corner[g, (k + 1) % 3] == u:
                    beside[g, k] = f
            at[u, 0] = f
            at[v, 1] = f
            rim[e, 3] = f
            live[lives] = f
            lives += 1
        for e in range(edges):
            f = rim[e, 3]
            beside[f, 1] = at[corner[f, 1], 0]
            beside[f, 2] = at[corner[f, 0], 1]
    total = 0
    z, y, x = points[0, 0], points[0, 1], points[0, 2]
    for place in range(lives):
        f = live[place]
        total += height[f] - normal[f, 0] * z - normal[f, 1] * y - normal[f, 2] * x
    return total


@njit(nogil=True, _nrt=False)
def _face(points, corner, normal, height, f):
    """The normal of a triangle, twice its area long, and how far its plane is from the origin along it."""
    a, b, c = corner[f, 0], corner[f, 1], corner[f, 2]
    bz, by, bx = points[b, 0] - points[a, 0], points[b, 1] - points[a, 1], points[b, 2] - points[a, 2]
    cz, cy, cx = points[c, 0] - points[a, 0], points[c, 1] - points[a, 1], points[c, 2] - points[a, 2]
    normal[f, 0] = by * cx - bx * cy
    normal[f, 1] = bx * cz - bz * cx
    normal[f, 2] = bz * cy - by * cz
    height[f] = normal[f, 0] * points[a, 0] + normal[f, 1] * points[a, 1] + normal[f, 2] * points[a, 2]

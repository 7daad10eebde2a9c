# mypy: allow-untyped-defs, allow-untyped-calls
# ruff: noqa: ANN001, ANN202
"""Compiled twins of ``areas._paint``, ``paths._paint`` and ``lettering._paint``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from segue.storage.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.render.drawn import Areas, Paths, Window, Writing

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


def paint_areas(canvas: Floats, runs: Ints, start: Ints, halo: int, areas: Areas, around: list[Ints], which: Ints) -> None:
    """As ``areas._paint``; ``which`` of ``around`` are the pixels that decide about the outline of each area."""
    ends = np.concatenate([[0], np.cumsum([len(one) for one in around])]).astype(np.int64)
    fill, line = areas.fill, areas.line
    _areas(canvas, runs, start, halo, fill.keep, fill.add, line.keep, line.add, np.concatenate(around), ends, which)


def paint_paths(canvas: Floats, window: Window, paths: Paths, near: Ints, owner: Ints) -> None:
    """As ``paths._paint``."""
    _paths(canvas, window.top, window.left, paths.pieces[near], owner, paths.width, paths.line.keep, paths.line.add)


def paint_glyphs(canvas: Floats, window: Window, some: Writing, masks: NDArray[np.uint8], colour: Floats) -> None:
    """As ``lettering._paint``."""
    _glyphs(canvas, window.top, window.left, some.places, some.glyph, masks, some.letters.sizes, some.letters.offsets, colour)


@njit(nogil=True)
def _areas(canvas, runs, start, halo, fill_keep, fill_add, line_keep, line_add, around, around_start, which):
    """An area is stamped into a map of the tile, and then painted where its stamp is."""
    height, width = canvas.shape[0], canvas.shape[1]
    stamps = np.zeros((height + 2 * halo, width + 2 * halo), np.int32)
    done = np.zeros((height, width), np.int32)
    for nth in range(len(start) - 1):
        own = nth + 1
        for k in range(start[nth], start[nth + 1]):
            for x in range(runs[k, 2], runs[k, 3]):
                stamps[runs[k, 1], x] = own
        for k in range(start[nth], start[nth + 1]):
            y = runs[k, 1] - halo
            if y < 0 or y >= height:
                continue
            for x in range(max(runs[k, 2] - halo, 0), min(runs[k, 3] - halo, width)):
                if done[y, x] == own:
                    continue
                done[y, x] = own
                for c in range(3):
                    canvas[y, x, c] = canvas[y, x, c] * fill_keep[nth] + fill_add[nth, c]
                for j in range(around_start[which[nth]], around_start[which[nth] + 1]):
                    if stamps[y + halo + around[j, 0], x + halo + around[j, 1]] != own:
                        for c in range(3):
                            canvas[y, x, c] = canvas[y, x, c] * line_keep[nth] + line_add[nth, c]
                        break


@njit(nogil=True)
def _paths(canvas, top, left, pieces, owner, width, line_keep, line_add):
    rows, columns = canvas.shape[0], canvas.shape[1]
    done = np.zeros((rows, columns), np.int32)
    for k in range(len(pieces)):
        nth = owner[k]
        ax, ay, bx, by = pieces[k, 0], pieces[k, 1], pieces[k, 2], pieces[k, 3]
        half = width[nth] / 2
        dx, dy = bx - ax, by - ay
        length = dx * dx + dy * dy
        first_y = max(math.floor(min(ay, by) - half) - 1 - top, 0)
        last_y = min(math.ceil(max(ay, by) + half) + 1 - top, rows)
        first_x = max(math.floor(min(ax, bx) - half) - 1 - left, 0)
        last_x = min(math.ceil(max(ax, bx) + half) + 1 - left, columns)
        for row in range(first_y, last_y):
            y = row + top + 0.5
            for column in range(first_x, last_x):
                if done[row, column] == nth + 1:
                    continue
                x = column + left + 0.5
                along = 0.0
                if length > 0:
                    along = min(max(((x - ax) * dx + (y - ay) * dy) / length, 0.0), 1.0)
                ox, oy = x - (ax + along * dx), y - (ay + along * dy)
                if ox * ox + oy * oy <= half * half:
                    done[row, column] = nth + 1
                    for c in range(3):
                        canvas[row, column, c] = canvas[row, column, c] * line_keep[nth] + line_add[nth, c]


@njit(nogil=True)
def _glyphs(canvas, top, left, places, glyph, masks, sizes, offsets, colour):
    for k in range(len(places)):
        which = glyph[k]
        for row in range(sizes[which, 0]):
            y = places[k, 0] + offsets[which, 0] + row - top
            if y < 0 or y >= canvas.shape[0]:
                continue
            for column in range(sizes[which, 1]):
                x = places[k, 1] + offsets[which, 1] + column - left
                if x < 0 or x >= canvas.shape[1]:
                    continue
                share = masks[which, row, column] / 255.0
                for c in range(3):
                    canvas[y, x, c] = canvas[y, x, c] * (1.0 - share) + colour[c] * share

"""Values of properties of a large file, by kernels: one column per place, batch by batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path as File

import numpy as np
import polars as pl

from segue.codecs import json_scan_kernel
from segue.codecs import nimbus_scan_kernel as scan
from segue.codecs import nimbus_values_kernel as kernel
from segue.codecs.json_scan_kernel import EXPECTED
from segue.codecs.json_spans import floats, texts
from segue.codecs.json_text import DEEPEST, loads, malformed
from segue.codecs.mapped_text import Mapped
from segue.codecs.nimbus_documents import FLOAT, MOST_PLACES, OTHER, TEXT, Floats, Ints, Leaf, Path
from segue.codecs.nimbus_plain import clean, json_of
from segue.errors import TooLarge

ENTRIES = 1 << 15
LEAVES = 1 << 20
"""Annotations and values at a time; more values where one annotation has more."""


@dataclass
class _Column:
    rows: list[np.ndarray[tuple[int], np.dtype[np.int32]]] = field(default_factory=list)
    kinds: list[np.ndarray[tuple[int], np.dtype[np.uint8]]] = field(default_factory=list)
    numbers: list[Floats] = field(default_factory=list)
    texts: list[pl.Series] = field(default_factory=list)

    def leaf(self) -> Leaf:
        return Leaf(np.concatenate(self.rows), np.concatenate(self.kinds), np.concatenate(self.numbers), pl.concat(self.texts))


class Values:
    """The section of values of a text."""

    def __init__(self, text: Mapped) -> None:
        self.text = text
        self.nodes = np.full((MOST_PLACES + 2, 5), -1, np.int64)
        self.table = np.full(1 << 14, -1, np.int32)
        self.state = np.zeros(8, np.int64)
        self.state[kernel.NODES] = 1  # the root
        self.columns: dict[int, _Column] = {}
        self.keys: list[pl.Series] = []
        self.count = 0
        self.wanted = True

    def read(self, begin: int, path: File | str) -> int:
        """Read the object at ``begin``; behind it. -1 if names are escaped, or as soon as it is not wanted any more.

        Raises
        ------
        Malformed, TooLarge
        """
        b = self.text.b
        keys, places = np.empty((ENTRIES, 2), np.int64), np.empty((LEAVES, 4), np.int64)
        numbers, kinds = np.empty(LEAVES), np.empty(LEAVES, np.uint8)
        open_, stack = np.empty((DEEPEST, 2), np.int64), np.zeros(DEEPEST, np.uint8)
        at = int(json_scan_kernel.skip_space(b, begin + 1))
        while not self.state[scan.DONE]:
            first = at
            at = int(kernel.values(b, at, keys, places, numbers, kinds, self.nodes, self.table, open_, stack, self.state))
            if at < 0:
                self._fault(path)
            if self.state[scan.ESCAPED] or not self.wanted:
                return -1
            rows, leaves = int(self.state[scan.ROWS]), int(self.state[kernel.LEAVES])
            if self.state[scan.FULL] and not rows:
                size = 2 * len(numbers)
                places, numbers, kinds = np.empty((size, 4), np.int64), np.empty(size), np.empty(size, np.uint8)
                continue
            self._add(keys[:rows], places[:leaves], numbers[:leaves], kinds[:leaves])
            self.text.forget(first, at)
        return at

    def _fault(self, path: File | str) -> None:
        code = int(self.state[1])
        if code == kernel.MANY:
            raise TooLarge(f"{path} has values at more than {MOST_PLACES:,} places", path=path, limit=MOST_PLACES)
        expected = "an object of properties" if code == scan.OBJECT else EXPECTED.get(code, "valid JSON")
        malformed(path, int(self.state[0]), expected, None)

    def _add(self, keys: Ints, places: Ints, numbers: Floats, kinds: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> None:
        b = self.text.b
        slow = kinds == kernel.SLOW_FLOAT
        if slow.any():
            numbers[slow] = floats(b, places[slow, 2])
            kinds[slow] = FLOAT
        self.keys.append(texts(b, keys))
        nodes = places[:, 1]
        order = np.argsort(nodes.astype(np.uint16), kind="stable")  # of so short numbers in linear time
        worded = bool(((kinds == TEXT) | (kinds == OTHER)).any())
        cuts = np.flatnonzero(np.diff(nodes[order], prepend=-1))
        for first, last in pairwise([*cuts, len(order)]):
            mine = order[first:last]
            column = self.columns.setdefault(int(nodes[mine[0]]), _Column())
            column.rows.append((places[mine, 0] + self.count).astype(np.int32))
            column.kinds.append(kinds[mine])
            column.numbers.append(numbers[mine])
            column.texts.append(self._texts(places[mine], kinds[mine]) if worded else pl.repeat(None, len(mine), dtype=pl.Utf8, eager=True))
        self.count += len(keys)

    def _texts(self, places: Ints, kinds: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> pl.Series:
        """The JSON text of texts and of what is no number; of these in the form that `json_of` gives."""
        spans = np.where(((kinds == TEXT) | (kinds == OTHER))[:, None], places[:, 2:4], -1)
        found = texts(self.text.b, spans)
        odd = np.flatnonzero(kinds == OTHER)
        if not len(odd):
            return found
        return found.scatter(odd, pl.Series([json_of(loads(text.encode())) for text in found.gather(odd)], dtype=pl.Utf8))

    def finished(self) -> tuple[pl.Series, dict[Path, Leaf]]:
        """Keys and leaves."""
        keys = pl.concat(self.keys).rechunk() if self.keys else pl.Series([], dtype=pl.Utf8)
        found = {}
        for node in sorted(self.columns):
            found[self._path(node)] = self.columns.pop(node).leaf()
        return keys, found

    def _path(self, node: int) -> Path:
        names: list[str] = []
        while node > 0:
            begin, end = self.nodes[node, kernel.BEGIN], self.nodes[node, kernel.END]
            names.append(clean(loads(self.text.b[begin:end].tobytes())))
            node = int(self.nodes[node, kernel.PARENT])
        return tuple(reversed(names))

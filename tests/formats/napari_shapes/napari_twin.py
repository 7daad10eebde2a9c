"""napari's own reader and writer of CSV files, again: after napari 0.9.2, napari_builtins/io/_read.py and _write.py (BSD-3), and its type of coordinates."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np


def read_csv(path: Path) -> tuple[np.ndarray[Any, Any], list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.reader(file, delimiter=",")
        names = next(reader)
        return np.array(list(reader)), names


def open_shapes(path: Path) -> tuple[list[np.ndarray[Any, Any]], list[str]]:
    """(vertices, type) of every shape, as napari opens them."""
    table, names = read_csv(path)
    assert {"index", "shape-type", "vertex-index", "axis-0", "axis-1"} <= set(names)
    data = np.array(table[:, [name.startswith("axis-") for name in names]]).astype("float")
    index = np.array(table[:, 0]).astype("int")
    bounds = [0, *(np.diff(index).nonzero()[0] + 1), len(table)]
    assert max(index) + 1 == len(bounds) - 1, "Expected number of shapes not found"
    pairs = list(pairwise(bounds))
    return [data[a:b].astype(np.float32) for a, b in pairs], [str(table[a, 1]) for a, _ in pairs]


def save_shapes(path: Path, data: list[Any], types: list[str]) -> None:
    data = [np.asarray(one, np.float32) for one in data]
    lengths = [len(one) for one in data]
    columns = [
        np.concatenate([np.repeat(nth, length) for nth, length in enumerate(lengths)])[:, None],
        np.concatenate([np.repeat(types[nth], length) for nth, length in enumerate(lengths)])[:, None],
        np.concatenate([np.arange(length) for length in lengths])[:, None],
        np.concatenate(data),
    ]
    axes = [f"axis-{nth}" for nth in range(data[0].shape[1])]
    _save(path, np.concatenate(columns, axis=1), ["index", "shape-type", "vertex-index", *axes])


def open_points(path: Path) -> tuple[np.ndarray[Any, Any], dict[str, np.ndarray[Any, Any]]]:
    """Coordinates and features, as napari opens them."""
    table, names = read_csv(path)
    axes = [name.startswith("axis-") for name in names]
    features = {}
    for nth, name in enumerate(names):
        if axes[nth] or (nth == 0 and name == "index"):
            continue
        values = table[:, nth]
        for kind in ("int", "float"):
            try:
                values = np.array(values).astype(kind)
                break
            except ValueError:
                continue
        features[name] = values
    return np.array(table[:, axes]).astype("float"), features


def save_points(path: Path, data: np.ndarray[Any, Any], features: dict[str, np.ndarray[Any, Any]]) -> None:
    columns = [np.arange(len(data))[:, None], data, *(values[:, None] for values in features.values())]
    _save(path, np.concatenate(columns, axis=1), ["index", *(f"axis-{nth}" for nth in range(data.shape[1])), *features])


def _save(path: Path, table: np.ndarray[Any, Any], names: list[str]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=",", quotechar='"', quoting=csv.QUOTE_MINIMAL)
        writer.writerow(names)
        writer.writerows(table)

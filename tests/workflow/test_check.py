"""Areas that other programs refuse are named."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.model.objects import Objects
from segue.model.rings import Rings
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.workflow.check import check

SQUARE = [(0, 0), (4, 0), (4, 4), (0, 4)]
BOW_TIE = [(0, 0), (4, 4), (4, 0), (0, 4)]


def study(*rings):
    start = np.cumsum([0, *map(len, rings)])
    coords = np.array([xy for ring in rings for xy in ring], float).reshape(-1, 2)
    frame = pl.DataFrame({"object": np.arange(len(rings), dtype=np.int32), "kind": ["polygon"] * len(rings)})
    objects = Objects(pl.DataFrame({"id": [f"cell {n}" for n in range(len(rings))]}))
    return Study((ImageSet("", objects=objects, shapes=Shapes(frame, Rings.simple(coords, start))),))


def test_valid_areas_are_passed_over():
    assert len(check(study(SQUARE, SQUARE))) == 0
    assert len(check(Study((ImageSet(""),)))) == 0


def test_a_ring_that_crosses_itself_is_named_with_its_object_and_place():
    (note,) = check(study(SQUARE, BOW_TIE))
    assert note.count == 1
    assert "'cell 1'" in note.sentence
    assert "Self-intersection[2 2]" in note.sentence


def test_rings_of_two_vertices_are_no_areas():
    (note,) = check(study(SQUARE, BOW_TIE, [(0, 0), (1, 1)]))
    assert note.sentence.startswith("2 areas not valid")

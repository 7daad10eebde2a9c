"""Well-known binary to flat geometry: what shapely reads, and nothing but codes for what is damaged."""

from __future__ import annotations

import random
import struct

import numpy as np
import polars as pl
import pytest
import shapely

from segue.codecs import wkb_read
from segue.codecs.wkb_read import read_wkb
from segue.codecs.wkb_walk import COLLECTION, DAMAGED, EMPTY, LINE, MULTILINE, MULTIPOINT, MULTIPOLYGON, OTHER, POINT, POLYGON
from segue.geometry.shapely_rings import from_shapely

SQUARE = "((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 1 2, 2 2, 2 1, 1 1))"
TEXTS = {
    "POINT (1 2)": POINT,
    "LINESTRING (0 0, 1 1, 2 3)": LINE,
    f"POLYGON {SQUARE}": POLYGON,
    "MULTIPOINT ((1 1), (2 2))": MULTIPOINT,
    "MULTILINESTRING ((0 0, 1 1), (2 2, 3 3, 4 4))": MULTILINE,
    f"MULTIPOLYGON ({SQUARE}, ((5 5, 9 5, 9 9, 5 5)))": MULTIPOLYGON,
}


def values(texts, **how):
    return pl.Series(shapely.to_wkb(shapely.from_wkt(list(texts)), **how).tolist(), dtype=pl.Binary)


@pytest.mark.parametrize("flavour", ["iso", "extended"])
@pytest.mark.parametrize("order", [0, 1])
def test_every_kind(order, flavour):
    found = read_wkb(values(TEXTS, byte_order=order, flavor=flavour))
    assert found.code.tolist() == list(TEXTS.values())
    assert found.row.tolist() == [0, 1, 2, 3, 4, 4, 5]
    assert found.kind.tolist() == [POINT, LINE, POLYGON, MULTIPOINT, MULTILINE, MULTILINE, MULTIPOLYGON]
    assert np.diff(found.rings.ring_start).tolist() == [1, 3, 4, 4, 2, 2, 3, 4, 4, 3]
    assert np.diff(found.rings.part_start).tolist() == [1, 1, 2, 1, 1, 1, 2, 1]
    assert found.rings.coords[:4].tolist() == [[1, 2], [0, 0], [1, 1], [2, 3]]
    assert not found.deep


@pytest.mark.parametrize("text", ["POINT Z (1 2 3)", "POINT M (1 2 3)", "POINT ZM (1 2 3 4)"])
@pytest.mark.parametrize("flavour", ["iso", "extended"])
def test_heights_and_measures_are_passed_over(text, flavour):
    found = read_wkb(values([text], flavor=flavour, output_dimension=4))
    assert found.rings.coords.tolist() == [[1, 2]]
    assert found.deep


def test_a_coordinate_system_inside_is_passed_over():
    point = shapely.set_srid(shapely.Point(1, 2), 4326)
    assert read_wkb(pl.Series([shapely.to_wkb(point, include_srid=True)])).rings.coords.tolist() == [[1, 2]]


def test_nothing_is_nothing():
    found = read_wkb(pl.concat([values(["POINT EMPTY", "POLYGON EMPTY", "MULTIPOLYGON EMPTY", "LINESTRING EMPTY"]), pl.Series([None], dtype=pl.Binary)]))
    assert len(found.rings) == 0
    assert found.unreadable == {}
    assert read_wkb(pl.Series([], dtype=pl.Binary)).code.tolist() == []


def test_what_has_no_flat_form_is_counted():
    curve = struct.pack("<BI", 1, 8) + struct.pack("<I", 0)
    found = read_wkb(pl.concat([values(["GEOMETRYCOLLECTION (POINT (1 1))"]), pl.Series([curve, b"", b"\x01", b"x" * 50])]))
    assert found.code.tolist() == [COLLECTION, OTHER, DAMAGED, DAMAGED, DAMAGED]
    assert found.unreadable == {"collections of several geometries": 1, "curves and surfaces": 1, "damaged geometries": 3}


def test_rings_that_enclose_nothing_are_left_out_with_their_holes():
    def polygon(*rings):
        return struct.pack("<BII", 1, 3, len(rings)) + b"".join(struct.pack("<I", len(ring)) + np.array(ring, "<f8").tobytes() for ring in rings)

    square, line, hole = [(0, 0), (4, 0), (4, 4), (0, 0)], [(0, 0), (1, 1), (0, 0)], [(1, 1), (2, 1), (2, 2)]
    found = read_wkb(pl.Series([polygon(line), polygon(square, line, hole), polygon(line, hole)]))
    assert found.degenerate == 2 + 1
    assert found.row.tolist() == [1]
    assert [ring.tolist() for ring in np.split(found.rings.coords, found.rings.ring_start[1:-1])] == [[[0, 0], [4, 0], [4, 4]], [[1, 1], [2, 1], [2, 2]]]


def test_compiled_and_plain_are_the_same(monkeypatch):
    draw = random.Random(3)
    whole = values(TEXTS).to_list()
    hurt = [cut(draw, draw.choice(whole)) for _ in range(3000)]
    column = pl.Series(whole + hurt, dtype=pl.Binary)
    plain = read_wkb(column)
    monkeypatch.setattr(wkb_read, "SMALL", 0)
    compiled = read_wkb(column)
    assert compiled.code.tolist() == plain.code.tolist()
    assert compiled.row.tolist() == plain.row.tolist()
    assert compiled.rings.same(plain.rings).all()


def cut(draw, value):
    changed = bytearray(value)
    for _ in range(2):
        place = draw.randrange(len(changed))
        changed[place : place + 4] = draw.choice((bytes([draw.randrange(256)]), b"\xff\xff\xff\xff", b"\0\0\0\0"))
    return bytes(changed[: draw.randrange(len(changed) + 1)] if draw.random() < 0.3 else changed)


def test_what_shapely_reads_of_sound_areas(monkeypatch):
    draw = np.random.default_rng(1)
    discs = shapely.buffer(shapely.points(draw.random((400, 2)) * 1000), draw.random(400) * 20)
    rings = shapely.difference(discs, shapely.buffer(shapely.centroid(discs), 3))
    column = pl.Series(shapely.to_wkb(rings).tolist(), dtype=pl.Binary)
    expected = from_shapely(rings[~shapely.is_empty(rings)])
    monkeypatch.setattr(wkb_read, "_CHUNK", 1000)
    found = read_wkb(column)
    assert found.rings.same(expected).all()
    assert (found.code == EMPTY).sum() == shapely.is_empty(rings).sum()

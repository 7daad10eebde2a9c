"""Masks in OME-XML: bits, rows and bytes; areas with holes."""

from __future__ import annotations

import base64
import bz2
import zlib

import numpy as np
import polars as pl
import pytest

from segue.errors import Malformed
from segue.formats.ome_roi.spec import FORMAT
from segue.model.diff import diff
from segue.model.features import Feature
from segue.model.objects import Objects
from segue.model.rings import Rings, concat
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.notes import Kind
from segue.storage.source import Source


def roi(*shapes, more="", name='ID="ROI:0"'):
    return f"<ROI {name}><Union>{''.join(shapes)}</Union>{more}</ROI>"


def polygon(points, more="/>"):
    return f'<Polygon ID="Shape:1" Points="{points}"{more}'


def one(study):
    (found,) = study.image_sets
    return found


def of_areas(*areas):
    """A study of polygons, each given by its rings."""
    parts = [Rings(np.concatenate(rings).astype(float), np.cumsum([0, *map(len, rings)]), np.array([0, len(rings)]), np.array([0, 1])) for rings in areas]
    objects = Objects(pl.DataFrame({"id": [f"cell {nth}" for nth in range(len(areas))], "label": range(1, len(areas) + 1), "layer": ["cells"] * len(areas)}))
    shapes = Shapes(pl.DataFrame({"object": range(len(areas)), "kind": ["polygon"] * len(areas)}, schema_overrides={"object": pl.Int32}), concat(parts))
    return Study((ImageSet("", objects=objects, shapes=shapes),))


PIXELS = np.array([[0, 1, 1, 0, 0, 0, 0, 0, 1], [1, 0, 0, 0, 0, 0, 0, 0, 0]], bool)


def mask(data, more="", size=(9, 2)):
    text = base64.b64encode(data).decode()
    return f'<Mask ID="Shape:0" X="3" Y="5" Width="{size[0]}" Height="{size[1]}"><BinData BigEndian="false" Length="{len(text)}"{more}>{text}</BinData></Mask>'


class TestMasks:
    @pytest.mark.parametrize(
        ("data", "more"),
        [
            pytest.param(np.packbits(PIXELS).tobytes(), "", id="bits without padding, as OMERO"),
            pytest.param(np.packbits(PIXELS, axis=1).tobytes(), "", id="rows of whole bytes"),
            pytest.param((PIXELS * np.uint8(255)).tobytes(), "", id="a byte per pixel"),
            pytest.param(zlib.compress(np.packbits(PIXELS).tobytes()), ' Compression="zlib"', id="zlib"),
            pytest.param(bz2.compress(np.packbits(PIXELS).tobytes()), ' Compression="bzip2"', id="bzip2"),
        ],
    )
    def test_are_box_and_runs(self, read, data, more):
        shapes = one(read(roi(mask(data, more)))[0]).shapes
        assert shapes.frame["kind"].to_list() == ["mask"]
        assert shapes.rings.coords.tolist() == [[3, 5], [12, 7], [4, 5], [6, 5], [11, 5], [12, 5], [3, 6], [4, 6]]

    @pytest.mark.parametrize(
        "shape",
        [
            pytest.param(mask(b"\1\2"), id="too short"),
            pytest.param(mask(bytes(100)), id="too long"),
            pytest.param(mask(bytes(3), size=(0, 2)), id="empty"),
            pytest.param(mask(bytes(3), size=(1e9, 1e9)), id="endless"),
            pytest.param(mask(bytes(3), size=("NaN", 1)), id="no size"),
            pytest.param(mask(bytes(3), ' Compression="zlib"'), id="not compressed"),
            pytest.param(mask(zlib.compress(bytes(10**8)), ' Compression="zlib"'), id="bomb"),
            pytest.param(mask(bytes(3), ' Compression="lzw"'), id="unknown compression"),
            pytest.param('<Mask ID="Shape:0" X="3" Y="5" Width="9" Height="2"><BinData Length="4">!!!!</BinData></Mask>', id="no base64"),
            pytest.param('<Mask ID="Shape:0" X="3" Y="5" Width="9" Height="2"/>', id="no data"),
        ],
    )
    def test_that_are_damaged(self, read, shape):
        with pytest.raises(Malformed, match="Shape:0"):
            read(roi(shape))

    def test_moved_stay_masks_and_turned_become_outlines(self, read):
        transform = '<Transform A00="{}" A01="{}" A02="2" A10="{}" A11="{}" A12="1"/></Mask>'
        given = mask(np.packbits(np.ones((2, 9), bool)).tobytes()).removesuffix("</Mask>")
        study, notes = read(roi(given + transform.format(1, 0, 0, 1), given + transform.format(0, -1, 1, 0)))
        shapes = one(study).shapes
        assert shapes.frame["kind"].to_list() == ["mask", "polygon"]
        assert shapes.rings.take([0]).coords[:2].tolist() == [[5, 6], [14, 8]]
        assert (shapes.rings.take([1]).coords.min(axis=0).tolist(), shapes.rings.take([1]).coords.max(axis=0).tolist()) == ([-5, 4], [-3, 13])
        assert [(note.kind, note.feature, note.count) for note in notes] == [(Kind.CHANGED, Feature.MASK, 1)]


SQUARE, HOLE = [(1, 1), (9, 1), (9, 9), (1, 9)], [(3, 3), (3, 6), (6, 6), (6, 3)]


class TestHoles:
    @pytest.mark.parametrize(("holes", "element"), [("auto", "<Mask"), ("mask", "<Mask"), ("fill", "<Polygon")])
    def test_come_back_whatever_stands_for_them(self, there_and_back, holes, element):
        study = of_areas([SQUARE, HOLE], [SQUARE])
        fitted, back, path = there_and_back(study, holes=holes)
        assert diff(study, fitted) == diff(fitted, back) == {}
        assert element in path.read_text().split("<ROI ", 2)[1]

    def test_large_areas_are_filled(self, there_and_back):
        large = [[(5000 * x, 5000 * y) for x, y in ring] for ring in (SQUARE, HOLE)]
        fitted, back, path = there_and_back(of_areas(large))
        assert diff(fitted, back) == {}
        assert path.stat().st_size < 10_000

    def test_a_mask_shows_the_pixels_inside(self, there_and_back, file):
        *_, path = there_and_back(of_areas([SQUARE, HOLE]))
        foreign = path.read_text().replace('"segue/', '"another/')
        shapes = one(FORMAT.read(Source(file(foreign)))[0]).shapes
        assert shapes.frame["kind"].to_list() == ["mask"]
        runs = shapes.rings.coords[2:]
        assert (runs[1::2, 0] - runs[::2, 0]).sum() == 64 - 9

    @pytest.mark.parametrize("holes", ["mask", "fill"])
    def test_what_others_moved_wins_over_what_segue_remembers(self, there_and_back, file, holes):
        *_, path = there_and_back(of_areas([SQUARE, HOLE]), holes=holes)
        old, new = {"mask": (' X="1" Y="1"', ' X="2" Y="1"'), "fill": ('Points="1,1 ', 'Points="0,0 ')}[holes]
        assert path.read_text().count(old) == 1
        shapes = one(FORMAT.read(Source(file(path.read_text().replace(old, new))))[0]).shapes
        assert shapes.frame["kind"].to_list() == [{"mask": "mask", "fill": "polygon"}[holes]]
        assert shapes.rings.coords[0].tolist() == {"mask": [2, 1], "fill": [0, 0]}[holes]

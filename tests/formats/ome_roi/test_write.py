"""Writing OME-XML ROIs: what comes back, what others see, what the schema says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import segue
from segue.formats.ome_roi.spec import FORMAT
from segue.model.diff import diff
from segue.model.features import Feature
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.rings import Rings, concat
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table
from segue.notes import Kind
from segue.storage.source import Source
from segue.testing.canonical import canonical

IMAGE = (
    '<Image ID="Image:0" Name="cells"><Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint16" SizeX="60" SizeY="40" SizeZ="3" SizeC="2" SizeT="1" '
    'PhysicalSizeX="0.5" PhysicalSizeY="0.5" PhysicalSizeYUnit="nm"><Channel ID="Channel:0:0" Name="DAPI" Color="65535"/><Channel ID="Channel:0:1"/>'
    '<MetadataOnly/></Pixels><ROIRef ID="ROI:0"/></Image>'
)
RECTANGLE = '<Rectangle ID="Shape:0" X="1" Y="2" Width="3" Height="4"{}'


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


SQUARE = [(1, 1), (9, 1), (9, 9), (1, 9)]


class TestThereAndBack:
    def test_ids_labels_values_and_populations_travel_in_annotations(self, there_and_back):
        study = of_areas([SQUARE], [SQUARE])
        s = one(study)
        nasty = ["<M K='x'>&amp;]]>", 'a, "quoted"\r\n=1+1 µm² 😀']
        frame = pl.DataFrame({"row": [0, 1], "^a$": nasty, "segue.id": [1.5, float("nan")], "n": [2**63 - 1, None]})
        table = Table("objects", frame, (Column("^a$", "text"), Column("segue.id", "number", unit="um"), Column("n", "integer")))
        populations = (Population("p", ("Immune", "CD3/CD8"), "class", 0xFF0000FF, exclusive=True), Population("q", ("none of them",)))
        objects = s.objects.with_columns(name=pl.Series(nasty), colour=pl.Series([0xFF00FFFF, None], dtype=pl.UInt32), track=pl.Series([-1, None]))
        members = Membership.of(pl.DataFrame({"population": ["p"], "object": pl.Series([1], dtype=pl.Int32)}))
        study = Study((ImageSet("a\x00b", s.grid, objects=objects, shapes=s.shapes, tables={"values": table}, membership=members),), populations)
        fitted, back, _ = there_and_back(study)
        assert diff(study, fitted) == diff(fitted, back) == {}

    def test_the_colour_of_an_object_is_drawn_but_does_not_become_that_of_its_shapes(self, there_and_back):
        s = one(of_areas([SQUARE], [SQUARE]))
        red = pl.Series([0xFF0000FF, 0xFF0000FF], dtype=pl.UInt32)
        own = pl.Series([None, 0xFF0000FF], dtype=pl.UInt32)
        study = Study((ImageSet("", objects=s.objects.with_columns(colour=red), shapes=s.shapes.with_columns(stroke=own)),))
        fitted, back, path = there_and_back(study)
        assert diff(study, fitted) == diff(fitted, back) == {}
        assert path.read_text().count('StrokeColor="-16776961"') == 2

    def test_what_xml_cannot_hold_is_left_out_and_noted(self, there_and_back):
        s = one(of_areas([SQUARE], [SQUARE]))
        study = Study((ImageSet("", objects=s.objects.with_columns(id=pl.Series(["a\x01", "c"]), name=pl.Series(["b\x02", None])), shapes=s.shapes),))
        fitted, back, _ = there_and_back(study)
        assert one(back).objects.frame.select("id", "name").rows() == [("a", "b"), ("c", None)]
        assert diff(study, fitted) == {Feature.OBJECT_ID: 1, Feature.OBJECT_NAME: 1}
        assert diff(fitted, back) == {}

    def test_details_of_others_are_written_again(self, read, there_and_back):
        annotations = (
            '<StructuredAnnotations><CommentAnnotation ID="Annotation:4" Namespace="x"><Value>look</Value></CommentAnnotation></StructuredAnnotations>'
        )
        more = '<AnnotationRef ID="Annotation:4"/><Description>odd</Description>'
        study, _ = read(IMAGE, annotations, roi(RECTANGLE.format(' FillRule="EvenOdd" FontStyle="Bold"/>'), more=more))
        fitted, back, _ = there_and_back(study)
        assert diff(study, fitted) == diff(fitted, back) == {}
        assert back.image_sets[0].extras.height == 2

    def test_annotations_of_a_shape_that_was_edited_do_no_harm(self, there_and_back, file):
        """A traced outline that someone drags by half a pixel is a polygon."""
        s = one(of_areas([SQUARE]))
        *_, path = there_and_back(Study((ImageSet("", objects=s.objects, shapes=s.shapes.with_columns(kind="traced")),)))
        edited = path.read_text().replace('Points="1,1 ', 'Points="1.5,1 ')
        assert one(FORMAT.read(Source(file(edited)))[0]).shapes.frame["kind"].to_list() == ["polygon"]

    @pytest.mark.parametrize("holes", ["auto", "fill"])
    def test_it_is_valid_against_the_schema(self, there_and_back, holes):
        etree = pytest.importorskip("lxml.etree", reason="lxml, which checks schemas, is not installed")
        schema = pytest.importorskip("ome_types", reason="ome-types, which has the schema, is not installed")
        rules = etree.XMLSchema(etree.parse(str(Path(schema.__file__).parent / "ome-2016-06.xsd")))
        *_, path = there_and_back(canonical(), holes=holes)
        assert rules.validate(etree.parse(str(path))), rules.error_log

    def test_other_programs_read_it(self, there_and_back):
        ome_types = pytest.importorskip("ome_types", reason="ome-types is not installed")
        *_, path = there_and_back(canonical())
        found = ome_types.from_xml(path.read_text(encoding="utf-8"))
        assert [image.pixels.size_x for image in found.images] == [24, 24]
        assert [type(shape).__name__ for shape in found.rois[0].union] == ["Mask"]
        assert [len(roi.union) for roi in found.rois[1:3]] == [1, 1]


@pytest.mark.golden
class TestRealFiles:
    def test_the_example_of_the_specification(self, golden):
        study, notes = FORMAT.read(Source(golden / "ome/ROI.ome.xml"))
        s = one(study)
        assert (s.name, s.grid.shape, s.grid.axes[1].scale) == ("6x6x1x8-swatch.tif", (4, 6), 10000.0)
        assert s.shapes.frame["kind"].to_list() == ["point", "point", "arrow", "rectangle", "text", "rectangle", "mask"]
        assert s.shapes.frame["c"].to_list() == [0, 2, None, None, None, None, None]
        rectangle, pixels = s.shapes.rings.take([5]).coords, s.shapes.rings.take([6]).coords
        np.testing.assert_allclose(rectangle, [[3.82, 2.21], [5.32, 3.71]])
        assert pixels.tolist() == [[3, 3], [5, 5], [4, 3], [5, 3], [3, 4], [4, 4]]
        assert [note.kind for note in notes] == [Kind.SKIPPED], "its pixels"

    @pytest.mark.parametrize("holes", ["auto", "fill"])
    def test_a_real_mask_comes_back_bit_for_bit(self, golden, tmp_path, holes):
        tifffile = pytest.importorskip("tifffile")
        before = tifffile.imread(golden / "stardist/mask2d.tif")
        source, middle, back, zero = (tmp_path / name for name in ("mask.tif", "there.ome.xml", "back.tif", "zero.tif"))
        tifffile.imwrite(source, before)
        tifffile.imwrite(zero, np.zeros_like(before))
        segue.convert(source, middle, holes=holes)
        source.unlink()
        with segue.read(middle) as study:
            assert len(one(study).objects) == 125
        segue.convert(middle, back, image=zero)
        after = tifffile.imread(back)
        assert len(np.unique(after)) == 126
        assert np.array_equal(before.astype(np.int64), after.astype(np.int64))

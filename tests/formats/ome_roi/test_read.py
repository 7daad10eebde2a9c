"""Reading OME-XML ROIs: every fact of the format, from files as Bio-Formats and OMERO write them."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from segue.errors import Malformed
from segue.formats.detect import detect
from segue.formats.ome_roi.spec import FORMAT
from segue.model.features import Feature
from segue.model.grid import Axis, Grid
from segue.notes import Kind
from segue.storage.source import Source

HEAD = '<?xml version="1.0" encoding="UTF-8"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">'
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


class TestWhatTheFileHolds:
    def test_images_are_image_sets_with_sizes_and_pixel_sizes(self, read):
        s = one(read(IMAGE, roi(RECTANGLE.format("/>")))[0])
        assert s.name == "cells"
        assert s.grid == Grid((Axis("z", 3), Axis("y", 40, 0.5, "nm"), Axis("x", 60, 0.5, "um")))
        details = json.loads(s.extras.filter(pl.col("entity") == "image set")["payload"].item())
        assert details == {"pixels": {"Type": "uint16"}, "channels": [{"Name": "DAPI", "Color": "65535"}, {}]}

    def test_a_roi_is_an_object_and_its_shapes_are_the_shapes_of_the_object(self, read):
        s = one(read(IMAGE, roi(RECTANGLE.format(' TheZ="1" TheC="0"/>'), '<Point ID="Shape:1" X="2.5" Y="3.5"/>', name='ID="ROI:7" Name="Zelle µ"'))[0])
        assert s.objects.frame.select("id", "name").row(0) == ("ROI:7", "Zelle µ")
        assert s.shapes.frame.select("kind", "z", "c").rows() == [("rectangle", 1, 0), ("point", None, None)]
        assert s.shapes.rings.coords.tolist() == [[1, 2], [4, 6], [2.5, 3.5]], "coordinates are corners, whatever the kind"

    @pytest.mark.parametrize(
        ("shape", "kind", "coords"),
        [
            ('<Ellipse ID="Shape:0" X="10" Y="20" RadiusX="3" RadiusY="4"/>', "oval", [[7, 16], [13, 24]]),
            ('<Line ID="Shape:0" X1="1" Y1="2" X2="3" Y2="4"/>', "line", [[1, 2], [3, 4]]),
            ('<Line ID="Shape:0" X1="1" Y1="2" X2="3" Y2="4" MarkerEnd="Arrow"/>', "arrow", [[1, 2], [3, 4]]),
            ('<Line ID="Shape:0" X1="1" Y1="2" X2="3" Y2="4" MarkerStart="Arrow"/>', "arrow", [[3, 4], [1, 2]]),
            ('<Polyline ID="Shape:0" Points="1,2 3,4 5.5,6"/>', "polyline", [[1, 2], [3, 4], [5.5, 6]]),
            ('<Polygon ID="Shape:0" Points=" 1,2  3,4,5.5 ,6&#10;"/>', "polygon", [[1, 2], [3, 4], [5.5, 6]]),
            ('<Label ID="Shape:0" X="4" Y="5" Text="nucleus"/>', "text", [[4, 5], [4, 5]]),
        ],
    )
    def test_every_kind(self, read, shape, kind, coords):
        shapes = one(read(roi(shape))[0]).shapes
        assert shapes.frame["kind"].to_list() == [kind]
        assert shapes.rings.coords.tolist() == coords

    def test_colours_are_signed_rgba(self, read):
        style = ' StrokeColor="-16776961" FillColor="16711808" StrokeWidth="2.5" Text="a&#10;b" FontFamily="serif" FontSize="12" Locked="true"/>'
        s = one(read(roi(RECTANGLE.format(style)))[0])
        assert s.shapes.frame.select("stroke", "fill", "stroke_width", "text", "font", "font_size").row(0) == (
            0xFF0000FF,
            0x00FF0080,
            2.5,
            "a\nb",
            "serif",
            12.0,
        )
        assert s.objects.frame["locked"].to_list() == [True]

    def test_shapes_at_several_time_points_are_a_track_of_objects(self, read):
        study, notes = read(roi(*(polygon("0,0 4,0 4,4", f' TheT="{t}"/>') for t in (0, 1, 2)), polygon("1,1 2,1 2,2", ' TheT="1"/>')))
        objects = one(study).objects.frame
        assert objects.select("id", "t", "track").rows() == [("ROI:0", 0, 0), ("ROI:0-2", 1, 0), ("ROI:0-3", 2, 0)]
        assert one(study).shapes.frame["object"].to_list() == [0, 1, 1, 2]
        assert [note.kind for note in notes] == [Kind.ASSUMED]

    def test_tags_are_populations_and_pairs_are_values(self, read):
        annotations = (
            '<StructuredAnnotations><TagAnnotation ID="Annotation:1"><Value>tumour</Value></TagAnnotation>'
            '<TagAnnotation ID="Annotation:2"><Value>unused</Value></TagAnnotation>'
            '<MapAnnotation ID="Annotation:3"><Value><M K="area">12.5</M><M K="stage">II</M><M K="stage">III</M></Value></MapAnnotation>'
            '<CommentAnnotation ID="Annotation:4"><Value>look again</Value></CommentAnnotation>'
            '<DoubleAnnotation ID="Annotation:5" Namespace="score"><Value>0.25</Value></DoubleAnnotation>'
            '<FileAnnotation ID="Annotation:6"><BinaryFile FileName="a" Size="1"><BinData Length="4">AAAA</BinData></BinaryFile></FileAnnotation>'
            '<XMLAnnotation ID="Annotation:7"><Value><ROI ID="ROI:666"><Union/></ROI></Value></XMLAnnotation></StructuredAnnotations>'
        )
        references = "".join(f'<AnnotationRef ID="Annotation:{number}"/>' for number in (1, 3, 4, 5, 6))
        study, notes = read(annotations, roi(RECTANGLE.format("/>"), more=references + "<Description>odd</Description>"))
        s = one(study)
        assert [(population.id, population.name, population.kind) for population in study.populations] == [("Annotation:1", ("tumour",), "tag")]
        assert s.membership.frame["object"].to_list() == [0]
        assert s.tables["annotations"].frame.to_dicts() == [{"row": 0, "area": 12.5, "stage": "II; III", "score": 0.25}]
        assert json.loads(s.extras["payload"].item()) == {"annotations": [{"type": "Comment", "value": "look again"}], "description": "odd"}
        assert [(note.kind, note.count) for note in notes] == [(Kind.SKIPPED, 1)], "the file"
        assert len(s.objects) == 1, "what looks like a ROI inside a foreign annotation is none"

    def test_rois_are_of_the_images_that_name_them(self, read):
        images = [f'<Image ID="Image:{nth}" Name="{nth}"><ROIRef ID="ROI:{nth}"/></Image>' for nth in (0, 1)]
        rois = [roi(RECTANGLE.format("/>"), name=f'ID="ROI:{nth}"') for nth in (0, 1, 2)]
        study, notes = read(*images, *rois)
        assert [(s.name, s.objects.frame["id"].to_list()) for s in study.image_sets] == [("0", ["ROI:0"]), ("1", ["ROI:1"]), ("", ["ROI:2"])]
        assert [note.kind for note in notes] == [Kind.ASSUMED]

    def test_without_a_reference_a_roi_is_of_the_only_image(self, read):
        assert len(one(read(IMAGE.replace('<ROIRef ID="ROI:0"/>', ""), roi(RECTANGLE.format("/>")))[0]).objects) == 1

    def test_shapes_of_older_schemas(self, read):
        old = '<Shape ID="Shape:0" TheZ="2" Stroke="255"><{}/></Shape>'
        s = one(
            read(
                roi(
                    *(
                        old.format(inner)
                        for inner in ('Rect X="1"', 'Rectangle X="1" Y="2" Width="3" Height="4"', 'Polyline Points="0,0 1,0 1,1" Closed="true"')
                    )
                )
            )[0]
        )
        assert s.shapes.frame.select("kind", "z", "stroke").rows() == [("rectangle", 2, 255), ("polygon", 2, 255)]


class TestTransforms:
    @pytest.mark.parametrize(
        ("matrix", "kind", "coords"),
        [
            ((1, 0, 10, 0, 1, 20), "rectangle", [[11, 22], [14, 26]]),
            ((2, 0, 0, 0, -1, 0), "rectangle", [[2, -6], [8, -2]]),
            ((0, -1, 0, 1, 0, 0), "rectangle", [[-6, 1], [-2, 4]]),
            ((0.6, -0.8, 0, 0.8, 0.6, 0), "rotated rectangle", [[0.6 - 3.2, 0.8 + 2.4], [2.4 - 3.2, 3.2 + 2.4]]),
            ((1, 0.5, 0, 0, 1, 0), "polygon", [[2, 2], [5, 2], [7, 6], [4, 6]]),
        ],
    )
    def test_of_a_rectangle(self, read, matrix, kind, coords):
        names = ("A00", "A01", "A02", "A10", "A11", "A12")
        transform = "".join(f' {name}="{value}"' for name, value in zip(names, matrix, strict=True))
        study, notes = read(roi(RECTANGLE.format(f"><Transform{transform}/></Rectangle>")))
        shapes = one(study).shapes
        assert shapes.frame["kind"].to_list() == [kind]
        np.testing.assert_allclose(shapes.rings.coords, coords, atol=1e-12)
        assert [(note.kind, note.feature) for note in notes] == ([] if kind == "rectangle" else [(Kind.CHANGED, Feature.RECTANGLE)])

    def test_of_an_ellipse(self, read):
        turned = '<Ellipse ID="Shape:0" X="10" Y="0" RadiusX="2" RadiusY="5"><Transform A00="0.6" A01="-0.8" A02="0" A10="0.8" A11="0.6" A12="0"/></Ellipse>'
        skewed = '<Ellipse ID="Shape:1" X="0" Y="0" RadiusX="1" RadiusY="1"><Transform A00="1" A01="1" A02="0" A10="0" A11="1" A12="0"/></Ellipse>'
        shapes = one(read(roi(turned, skewed))[0]).shapes
        assert shapes.frame["kind"].to_list() == ["ellipse", "ellipse"]
        np.testing.assert_allclose(shapes.rings.coords[:2], [[6 + 4, 8 - 3], [6 - 4, 8 + 3]])
        np.testing.assert_allclose(shapes.frame["ratio"], [0.4, ((5**0.5 - 1) / 2) ** 2])
        assert np.hypot(*shapes.rings.coords[2]) == pytest.approx((1 + 5**0.5) / 2)

    def test_of_vertices(self, read):
        move = '><Transform A00="2" A01="0" A02="1" A10="0" A11="2" A12="-1"/></Polygon>'
        shapes = one(read(roi(polygon("0,0 1,0 1,1"), polygon("0,0 1,0 1,1", move)))[0]).shapes
        assert shapes.rings.coords.tolist() == [[0, 0], [1, 0], [1, 1], [1, -1], [3, -1], [3, 1]]

    @pytest.mark.parametrize("given", ['A00="NaN"', 'A00="1e400"', 'A00="x"', ""])
    def test_that_is_no_transform(self, read, given):
        with pytest.raises(Malformed, match=r"Rectangle \(Shape:0\) without a transform"):
            read(roi(RECTANGLE.format(f'><Transform {given} A01="0" A02="0" A10="0" A11="1" A12="0"/></Rectangle>')))


class TestDetection:
    def test_by_the_first_element(self, file):
        assert detect(Source(file(HEAD + "</OME>", "x.ome.xml")))[0].name == "ome-roi"
        assert detect(Source(file(HEAD + "</OME>", "x.xml")))[0].name == "ome-roi"
        assert FORMAT.evidence(Source(file("<TrackMate/>", "y.xml"))).score == 0

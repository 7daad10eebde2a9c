"""Hostile and damaged OME-XML: only errors of segue, bounded."""

from __future__ import annotations

import pytest

from segue.errors import Malformed, TooLarge, UnsupportedVariant
from segue.formats.ome_roi.spec import FORMAT
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


class TestHostile:
    @pytest.mark.parametrize(
        "text",
        [
            pytest.param('<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><OME>&z;</OME>', id="entities"),
            pytest.param('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><OME>&x;</OME>', id="external entity"),
            pytest.param("<html/>", id="something else"),
            pytest.param(HEAD + "<a>" * 1000, id="deep"),
            pytest.param(HEAD + IMAGE, id="cut off"),
            pytest.param(HEAD + IMAGE.replace('SizeX="60"', 'SizeX="-1"') + "</OME>", id="negative size"),
            pytest.param(HEAD + roi('<Rectangle ID="Shape:0" X="1"/>') + "</OME>", id="missing attribute"),
            pytest.param(HEAD + roi('<Point ID="Shape:0" X="inf" Y="0"/>') + "</OME>", id="infinite"),
            pytest.param(HEAD + roi('<Polygon ID="Shape:0" Points="1,2 3"/>') + "</OME>", id="odd number of coordinates"),
            pytest.param(HEAD + roi('<Polygon ID="Shape:0"/>') + "</OME>", id="no points"),
            pytest.param(HEAD + roi('<Point ID="Shape:0" X="1" Y="0" TheZ="-1"/>') + "</OME>", id="negative plane"),
            pytest.param(HEAD + roi('<Point ID="Shape:0" X="1" Y="0" TheT="99999999999"/>') + "</OME>", id="endless plane"),
            pytest.param(HEAD + '<StructuredAnnotations><CommentAnnotation ID="A:0" Namespace="segue/study"><Value>{"images": 3}</Value></CommentAnnotation>'
                         "</StructuredAnnotations></OME>", id="damaged description"),
        ],
    )  # fmt: skip
    def test_is_refused(self, file, text):
        with pytest.raises(Malformed):
            FORMAT.read(Source(file(text)))

    def test_a_file_that_names_another_says_so(self, read):
        with pytest.raises(UnsupportedVariant, match="names the file"):
            read('<BinaryOnly MetadataFile="x.companion.ome" UUID="urn:uuid:1"/>')

    def test_a_million_vertices_in_one_attribute(self, read):
        points = " ".join(f"{nth},{nth % 7}" for nth in range(1_000_000))
        assert one(read(roi(polygon(points)))[0]).shapes.rings.coords[-1].tolist() == [999_999, 999_999 % 7]

    def test_more_different_keys_than_columns_have_room(self, read, monkeypatch):
        monkeypatch.setattr("segue.formats.ome_files.values.MOST_CELLS", 10)
        pairs = "".join(f'<M K="{nth}">1</M>' for nth in range(20))
        given = f'<StructuredAnnotations><MapAnnotation ID="Annotation:0"><Value>{pairs}</Value></MapAnnotation></StructuredAnnotations>'
        with pytest.raises(TooLarge, match="20 different keys"):
            read(given, roi(RECTANGLE.format("/>"), more='<AnnotationRef ID="Annotation:0"/>'))

    def test_equal_ids_are_made_different(self, read):
        study, notes = read(*[roi(RECTANGLE.format("/>"))] * 2)
        assert one(study).objects.frame["id"].to_list() == ["ROI:0", "ROI:0-2"]
        assert [note.kind for note in notes] == [Kind.REPAIRED]

    def test_one_long_annotation_of_very_many_rois(self, read):
        given = f'<StructuredAnnotations><CommentAnnotation ID="Annotation:0"><Value>{"x" * 1_000_000}</Value></CommentAnnotation></StructuredAnnotations>'
        rois = [roi(RECTANGLE.format("/>"), more='<AnnotationRef ID="Annotation:0"/>', name=f'ID="ROI:{nth}"') for nth in range(300)]
        with pytest.raises(TooLarge, match="characters"):
            read(given, *rois)

    def test_one_large_roi_of_very_many_images(self, read):
        images = [f'<Image ID="Image:{nth}"><ROIRef ID="ROI:0"/></Image>' for nth in range(3000)]
        with pytest.raises(TooLarge, match="vertices"):
            read(*images, roi(polygon("0,0 " * 100_000 + "1,1")))

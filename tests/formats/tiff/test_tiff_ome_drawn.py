"""ROIs in the OME-XML of an OME-TIFF: read with the image and written with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile

import segue
from segue.errors import Malformed
from segue.formats.tiff.spec import FORMAT
from segue.model.diff import diff
from segue.model.features import Feature
from segue.model.keep import keep
from segue.model.study import Study
from segue.notes import Kind
from segue.storage.source import Source
from segue.testing.canonical import canonical
from segue.testing.trips import Trip

ROI = '<ROI ID="ROI:{0}"><Union><Rectangle ID="Shape:{0}" X="1" Y="2" Width="3" Height="4"/></Union></ROI>'
PIXELS = np.arange(2 * 24 * 24, dtype=np.uint16).reshape(2, 24, 24)


def drawing():
    """An image with cells drawn on it."""
    s = canonical().image_sets[0]
    return keep(Study((s,), canonical().populations), set(Feature) - {Feature.LABELS})


@pytest.fixture
def foreign(tmp_path):
    """An OME-TIFF of another program, with ROIs added to its description."""

    def made(rois, images=1, name="a.ome.tif"):
        path = tmp_path / name
        with tifffile.TiffWriter(path, ome=True) as file:
            for _ in range(images):
                file.write(PIXELS, metadata={"axes": "CYX"}, photometric="minisblack")
        with tifffile.TiffFile(path) as file:
            text = file.pages[0].description
        for nth in range(images):
            text = text.replace("</Pixels></Image>", f'</Pixels><ROIRef ID="ROI:{nth}"/></Image >', 1)
        tifffile.tiffcomment(path, text.replace("</OME>", f"{rois}</OME>").encode())
        return path

    return made


def test_an_image_and_its_rois_come_back(tmp_path):
    with Trip(FORMAT, drawing(), {"layout": "ome"}) as trip:
        assert diff(trip.fitted, trip.back) == {}
        assert len(trip.back.image_sets[0].objects) == 3
        assert set(diff(trip.study, trip.back)) & {Feature.OBJECTS, Feature.TRACED, Feature.OBJECT_ID, Feature.POPULATIONS, Feature.COLUMNS} == set()
        assert np.array_equal(tifffile.imread(trip.path), trip.study.image_sets[0].images[0].pixels.array)


def test_the_name_of_the_file_says_so(tmp_path):
    segue.write(drawing(), tmp_path / "cells.ome.tif")
    segue.write(drawing(), tmp_path / "cells.tif", layout="ome")
    for name in ("cells.ome.tif", "cells.tif"):
        with tifffile.TiffFile(tmp_path / name) as file:
            assert file.is_ome
            assert file.pages[0].description.count("<ROI ") == 3


def test_its_ome_xml_is_valid_against_the_schema(tmp_path):
    etree = pytest.importorskip("lxml.etree", reason="lxml, which checks schemas, is not installed")
    schema = pytest.importorskip("ome_types", reason="ome-types, which has the schema, is not installed")
    rules = etree.XMLSchema(etree.parse(str(Path(schema.__file__).parent / "ome-2016-06.xsd")))
    segue.write(drawing(), tmp_path / "cells.ome.tif")
    with tifffile.TiffFile(tmp_path / "cells.ome.tif") as file:
        assert rules.validate(etree.fromstring(file.pages[0].description.encode())), rules.error_log


def test_rois_of_other_programs_are_read_with_their_image(foreign):
    study, notes = FORMAT.read(Source(foreign(ROI.format(0) + ROI.format(1), images=2)), FORMAT.options("read", {"image": 2}))
    (s,) = study.image_sets
    assert s.objects.frame["id"].to_list() == ["ROI:1"]
    assert s.shapes.rings.coords.tolist() == [[1, 2], [4, 6]]
    assert len(s.images) == 1
    assert [(note.kind, note.feature) for note in notes] == [(Kind.SKIPPED, None), (Kind.SKIPPED, Feature.OBJECTS)], "the other image, and its ROI"


def test_labels_come_without_drawings_and_say_so(foreign):
    study, notes = FORMAT.read(Source(foreign(ROI.format(0), name="b.ome.tif")), FORMAT.options("read", {"role": "image"}))
    assert len(study.image_sets[0].shapes) == 1
    path = foreign(ROI.format(0), name="c.ome.tif")
    tifffile.imwrite(path, PIXELS[0], ome=True, metadata={"axes": "YX"})
    with tifffile.TiffFile(path) as file:
        text = file.pages[0].description
    tifffile.tiffcomment(path, text.replace("</OME>", f"{ROI.format(0)}</OME>").encode())
    study, notes = FORMAT.read(Source(path), FORMAT.options("read", {"role": "labels"}))
    assert (len(study.image_sets[0].labels), len(study.image_sets[0].shapes)) == (1, 0)
    assert [(note.kind, note.count) for note in notes] == [(Kind.SKIPPED, 1)]


@pytest.mark.parametrize("roi", [ROI.format(0).replace('X="1"', 'X="NaN"'), ROI.format(0).replace('Width="3" ', "")])
def test_damaged_rois_are_refused(foreign, roi):
    with pytest.raises(Malformed, match="Shape:0"):
        FORMAT.read(Source(foreign(roi)))


def test_an_image_with_drawings_stays_an_image_in_formats_without_them(foreign, tmp_path):
    segue.convert(foreign(ROI.format(0)), tmp_path / "a.npy")
    assert np.array_equal(np.load(tmp_path / "a.npy"), PIXELS)


def test_what_is_drawn_goes_to_formats_of_shapes_and_becomes_labels_there(foreign, tmp_path):
    path = foreign(ROI.format(0))
    segue.convert(path, tmp_path / "a.geojson")
    segue.convert(tmp_path / "a.geojson", tmp_path / "a.png", image=path)
    with segue.read(tmp_path / "a.png") as study:
        found = study.image_sets[0].labels[0].pixels.read((slice(0, 24), slice(0, 24)))
    assert (found.sum(), found[2:6, 1:4].all()) == (12, True)


def test_rois_are_written_onto_the_image_they_come_with(tmp_path):
    """``segue convert cells.geojson --image cells.tif cells.ome.tif --set role=image``"""
    study = drawing()
    tifffile.imwrite(tmp_path / "image.tif", PIXELS, photometric="minisblack", metadata={"axes": "CYX"})
    segue.write(keep(study, set(Feature) - {Feature.IMAGES}), tmp_path / "cells.geojson")
    segue.convert(tmp_path / "cells.geojson", tmp_path / "both.ome.tif", image=tmp_path / "image.tif", role="image")
    with segue.read(tmp_path / "both.ome.tif") as back:
        (s,) = back.image_sets
        assert s.objects.frame["label"].to_list() == [1, 2, 300]
        assert np.array_equal(s.images[0].pixels.read((slice(0, 2), slice(0, 24), slice(0, 24))), PIXELS)

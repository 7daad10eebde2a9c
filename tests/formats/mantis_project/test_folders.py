"""Which files of an image set are channels, what these are called, which is the segmentation."""

from __future__ import annotations

import json

import numpy as np
import pytest
import tifffile
from tests.formats.mantis_project.conftest import GREY, LABELS, row, tables

from segue.errors import Incompatible, InvalidOption, Malformed, SegueError, WrongFormat
from segue.formats.mantis_project.spec import FORMAT
from segue.model.diff import diff
from segue.model.image import in_memory
from segue.notes import Kind
from segue.storage.source import Source


def only(project, **options):
    return project.study(**options).image_sets[0]


def test_a_marker_is_a_file_and_the_segmentation_none(project):
    s = only(project.image_set("a", "cd4", "CD3", "191Ir").database({"segmentationBasename": "segmentation.tif"}))
    assert s.images[0].channels == ("191Ir", "CD3", "cd4")
    assert np.array_equal(in_memory(s.labels[0].pixels), LABELS)
    assert s.labels[0].name == "segmentation"


def test_the_segmentation_is_the_one_that_the_settings_name(project):
    project.image_set("a", "CD3", segmentation="cells.tif").image_set("b", "CD3", segmentation="segmentation.tif")
    a, b = project.database({"segmentationBasename": "cells.tif"}).study().image_sets
    assert [image.name for image in a.labels] == ["cells"]
    assert (b.labels, b.images[0].channels) == ((), ("CD3", "segmentation"))


def test_without_a_setting_it_is_what_people_call_it(project):
    study, notes = project.image_set("a", "CD3", segmentation="nuclei_mask.tif").database().read()
    assert study.image_sets[0].labels[0].name == "nuclei_mask"
    assert "nuclei_mask.tif is the segmentation" in str(next(iter(notes.of_kind(Kind.ASSUMED))))


def test_the_user_can_name_it(project):
    assert only(project.image_set("a", "CD3", segmentation="x.tif").database(), segmentation="x.tif").labels[0].name == "x"


def test_names_of_markers_by_mantis_rules(project):
    project.image_set("a")
    place = project.root / "a"
    tifffile.imwrite(place / "01.tif", GREY, description=json.dumps({"channel.target": "CD3", "other": 1}), metadata=None)
    tifffile.imwrite(place / "02.ome.tif", GREY, metadata={"axes": "YX", "Channel": {"Name": "CD4/CD8"}})
    tifffile.imwrite(place / "same.tif", GREY)
    tifffile.imwrite(place / "same.tiff", GREY)
    tifffile.imwrite(place / "two.tif", np.stack([GREY, GREY]), photometric="minisblack", metadata=None)
    assert only(project.database()).images[0].channels == ("CD3", "CD4/CD8", "Marker 1", "Marker 2", "same.tif", "same.tiff")


def test_equal_names_are_told_apart(project):
    project.image_set("a")
    for name in ("1", "2", "3"):
        tifffile.imwrite(project.root / "a" / f"{name}.tif", GREY, description=json.dumps({"channel.target": "CD3"}), metadata=None)
    names = only(project.database()).images[0].channels
    assert names == ("CD3", "CD3_2", "CD3_3")


@pytest.mark.parametrize("place", ["project", "image set"])
def test_a_file_names_the_pages_of_a_stack(project, place, written):
    project.image_set("a")
    tifffile.imwrite(project.root / "a" / "stack.tif", np.stack([GREY, GREY + 1, GREY + 2]), photometric="minisblack", metadata=None)
    (project.root / ("." if place == "project" else "a") / "names.csv").write_text("DNA,1\nCD3,2\nCD8,3\n")
    project.database({"markerNamesOverride": {"basename": "names.csv", "project": place == "project"}, "segmentationBasename": "segmentation.tif"})
    s = only(project)
    assert s.images[0].channels == ("CD3", "CD8", "DNA")
    assert in_memory(s.images[0].pixels)[:, 0, 0].tolist() == [1, 2, 0]
    root, again = written(project.study())
    assert (root / ("." if place == "project" else "a") / "names.csv").read_text() == "CD3,1\nCD8,2\nDNA,3\n"
    assert again.image_sets[0].images[0].channels == s.images[0].channels
    assert tables(root)["settings"] == tables(project.root)["settings"]


def test_images_in_a_sub_folder(project, written):
    project.image_set("a/TIFs", "CD3", labels=None)
    tifffile.imwrite(project.root / "a" / "segmentation.tif", LABELS)
    project.database({"imageSubdirectory": "TIFs", "segmentationBasename": "segmentation.tif"})
    s = only(project)
    assert (s.name, s.images[0].channels, s.labels[0].name) == ("a", ("CD3",), "segmentation")
    root, again = written(project.study())
    assert sorted(str(path.relative_to(root)) for path in root.rglob("*.tif")) == ["a/TIFs/CD3.tif", "a/segmentation.tif"]
    assert diff(project.study(), again) == {}


def test_a_text_segmentation_has_a_segment_in_each_line(project, written):
    project.image_set("a", "CD3", labels=None, **{"cells.csv": b"1,1,2,1\n\n3,3,2,1\r\n"})
    study, notes = project.database({"segmentationBasename": "cells.csv"}).read()
    drawn = in_memory(study.image_sets[0].labels[0].pixels)
    assert (drawn[1, 1], drawn[1, 2], drawn[3, 3], int((drawn > 0).sum())) == (1, 2, 2, 3)
    assert {note.kind for note in notes} == {Kind.REPAIRED, Kind.ASSUMED}
    root, again = written(study)
    assert (root / "a" / "cells.tif").is_file()
    assert np.array_equal(in_memory(again.image_sets[0].labels[0].pixels), drawn)


def test_a_text_segmentation_beyond_the_image_is_refused_with_its_line(project):
    project.image_set("a", "CD3", labels=None, **{"cells.txt": b"1,1\n10,2\n"}).database({"segmentationBasename": "cells.txt"})
    with pytest.raises(Malformed, match=r"line 2.*x and y exchanged"):
        project.study(image_set="a")


def test_one_damaged_image_set_of_many_is_noted_and_alone_it_is_an_error(project):
    project.image_set("a", "CD3").image_set("b", "CD3").database()
    tifffile.imwrite(project.root / "b" / "CD4.tif", GREY[:5])
    study, notes = project.read()
    assert [len(s.images) for s in study.image_sets] == [1, 0]
    assert "CD4.tif has 10 x 5 pixels" in str(next(iter(notes.of_kind(Kind.SKIPPED))))
    with pytest.raises(Incompatible, match=r"CD4\.tif has 10 x 5 pixels"):
        project.study(image_set="b")


def test_a_segmentation_of_another_size_is_refused(project):
    project.image_set("a", "CD3", labels=LABELS[:4]).database({"segmentationBasename": "segmentation.tif"})
    with pytest.raises(Incompatible, match="not the segmentation of this image"):
        project.study(image_set="a")


def test_only_one_image_set_is_read(project):
    for name in "abc":
        project.image_set(name, "CD3")
    project.database({}, {"b": [row("T", "x", segments=[3])]})
    assert [s.name for s in project.study(image_set="b").image_sets] == ["b"]
    assert project.study(image_set="c").populations == ()
    with pytest.raises(InvalidOption, match="no image set called 'd'; there are: a, b, c"):
        project.study(image_set="d")


def test_an_image_set_alone_with_the_settings_of_mantis_0_9(tmp_path, written):
    from tests.formats.mantis_project.conftest import Made

    made = Made(tmp_path / "set_one")
    settings = b'{"segmentationBasename": "cells.tif", "channelMarker": {"rChannel": "CD3"}}'
    for name in ("CD3", "CD4"):
        tifffile.imwrite(made.root / f"{name}.tif", GREY)
    tifffile.imwrite(made.root / "cells.tif", LABELS)
    (made.root / ".mantisImageSettings").write_bytes(settings)
    assert FORMAT.evidence(Source(made.root)).score > 90
    study = made.study()
    (s,) = study.image_sets
    assert (s.name, s.images[0].channels, s.labels[0].name) == ("set_one", ("CD3", "CD4"), "cells")
    root, _ = written(study)
    assert (root / "set_one" / ".mantisImageSettings").read_bytes() == settings


def test_a_database_in_an_image_set_is_about_it(tmp_path):
    from tests.formats.mantis_project.conftest import Made

    made = Made(tmp_path / "alone")
    tifffile.imwrite(made.root / "CD3.tif", GREY)
    made.database({}, {"alone": [row("T", "x")]})
    assert [(s.name, len(s.images)) for s in made.study().image_sets] == [("alone", 1)]


@pytest.mark.parametrize("name", ["../outside.tif", "/etc/passwd", "a\\b", "..", "x\0y"])
def test_settings_lead_nowhere_else(project, tmp_path, name):
    tifffile.imwrite(tmp_path / "outside.tif", LABELS)
    project.image_set("a", "CD3", labels=None).database({"segmentationBasename": name, "imageSubdirectory": "../..", "regionsBasename": name})
    study, notes = project.read()
    assert study.image_sets[0].labels == ()
    assert len(notes.of_kind(Kind.SKIPPED)) == 3


def test_files_and_empty_folders_are_no_projects(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "empty").mkdir()
    for name in ("file", "empty"):
        assert FORMAT.evidence(Source(tmp_path / name)).score == 0
        with pytest.raises(WrongFormat):
            FORMAT.read(Source(tmp_path / name))


def test_a_picture_that_is_none_is_an_error_of_ours(project):
    project.image_set("a", "CD3", **{"CD4.tif": b"invalid"}).database()
    with pytest.raises(SegueError, match=r"CD4\.tif"):
        project.read()

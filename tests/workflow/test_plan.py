"""A plan is made, and refused, before a pixel is read."""

from __future__ import annotations

import pytest

from segue.errors import UnknownFormat, UsageError
from segue.testing.canonical import canonical
from segue.workflow.convert import Settings, write_study
from segue.workflow.plan import plan


@pytest.fixture
def masks(tmp_path):
    for name in ("a_mask.tif", "b_mask.tif"):
        (tmp_path / name).write_bytes(b"")
    return str(tmp_path)


def test_a_folder_gets_a_file_per_item(masks, tmp_path):
    planned = plan([masks], f"{tmp_path}/out/", "imagej-roi")
    assert [item.target.name for item in planned.items] == ["a-RoiSet.zip", "b-RoiSet.zip"]
    assert planned.batch


def test_a_template_is_filled(masks, tmp_path):
    planned = plan([masks], str(tmp_path / "{parent}-{nickname}.geojson"), None)
    assert [item.target.name for item in planned.items] == [f"{tmp_path.name}-{name}.geojson" for name in "ab"]


def test_many_items_do_not_fit_one_file(masks, tmp_path):
    with pytest.raises(UsageError, match=r"\{nickname\}"):
        plan([masks], str(tmp_path / "all.geojson"), None)


def test_two_items_never_write_the_same_path(tmp_path):
    for name in ("one/A_mask.tif", "two/a_mask.tif"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(UsageError, match="both be written"):
        plan([str(tmp_path / "*" / "*.tif")], f"{tmp_path}/out/", "imagej-roi")


def test_a_folder_needs_a_format(masks, tmp_path):
    with pytest.raises(UnknownFormat, match="--to"):
        plan([masks], f"{tmp_path}/out/", None)


@pytest.mark.parametrize("name", ["labels.jpg", "labels.JPEG", "labels.webp"])
def test_lossy_pictures_are_refused_with_the_reason(masks, tmp_path, name):
    with pytest.raises(UsageError, match="changes pixel values"):
        plan([f"{masks}/a_mask.tif"], str(tmp_path / name), None)


def test_an_unknown_format_names_the_nearest(masks, tmp_path):
    with pytest.raises(UnknownFormat, match="imagej-roi"):
        plan([masks], f"{tmp_path}/out/", "imagej")


def test_only_what_is_written_is_counted(tmp_path):
    """A file of one image set gets the first; the others are lost, and said to be."""
    whole = canonical()
    result = write_study(whole, tmp_path / "first-RoiSet.zip", Settings(to="imagej-roi"))
    assert result.objects == len(whole.image_sets[0].objects) < sum(len(s.objects) for s in whole.image_sets)

"""The plan: everything is known, and every problem is found, before a pixel is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile

from segue.errors import Incompatible, InvalidOption, SinkError, UnknownFormat, UsageError
from segue.workflow.exporting import disk
from segue.workflow.exporting.container import container_of
from segue.workflow.exporting.plan import plan_export
from segue.workflow.recipe_export import ExportRecipe


def plan(inputs, output, **more):
    inputs = (inputs,) if isinstance(inputs, str) else tuple(inputs)
    how = {name: more.pop(name) for name in ("overwrite", "resume") if name in more}
    return plan_export(ExportRecipe(inputs=inputs, output=output, **more), **how)


def sentences(planned):
    return [str(one) for one in planned.problems]


def test_a_source_is_described_and_the_result_predicted(stack):
    one = plan("scan.2023.01.tif", "{nickname}", format="numpy", cutout="x=5:60,y=5um:", axes="cyxz", dtype="float32").predictions[0]
    assert one.source == {
        "name": "image",
        "kind": "image",
        "shape": [3, 2, 50, 60],
        "axes": "zcyx",
        "dtype": "uint16",
        "chunks": one.source["chunks"],
        "channels": [],
        "range": None,
        "pixel_size": {"z": 2.0, "y": 0.5, "x": 0.5},
        "units": {"z": "um", "y": "um", "x": "um"},
    }
    assert (one.shape, one.axes, one.dtype, one.bytes) == ((2, 40, 55, 3), "cyxz", "float32", 2 * 40 * 55 * 3 * 4)
    assert one.item.outputs == (Path("scan.2023.01.npy"),)
    assert one.memory > 0


def test_no_pixel_is_read(stack, monkeypatch):
    from segue.transform.pixels import Changed

    monkeypatch.setattr(Changed, "read_tallied", lambda *_: pytest.fail("read"))
    planned = plan("scan.2023.01.tif", "o.npy", cutout="z=1:2", renormalize="0:1->0:255", dtype="uint8")
    assert not planned.problems
    assert list(Path().iterdir()) == [Path("scan.2023.01.tif")]


def test_a_sequence_counts_in_the_coordinates_of_the_source(stack):
    planned = plan("scan.2023.01.tif", "s/{nickname}_{slice_index}", format="tiff", cutout="z=1:3", axes="zcyx")
    assert [path.name.partition(".ti")[0] for path in planned.predictions[0].item.outputs] == ["scan.2023.01_1", "scan.2023.01_2"]
    assert planned.predictions[0].step == "z"
    named = plan("scan.2023.01.tif", "{slice_index}.tif", step="c").predictions[0]
    assert (named.step, len(named.item.outputs)) == ("c", 2)
    along_y = plan("scan.2023.01.tif", "{slice_index}.tif", axes="yxzc", cutout="y=8:11").predictions[0]
    assert [path.name for path in along_y.item.outputs] == ["08.tif", "09.tif", "10.tif"]


def test_a_container_with_an_order_of_its_own_gets_it_and_that_is_said(stack):
    one = plan("scan.2023.01.tif", "o.tif", axes="yxzc").predictions[0]
    assert (one.axes, one.shape) == ("zcyx", (3, 2, 50, 60))
    assert one.said == ("TIFF stores the axes in its own order, so they are zcyx and not yxzc",)
    kept = plan("scan.2023.01.tif", "o.tif", axes="czyx").predictions[0]
    assert (kept.axes, kept.said) == ("czyx", ())
    assert plan("scan.2023.01.tif", "o.npy", axes="yxzc").predictions[0].axes == "yxzc"


def test_placeholders(stack):
    output = "{parent}-{nickname}-{result_type}-{roi}-{z_start}-{z_stop}-{t_start}-{t_stop}-{channel}-{index:02d}.{ext}"
    planned = plan("scan.2023.01.tif", output, cutout="z=1:2,c=1:2", format="numpy")
    home = Path().resolve().name
    assert [str(path) for path in planned.predictions[0].item.outputs] == [f"{home}-scan.2023.01-image-[(1, 1, 0, 0), (2, 2, 50, 60)]-1-2-0-1-1-01.npy"]
    assert plan("scan.2023.01.tif", "{dataset_dir}/o.npy").predictions[0].item.outputs == (Path("o.npy"),)
    assert "several channels" in sentences(plan("scan.2023.01.tif", "{channel}.npy"))[0]
    each = plan("scan.2023.01.tif", "{channel}-{slice_index}.tif", step="c").predictions[0]
    assert [path.name for path in each.item.outputs] == ["0-0.tif", "1-1.tif"]


def test_all_problems_are_found_at_once(stack):
    Path("other").mkdir()
    tifffile.imwrite("other/scan.2023.01.tif", np.zeros((5, 5), np.uint8))
    Path("broken.tif").write_bytes(b"not a picture")
    Path("out").mkdir()
    Path("out/scan.2023.01.npy").write_bytes(b"mine")
    planned = plan(["scan.2023.01.tif", "other/scan.2023.01.tif", "broken.tif"], "out/{nickname}.npy", cutout="x=50:61", source="nothing")
    said = "\n".join(sentences(planned))
    assert "has no image 'nothing'" in said
    assert "broken.tif" in said
    planned = plan(["scan.2023.01.tif", "other/scan.2023.01.tif", "broken.tif"], "out/{nickname}.npy", cutout="x=50:61", options={"bad": 1})
    said = "\n".join(sentences(planned))
    for part in ("x=50:61 is not inside the image, which has x=0:60", "x=0:5", "--set bad", "exists already", "would both be written to", "broken.tif"):
        assert part in said
    with pytest.raises(UsageError, match="problems, and nothing was written") as error:
        planned.refuse()
    assert str(error.value).count("\n  ") == len(planned.problems) == error.value.fields["problems"]


def test_one_problem_keeps_its_class_and_says_where(stack):
    for more, kind in (({"cutout": "x=0:99"}, Incompatible), ({"source": "b"}, InvalidOption)):
        with pytest.raises(kind, match=r"scan\.2023\.01\.tif"):
            plan("scan.2023.01.tif", "o.npy", **more).refuse()


def test_inputs_with_problems_can_be_left_out(stack):
    Path("broken.tif").write_bytes(b"not a picture")
    planned = plan(["broken.tif", "scan.2023.01.tif"], "out/", format="numpy", skip_problems=True)
    assert not planned.problems
    assert [one.name for one in planned.plan.items] == ["scan.2023.01.tif"]
    assert [pair.name for pair in planned.plan.missing] == ["broken"]


@pytest.mark.parametrize(
    ("output", "more", "sentence"),
    [
        ("o", {"format": "tiff sequence"}, r"say where its number goes, as --output 'o_\{slice_index\}'"),
        ("{slice_index}.npy", {}, "is for sequences, and NumPy holds all slices in one file"),
        ("o.npy", {"step": "z"}, "--step z is the axis of a sequence"),
        ("{foo}.npy", {}, r"\{foo\} in .* is no placeholder; there are \{nickname\}"),
        ("o_{slice_index}.tif", {"step": "t"}, "has no axis t to make a sequence of"),
        ("scan.2023.01.tif", {"overwrite": True}, "is the input"),
        ("o.npy", {"axes": "yx"}, r"z \(3\), c \(2\) would be left out"),
        ("o.npy", {"scales": 2}, "scales"),
        ("{slice_index:q}.tif", {}, "does not fit its value"),
    ],
)
def test_problems_of_a_request(stack, output, more, sentence):
    with pytest.raises((UsageError, Incompatible), match=sentence):
        plan("scan.2023.01.tif", output, **more).refuse()


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"dtype": "int3"}, InvalidOption),
        ({"axes": "zz"}, InvalidOption),
        ({"axes": "abc"}, InvalidOption),
        ({"renormalize": "0:1"}, InvalidOption),
        ({"renormalize": "1:0->0:255"}, InvalidOption),
        ({"cutout": "x=5:5"}, InvalidOption),
        ({"format": "fcs"}, UnknownFormat),
        ({"format": "exr"}, UnknownFormat),
        ({"nicknames": ("a", "b")}, UsageError),
    ],
)
def test_requests_that_cannot_be_understood(stack, more, kind):
    with pytest.raises(kind):
        plan("scan.2023.01.tif", "o.npy", **more)


def test_what_exists_is_refused_unless_it_may_be_replaced(stack):
    Path("o.npy").write_bytes(b"mine")
    with pytest.raises(SinkError, match="exists already"):
        plan("scan.2023.01.tif", "o.npy").refuse()
    plan("scan.2023.01.tif", "o.npy", overwrite=True).refuse()
    plan("scan.2023.01.tif", "o.npy", resume=True).refuse()


def test_collisions_where_upper_and_lower_case_are_the_same(stack):
    for name in ("a.tif", "A.tif"):
        tifffile.imwrite(name, np.zeros((4, 4), np.uint8))
    assert "would both be written to" in sentences(plan(["a.tif", "A.tif"], "out/", format="numpy"))[0]
    assert not plan(["a.tif", "A.tif"], "out/{nickname}{index}", format="numpy").problems
    assert not plan(["a.tif", "A.tif"], "out/", format="numpy", nicknames=("one", "two")).problems
    assert "a.tif" in sentences(plan(["a.tif", "scan.2023.01.tif"], "a.tif", overwrite=True, format="tiff"))[0]


def test_labels_are_never_renormalised(here):
    np.save("labels.npy", np.arange(12, dtype=np.uint32).reshape(3, 4))
    with pytest.raises(InvalidOption, match=r"names? objects, so they are never renormalised"):
        plan("labels.npy", "o.npy", renormalize="0:1->0:255").refuse()
    assert plan("labels.npy", "o.npy", renormalize="0:1->0:255", options={"role": "image"}).problems == ()
    assert plan("labels.npy", "o.npy").predictions[0].source["kind"] == "labels"


def test_a_disk_that_is_too_small(stack, monkeypatch):
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1000})())
    with pytest.raises(SinkError, match=r"0\.0 MB left, and the outputs need"):
        plan("scan.2023.01.tif", "o.npy").refuse()
    packed = plan("scan.2023.01.tif", "o.ome.tif", options={"compression": "deflate"})
    assert not packed.problems
    assert "before they are compressed" in packed.said[0]


def test_fractions_that_would_become_nothing_are_pointed_out(here):
    import segue
    from segue.model.grid import grid_of
    from segue.model.image import ArrayPixels, Image
    from segue.model.study import ImageSet

    image = Image(ArrayPixels(np.full((4, 5), 0.99, np.float32)), "yx", data_range=(0.0, 1.0))
    s = ImageSet("", grid_of("yx", (4, 5)), images=(image,))
    texts = [note.what for note in segue.export(s, "o.npy", dtype="uint8")[0].result.notes]
    assert any("--renormalize 0:1->0:255" in text for text in texts)


def test_formats_by_our_names_and_theirs():
    assert container_of("TIFF", "x").record.name == container_of(None, "x.TIF").record.name == "tiff"
    assert container_of("tiff sequence", "x").sequence
    assert container_of("numpy", "x").ending == ".npy"
    with pytest.raises(UnknownFormat, match="did you mean"):
        container_of("tifff", "x")
    with pytest.raises(UnknownFormat, match="nothing says in which format"):
        container_of(None, "x")
    with pytest.raises(UnknownFormat, match="segue convert writes it"):
        container_of("geoparquet", "x")

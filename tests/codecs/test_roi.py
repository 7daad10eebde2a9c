"""ImageJ ROIs as columns: every field as roifile reads it, areas byte for byte, damage refused."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import numpy as np
import pytest
import roifile
from hypothesis import given
from hypothesis import strategies as st

from segue.codecs import roi_record as roi
from segue.codecs.roi_arrange import arranged
from segue.codecs.roi_read import decode
from segue.codecs.roi_write import encode
from segue.codecs.zip_read import read_zip
from segue.errors import Malformed, SegueError

SETS = ["imagej/zoo_RoiSet.zip", "imagej/zoo_float_RoiSet.zip", "imagej/blobs_RoiSet.zip", "neubias/measure_shapes_rois.zip"]
AREAS = (roi.POLYGON, roi.RECT, roi.OVAL, roi.FREEHAND, roi.TRACED)


def every_roi(golden):
    """(name, bytes) of all real ROIs."""
    for path in sorted((golden / "read-roi").glob("*.roi")):
        yield path.stem, path.read_bytes()
    for name in SETS:
        entries = read_zip((golden / name).read_bytes())
        for label, a, b in zip(entries.names, entries.start[:-1], entries.start[1:], strict=True):
            yield f"{name} {label}", bytes(entries.buffer[a:b])


def decoded(*contents):
    start = np.cumsum([0, *(len(content) for content in contents)])
    return decode(np.frombuffer(b"".join(contents), np.uint8), start)


def polygons(*rings, **columns):
    """One polygon per ring."""
    start = np.cumsum([0, *(len(ring) for ring in rings)])
    coords = np.array([vertex for ring in rings for vertex in ring], float).reshape(-1, 2)
    return roi.blank(len(rings), coords=coords, ring_start=start, roi_start=np.arange(len(rings) + 1), **columns)


def there_and_back(rois):
    return decode(*encode(arranged(rois)))


def with_origin(rois):
    """Figures and splines have integers relative to what is found by drawing them."""
    return replace(rois, origin=arranged(rois).origin)


SQUARE = [(0, 0), (4, 0), (4, 4), (0, 4)]
HOLE = [(1, 1), (1, 2), (2, 2), (2, 1)]


class TestRealFiles:
    def test_header_fields_are_those_that_roifile_reads(self, golden):
        for name, content in every_roi(golden):
            ours, theirs = decoded(content), roifile.ImagejRoi.frombytes(content)
            assert ours.version[0] == theirs.version, name
            assert ours.type[0] == theirs.roitype, name
            assert ours.subtype[0] == theirs.subtype, name
            assert ours.options[0] == theirs.options, name
            assert ours.box[0].tolist() == [theirs.left, theirs.top, theirs.right, theirs.bottom], name
            assert ours.composite[0] == theirs.composite, name
            assert ours.width[0] == theirs.stroke_width, name
            assert ours.fine_width[0] == theirs.float_stroke_width, name
            assert ours.stroke[0].tobytes() == theirs.stroke_color[::-1], name
            assert ours.fill[0].tobytes() == theirs.fill_color[::-1], name
            assert [ours.position[0], ours.c[0], ours.z[0], ours.t[0]] == [theirs.position, theirs.c_position, theirs.z_position, theirs.t_position], name
            assert ours.group[0] == theirs.group, name
            assert (ours.names[0] or "") == theirs.name, name

    def test_vertices_are_those_that_roifile_reads(self, golden):
        seen = 0
        for name, content in every_roi(golden):
            ours, theirs = decoded(content), roifile.ImagejRoi.frombytes(content)
            if theirs.composite or theirs.integer_coordinates is not None:
                rings = theirs.coordinates(multi=True) if theirs.composite else [theirs.coordinates()]
                assert len(ours.ring_start) - 1 == len(rings), name
                for ring, a, b in zip(rings, ours.ring_start[:-1], ours.ring_start[1:], strict=True):
                    open_ring = ring[:-1] if theirs.composite and len(ring) > 1 and (ring[0] == ring[-1]).all() else ring
                    assert np.allclose(ours.coords[a:b], open_ring), name
                seen += 1
        assert seen > 80

    def test_every_kind_comes_back_byte_for_byte(self, golden):
        seen = 0
        for name, content in every_roi(golden):
            assert encode(with_origin(decoded(content)))[0].tobytes() == content, name
            seen += 1
        assert seen > 80

    def test_what_follows_from_the_geometry_is_what_imagej_wrote(self, golden):
        for name in SETS:
            entries = read_zip((golden / name).read_bytes())
            rois = decode(entries.buffer, entries.start)
            whole = np.isin(rois.type, roi.BOX_TYPES) & ~rois.sub_pixel & ~rois.composite
            line = np.where(whole[:, None], np.hstack([rois.box[:, :2], rois.box[:, 2:] - rois.box[:, :2]]), rois.line)
            again = arranged(replace(rois, box=np.zeros_like(rois.box), line=line.astype(np.float32)))
            assert again.box.tolist() == rois.box.tolist(), name
            assert (again.line == rois.line).all(), name
            assert (again.options == rois.options).all(), name
            assert np.allclose(again.coords, rois.coords, atol=1e-5), name

    def test_vertices_of_figures_follow_from_their_axes(self, golden):
        seen = 0
        for name, content in every_roi(golden):
            rois = decoded(content)
            if rois.figure[0] or rois.spline[0]:
                moved = replace(rois, box=np.zeros_like(rois.box), coords=rois.coords + 7.0 * rois.figure[0])
                ours, theirs = (roifile.ImagejRoi.frombytes(one) for one in (encode(arranged(moved))[0].tobytes(), content))
                assert np.array_equal(ours.integer_coordinates, theirs.integer_coordinates), name
                assert np.allclose(ours.subpixel_coordinates, theirs.subpixel_coordinates, atol=1e-5), name
                seen += 1
        assert seen == 7

    def test_all_at_once_is_each_alone(self, golden):
        contents = [content for _, content in every_roi(golden)]
        together = decoded(*contents)
        for row, content in enumerate(contents):
            alone = decoded(content)
            rings = slice(together.roi_start[row], together.roi_start[row + 1] + 1)
            starts = together.ring_start[rings]
            assert (starts - starts[0]).tolist() == alone.ring_start.tolist()
            assert np.array_equal(together.coords[starts[0] : starts[-1]], alone.coords)
            assert together.properties[row] == alone.properties[0]


class TestLimits:
    @pytest.mark.parametrize("value", [-5000, -1, 0, 32767, 32768, 60535])
    def test_integers_that_16_bits_hold(self, value):
        back = there_and_back(polygons([(value, 0), (value, 1), (value, 2)]))
        assert not back.sub_pixel[0]
        assert back.coords[0, 0] == value

    @pytest.mark.parametrize("value", [-5001, 60536, 2.5, 1 << 24])
    def test_everything_else_is_float32(self, value):
        back = there_and_back(polygons([(value, 0), (value, 1), (value, 2)]))
        assert back.sub_pixel[0]
        assert back.coords[0, 0] == value

    def test_a_box_wider_than_16_bits_is_float32(self):
        assert there_and_back(polygons([(-5000, 0), (60535, 0), (0, 9)])).coords[:, 0].tolist() == [-5000, 60535, 0]

    def test_negative_relative_integers_count_as_zero(self):
        buffer, start = encode(arranged(polygons([(10, 10), (14, 10), (14, 14)])))
        content = bytearray(buffer.tobytes())
        content[64:66] = (-3).to_bytes(2, "big", signed=True)
        assert decode(np.frombuffer(bytes(content), np.uint8), start).coords[0].tolist() == [10, 10]

    @pytest.mark.parametrize("count", [65535, 65536])
    def test_a_polygon_of_more_than_65535_vertices_becomes_a_composite(self, count):
        ring = np.stack([np.arange(count) % 200, np.arange(count) // 200], 1)
        back = there_and_back(polygons(ring, type=[roi.TRACED]))
        assert back.composite[0] == (count > 65535)
        assert np.array_equal(back.coords, ring)

    def test_several_rings_become_a_composite(self):
        rois = replace(polygons(SQUARE, HOLE), roi_start=np.array([0, 2]))
        rois = roi.blank(1, coords=rois.coords, ring_start=rois.ring_start, roi_start=rois.roi_start)
        back = there_and_back(rois)
        assert back.composite[0]
        assert back.coords.tolist() == [list(map(float, vertex)) for vertex in SQUARE + HOLE]
        assert back.ring_start.tolist() == [0, 4, 8]

    def test_versions_before_222_have_no_fractions(self):
        content = bytearray(encode(arranged(polygons([(0.5, 0), (1, 1), (2, 2)])))[0].tobytes())
        content[4:6] = (221).to_bytes(2, "big")
        assert decoded(bytes(content)).coords[0].tolist() == [0, 0]

    @pytest.mark.parametrize(("group", "version"), [(0, 228), (255, 228), (256, 229), (65535, 229)])
    def test_groups(self, group, version):
        back = there_and_back(polygons(SQUARE, group=[group]))
        assert (back.group[0], back.version[0]) == (group, version)

    def test_a_32_bit_count_where_the_16_bit_one_is_zero(self):
        content = bytearray(encode(arranged(polygons([(1, 1), (2, 2)], type=[roi.POINT])))[0].tobytes())
        content[16:18], content[18:22] = bytes(2), (2).to_bytes(4, "big")
        assert decoded(bytes(content)).coords.tolist() == [[1, 1], [2, 2]]

    @pytest.mark.parametrize("name", ["a", "é µ", "👩‍🔬 nucleus", "/a:b\\c", "x" * 1000, "\x00", " "])
    def test_names_count_utf16_units(self, name):
        back = there_and_back(polygons(SQUARE, SQUARE, names=[name, None], properties=[None, name]))
        assert (back.names, back.properties) == ([name, None], [None, name])

    @pytest.mark.parametrize("shown", ["label A\n", "", "é 細胞 👩\n\n", "x" * 100_000])
    def test_texts(self, shown):
        text = roi.Text(shown or None, "Arial", 14, 1 | 2 << 8 | 1024, -12.5)
        rois = roi.blank(2, type=[roi.RECT, roi.OVAL], subtype=[roi.TEXT, 0], line=[[5, 6, 40, 20]] * 2, names=["t", None], texts={0: text})
        back = there_and_back(rois)
        assert back.texts == {0: text}
        assert (back.names, back.box.tolist()) == (["t", None], [[5, 6, 45, 26]] * 2)
        theirs = roifile.ImagejRoi.frombytes(encode(arranged(rois))[0][: encode(arranged(rois))[1][1]].tobytes())
        assert (theirs.text, theirs.text_name, theirs.text_size, theirs.text_angle) == (shown, "Arial", 14, -12.5)

    def test_pictures(self):
        rois = roi.blank(1, type=[roi.RECT], subtype=[roi.IMAGE], line=[[5, 6, 4, 2]], names=["picture"], opacity=[128], images={0: b"II*\0picture"})
        back = there_and_back(rois)
        assert (back.images, back.image_size[0], back.opacity[0], back.names) == ({0: b"II*\0picture"}, 11, 128, ["picture"])

    def test_counters_of_points(self):
        points = polygons([(1, 1), (2, 2)], SQUARE, [(3, 3)], type=[roi.POINT, roi.POLYGON, roi.POINT])
        counted = replace(points, counters=np.array([7, 3 << 8, 1 << 24 | 99], np.uint32), counter_start=np.array([0, 2, 2, 3]))
        back = there_and_back(counted)
        assert (back.counters.tolist(), back.counter_start.tolist()) == ([7, 768, 16777315], [0, 2, 2, 3])
        assert roifile.ImagejRoi.frombytes(encode(arranged(counted))[0][: encode(arranged(counted))[1][1]].tobytes()).counters.tolist() == [7, 0]

    @pytest.mark.parametrize(
        ("kind", "vertices", "box"),
        [
            (roi.POINT, [(33.5, 44.25)], [34, 44, 35, 45]),
            (roi.POINT, [(5.5, 150.5), (9.75, 152.75)], [6, 151, 10, 153]),
            (roi.POLYLINE, [(110, 118), (140, 136)], [110, 118, 141, 137]),
            (roi.ANGLE, [(150, 100), (160, 115), (180, 105)], [150, 100, 180, 115]),
        ],
    )
    def test_boxes_of_lines_and_points_end_behind_their_last_pixel(self, kind, vertices, box):
        assert arranged(polygons(vertices, type=[kind])).box.tolist() == [box]

    def test_a_text_without_its_text(self):
        with pytest.raises(ValueError, match="has no text"):
            encode(roi.blank(1, type=[roi.RECT], subtype=[roi.TEXT]))

    def test_nothing(self):
        assert len(there_and_back(roi.blank(0))) == 0


class TestHostile:
    def sample(self):
        composite = roi.blank(1, coords=np.array(SQUARE + HOLE, float), ring_start=np.array([0, 4, 8]), roi_start=np.array([0, 2]), names=["two"])
        fine = polygons([(0.5, 0), (4, 0), (4, 4)], names=["µ"], properties=["k: v\n"])
        text = roi.blank(1, type=[roi.RECT], subtype=[roi.TEXT], line=[[5, 6, 40, 20]], names=["t"], texts={0: roi.Text("ab\n", "Arial", 14)})
        image = roi.blank(1, type=[roi.RECT], subtype=[roi.IMAGE], line=[[5, 6, 4, 2]], names=["i"], images={0: b"II*"})
        point = polygons([(1, 1), (2, 2)], type=[roi.POINT], counters=np.array([7, 8]), counter_start=np.array([0, 2]), names=["p"])
        return [encode(arranged(rois))[0].tobytes() for rois in (composite, fine, polygons(SQUARE, names=["a"]), text, image, point)]

    def test_cut_off_at_every_byte(self):
        for content in self.sample():
            counted = 8 * (content[6] == roi.POINT)
            for length in range(len(content) - counted):
                with pytest.raises(Malformed):
                    decoded(content[:length])

    def test_counters_that_are_cut_off_are_none(self):
        assert len(decoded(self.sample()[5][:-1]).counters) == 0

    @pytest.mark.parametrize(("which", "place"), [(3, 64 + 8), (3, 64 + 12), (4, -64)])
    def test_bodies_that_announce_too_much(self, which, place):
        content = bytearray(self.sample()[which])
        at = place if place > 0 else int.from_bytes(content[60:64], "big") + 32
        content[at : at + 4] = b"\x7f\xff\xff\xff"
        with pytest.raises(Malformed, match="cut off"):
            decoded(bytes(content))

    @given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=4), st.integers(0, 5))
    def test_changed_bytes(self, changes, which):
        content = bytearray(self.sample()[which])
        for place, value in changes:
            content[place % len(content)] = value
        with contextlib.suppress(SegueError):
            decoded(bytes(content))

    @pytest.mark.parametrize(("place", "value"), [(16, b"\xff\xff"), (36, b"\x7f\xff\xff\xff"), (60, b"\x7f\xff\xff\xff"), (60, b"\0\0\0\1")])
    def test_announcements_that_the_bytes_do_not_hold(self, place, value):
        content = bytearray(self.sample()[2])
        content[place : place + len(value)] = value
        with pytest.raises(Malformed):
            decoded(bytes(content))

    def test_a_billion_points(self):
        content = bytearray(self.sample()[2])
        content[6], content[16:18], content[18:22] = roi.POINT, bytes(2), (1_000_000_000).to_bytes(4, "big")
        with pytest.raises(Malformed):
            decoded(bytes(content))

    def test_the_message_names_the_entry(self):
        content = self.sample()[2]
        buffer = np.frombuffer(content + content[:30], np.uint8)
        with pytest.raises(Malformed, match=r"'second\.roi'") as caught:
            decode(buffer, np.array([0, len(content), len(buffer)]), ["first.roi", "second.roi"])
        assert caught.value.fields["row"] == 1

"""FCS as bytes: every layout the standard has, the dialects that programs write, and files that lie about themselves."""

from __future__ import annotations

import io
import os
import struct
import tracemalloc

import numpy as np
import pytest

from segue.codecs.fcs_header import encode_header
from segue.codecs.fcs_read import data_sets
from segue.codecs.fcs_text import encode_text, parse_text
from segue.codecs.fcs_write import Named, ranges, write_fcs
from segue.errors import Malformed, SegueError, TooLarge, UnsupportedVariant, WrongFormat
from segue.storage.source import Source

NUMBERS = np.array([[1.5, -2.25], [3e38, 0], [-0.0, 16_777_216], [7, 8]], np.float32)


def made(path, words, data, *, version="3.1", mark=b"/", stated=True, text=None, tail=b""):
    """A file from its parts; ``words`` may overrule what is usual."""
    usual = {"$BEGINSTEXT": "0", "$ENDSTEXT": "0", "$BYTEORD": "1,2,3,4", "$MODE": "L", "$NEXTDATA": "0"}
    body = encode_text({**usual, **words}, mark) if text is None else text
    begin = 256 + len(body)
    span = (begin, begin + len(data) - 1) if stated else (0, 0)
    path.write_bytes(encode_header(version, (256, begin - 1), span, 256) + body + data + tail)
    return Source(path)


def channels(kinds, **more):
    """Keywords of channels from (bits, range)."""
    words = {"$PAR": str(len(kinds)), **more}
    for number, (bits, top) in enumerate(kinds, 1):
        words |= {f"$P{number}B": str(bits), f"$P{number}R": str(top), f"$P{number}E": "0,0", f"$P{number}N": f"c{number}"}
    return words


def written(path, events, names=None, words=None):
    with path.open("wb") as file:
        write_fcs(file, names or [Named(f"c{place}") for place in range(NUMBERS.shape[1])], events, words)
    return Source(path)


@pytest.mark.parametrize("events", [NUMBERS, [NUMBERS[:, 0], NUMBERS[:, 1]], NUMBERS[:0], NUMBERS.astype(">f4"), np.asfortranarray(NUMBERS)])
def test_what_is_written_comes_back_in_every_way(tmp_path, events):
    (one,) = data_sets(written(tmp_path / "a.fcs", events))
    expected = NUMBERS[: len(events) if isinstance(events, np.ndarray) else None]
    assert one.version == "3.1"
    for found in (one.array(), np.asarray(one.view()), np.stack(one.columns(), 1)):
        assert found.dtype == np.float32
        assert found.tobytes() == expected.tobytes()


def test_the_view_is_the_file_and_copies_nothing(tmp_path):
    one = data_sets(written(tmp_path / "a.fcs", np.zeros((500_000, 2), np.float32)))[0]
    tracemalloc.start()
    view = one.view()
    assert tracemalloc.get_traced_memory()[1] < 100_000
    tracemalloc.stop()
    assert isinstance(view.base, np.memmap) or isinstance(view, np.memmap)
    assert not view.flags.writeable


@pytest.mark.parametrize("order", ["1,2,3,4", "4,3,2,1"])
@pytest.mark.parametrize(("kind", "bits", "code"), [("F", 32, "f"), ("D", 64, "d"), ("I", 8, "B"), ("I", 16, "H"), ("I", 32, "I"), ("I", 64, "Q")])
def test_every_number_type_in_both_byte_orders(tmp_path, order, kind, bits, code):
    values = [1, 2, 3, 200]
    data = struct.pack(("<" if order[0] == "1" else ">") + code * 4, *values)
    words = channels([(bits, 2**bits)] * 2, **{"$DATATYPE": kind, "$BYTEORD": order, "$TOT": "2"})
    one = data_sets(made(tmp_path / "a.fcs", words, data))[0]
    assert one.array().tolist() == [[1, 2], [3, 200]]
    assert [column.tolist() for column in one.columns()] == [[1, 3], [2, 200]]
    assert all(column.dtype.isnative for column in one.columns())


def test_integers_of_several_widths_and_masks(tmp_path):
    data = struct.pack("<BHI", 200, 0xFFFF, 7) + struct.pack("<BHI", 1, 0x0401, 2**31)
    words = channels([(8, 256), (16, 1024), (32, 4294967296)], **{"$DATATYPE": "I", "$TOT": "2"})
    one = data_sets(made(tmp_path / "a.fcs", words, data))[0]
    assert [column.tolist() for column in one.columns()] == [[200, 1], [1023, 1], [7, 2**31]]
    assert one.array().tolist() == [[200, 1023, 7], [1, 1, 2**31]]
    with pytest.raises(ValueError, match="one number type"):
        one.view()


def test_channels_of_their_own_types_as_in_3_2(tmp_path):
    data = struct.pack("<Bfd", 9, 0.5, 0.1)
    words = channels([(8, 256), (32, 1), (64, 1)], **{"$DATATYPE": "F", "$P1DATATYPE": "I", "$P3DATATYPE": "D", "$TOT": "1"})
    one = data_sets(made(tmp_path / "a.fcs", words, data, version="3.2"))[0]
    assert [column.tolist() for column in one.columns()] == [[9], [0.5], [0.1]]
    assert one.array().dtype == np.float64


def test_delimiters_in_words_are_doubled_and_undoubled():
    words = {"$PAR": "1", "$DATATYPE": "F", "$BYTEORD": "1,2,3,4", "$P1B": "32", "$P1N": "CD4/CD8//x", "A/B": "/", "NEXT": "ends/", "LAST": "x"}
    text = encode_text(words, b"/")
    found = parse_text(text, "a.fcs")
    assert found == {**words, "A/B": " /"}
    assert parse_text(text[:-1], "a.fcs") == found, "without the last delimiter"
    assert parse_text(text + b"   \r\n", "a.fcs") == found, "filled up behind it"


def test_empty_values_are_told_from_doubled_delimiters():
    text = b"/$PAR/1/$DATATYPE/F/$CYT//$BYTEORD/1,2,3,4/$P1B/32/$P1N/x/$DATE//"
    found = parse_text(text, "a.fcs")
    assert (found["$CYT"], found["$P1N"], found["$BYTEORD"]) == ("", "x", "1,2,3,4")


def test_keywords_in_lower_case_and_latin_1(tmp_path):
    text = b"|$par|1|$datatype|F|$byteord|1,2,3,4|$p1b|32|$p1n|size \xb5m|$tot|1|"
    one = data_sets(made(tmp_path / "a.fcs", {}, struct.pack("<f", 2.5), text=text))[0]
    assert one.layout.channels[0].name == "size µm"
    assert one.array().tolist() == [[2.5]]


def test_offsets_beyond_the_header_stand_in_the_keywords(tmp_path):
    words = channels([(32, 1)], **{"$DATATYPE": "F", "$TOT": "2", "$BEGINDATA": "", "$ENDDATA": ""})
    for _ in range(3):
        length = len(encode_text({"$BEGINSTEXT": "0", "$ENDSTEXT": "0", "$BYTEORD": "1,2,3,4", "$MODE": "L", "$NEXTDATA": "0", **words}, b"/"))
        words |= {"$BEGINDATA": f"{256 + length:012d}", "$ENDDATA": f"{256 + length + 7:012d}"}
    assert data_sets(made(tmp_path / "a.fcs", words, struct.pack("<ff", 1, 2), stated=False))[0].array().tolist() == [[1], [2]]


def test_beyond_a_hundred_megabytes_the_header_says_0(tmp_path):
    class Counting(io.RawIOBase):
        """Keeps the first megabyte, counts the rest."""

        def __init__(self):
            self.head, self.size = b"", 0

        def write(self, data):
            self.head += bytes(data[: max(0, 4096 - len(self.head))])
            self.size += len(data)
            return len(data)

    file, events = Counting(), np.broadcast_to(np.float32(3), (13_000_000, 2))
    write_fcs(file, [Named("a"), Named("b")], events)
    head = file.head
    assert head[26:42].split() == [b"0", b"0"]
    begin = int(head.split(b"$BEGINDATA\x0c")[1][:16])
    assert int(head.split(b"$ENDDATA\x0c")[1][:16]) == begin + 104_000_000 - 1 == file.size - 9
    path = tmp_path / "large.fcs"
    path.write_bytes(head[:begin])
    os.truncate(path, file.size)  # the events are a hole in the file: zeros
    one = data_sets(Source(path))[0]
    assert one.view().shape == (13_000_000, 2)
    assert one.layout.begin == begin


def test_several_data_sets_and_supplemental_text(tmp_path):
    path, other = tmp_path / "a.fcs", tmp_path / "b.fcs"
    words = channels([(32, 1)], **{"$DATATYPE": "F", "$TOT": "1"})
    extra = b"/MORE/words//here/"
    end = 1000
    for _ in range(3):  # until the offsets fit what they make of the file
        size = made(path, {**words, "$NEXTDATA": f"{end:08d}"}, struct.pack("<f", 1)).path.stat().st_size
        made(other, {**words, "$BEGINSTEXT": f"{end:08d}", "$ENDSTEXT": f"{end + len(extra) - 1:08d}"}, struct.pack("<f", 2), tail=extra)
        end = max(size, other.stat().st_size - len(extra))
    made(path, {**words, "$NEXTDATA": f"{end:08d}"}, struct.pack("<f", 1))
    path.write_bytes(path.read_bytes().ljust(end) + other.read_bytes())
    one, two = data_sets(Source(path))
    assert (one.array().tolist(), two.array().tolist()) == ([[1]], [[2]])
    assert two.words["MORE"] == "words/here"
    assert "MORE" not in one.words


def test_the_number_of_events_may_follow_from_the_offsets(tmp_path):
    words = channels([(32, 1)], **{"$DATATYPE": "F"})
    assert data_sets(made(tmp_path / "a.fcs", words, struct.pack("<fff", 1, 2, 3), version="2.0"))[0].array().tolist() == [[1], [2], [3]]


def test_ranges_are_powers_of_two_above_the_largest_value():
    nan, inf = np.nan, np.inf
    columns = [[0, 0], [0.3, -1], [1, 0], [255, 3], [256, 0], [-5, -6], [nan, 3], [nan, nan], [inf, 5], [3e38, 0]]
    expected = [1, 1, 2, 256, 512, 1, 4, 1, 8, 2**128]
    table = np.array(columns, np.float32)
    assert ranges(table.T.copy()) == expected
    assert ranges(list(table)) == expected
    assert ranges(np.empty((0, 2), np.float32)) == [1, 1]


LIES = {
    "more events than the file has": ({"$TOT": "1000"}, Malformed, "1,000 events"),
    "events beyond any memory": ({"$TOT": "999999999999999999"}, TooLarge, "999,999,999,999,999,999"),
    "more channels than keywords": ({"$PAR": "99999999"}, Malformed, "P2B"),
    "no channel": ({"$PAR": "0"}, Malformed, "not where"),
    "negative": ({"$PAR": "-1"}, Malformed, "PAR"),
    "digits of another script": ({"$TOT": "\u0664"}, Malformed, "TOT"),
    "histograms": ({"$MODE": "C"}, UnsupportedVariant, "histograms"),
    "text": ({"$DATATYPE": "A"}, UnsupportedVariant, "as text"),
    "mixed bytes": ({"$BYTEORD": "3,4,1,2"}, UnsupportedVariant, "3,4,1,2"),
    "odd bits": ({"$DATATYPE": "I", "$P1B": "10"}, UnsupportedVariant, "10 bits"),
    "a circle of data sets": ({"$NEXTDATA": "99999999"}, Malformed, "further data set"),
}


@pytest.mark.parametrize("lie", LIES)
def test_lies_are_refused_before_memory_is_taken(tmp_path, lie):
    words, kind, said = LIES[lie]
    source = made(tmp_path / "a.fcs", {**channels([(32, 1)], **{"$DATATYPE": "F", "$TOT": "1"}), **words}, struct.pack("<f", 1))
    tracemalloc.start()
    with pytest.raises(kind, match=said):
        data_sets(source)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("content", [b"", b"FCS", b"FCS3.1    ", b"PNG", b"FCS9.9    " + b" " * 48, b"FCS3.1    " + b"99999999" * 6])
def test_what_is_no_fcs_is_refused(tmp_path, content):
    path = tmp_path / "a.fcs"
    path.write_bytes(content)
    with pytest.raises((WrongFormat, Malformed, UnsupportedVariant)):
        data_sets(Source(path))


def test_a_million_delimiters_take_no_time(tmp_path):
    text = b"/" * 3_000_001
    with pytest.raises(SegueError):
        parse_text(text, "a.fcs")
    with pytest.raises(TooLarge):
        parse_text(b"/" * 5_000_000, "a.fcs")


def test_flowio_reads_the_same(tmp_path):
    flowio = pytest.importorskip("flowio")
    names = [Named("CD4/CD8", "ratio, of µ|both"), Named("x")]
    source = written(tmp_path / "a.fcs", NUMBERS, names, {"KEY": "a/b|c\\d"})
    found = flowio.FlowData(str(source.path))
    assert (found.as_array(preprocess=False) == NUMBERS).all()
    assert found.pnn_labels == ["CD4/CD8", "x"]
    assert found.text["key"] == "a/b|c\\d"
    assert flowio.FlowData(str(written(tmp_path / "b.fcs", NUMBERS[:0], names).path)).event_count == 0

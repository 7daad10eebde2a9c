"""Pickles are read as data: NumPy's arrays of every version come through, and nothing that a file asks for is ever run."""

from __future__ import annotations

import io
import pickle
import time
import tracemalloc
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pytest
from numpy.lib import format as npy_format

from segue.codecs.npy_objects import ObjectPixels, OpenObject
from segue.codecs.npy_objects_write import Streamed, write_object
from segue.codecs.pickle_json import MOST_VALUES, NotPlain, from_json, to_json
from segue.codecs.pickle_read import read_pickle
from segue.codecs.pickle_values import PickledArray, Refused, Span
from segue.errors import Malformed, SegueError, UnsupportedVariant, WrongFormat
from segue.storage.source import Source

VALUE: dict[str, Any] = {
    "masks": np.asfortranarray(np.arange(12, dtype=">i4").reshape(3, 4)),
    "outlines": [np.ones((3, 2))],
    "zdraw": [np.int16(3)] * 3,
    "flag": np.array([True, False]),
    "empty": np.zeros((0, 3), np.float32),
    "text": "µm 細胞",
    "numbers": (1, -1, 2**40, -(2**70), 1.5, float("inf"), None, True),
    "bytes": b"abc",
    "nothing": b"",
    "path": PurePosixPath("images/a.tif"),
}


def file_of(pickled: bytes, path: Path, descr: str = "|O", shape: tuple[int, ...] = ()) -> Path:
    stream = io.BytesIO()
    npy_format.write_array_header_1_0(stream, {"descr": descr, "fortran_order": False, "shape": shape})
    path.write_bytes(stream.getvalue() + pickled)
    return path


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_every_protocol_gives_the_same_values(tmp_path: Path, protocol: int) -> None:
    pickled = pickle.dumps(np.array(VALUE, dtype=object), protocol=protocol)
    file = OpenObject(file_of(pickled, tmp_path / "a.npy"))
    found = file.value
    assert list(found) == list(VALUE)
    np.testing.assert_array_equal(found["masks"].values(file.data), VALUE["masks"])
    np.testing.assert_array_equal(found["outlines"][0].values(file.data), VALUE["outlines"][0])
    np.testing.assert_array_equal(found["flag"].values(file.data), VALUE["flag"])
    assert found["empty"].values(file.data).shape == (0, 3)
    assert found["zdraw"] == VALUE["zdraw"]
    assert {type(one) for one in found["zdraw"]} == {np.int16}
    assert (found["text"], found["numbers"], found["path"]) == (VALUE["text"], VALUE["numbers"], "images/a.tif")
    assert from_json(to_json(found["bytes"], file.data)) == b"abc"


@pytest.mark.parametrize("core", ["numpy.core", "numpy._core"])
def test_the_names_of_numpy_1_and_2_are_known(core: str) -> None:
    here = pickle.dumps(np.arange(3), protocol=4)
    there = here.replace(b"\x8c\x16numpy._core.multiarray", b"\x8c" + bytes([len(core) + 11]) + core.encode() + b".multiarray")
    found = read_pickle(memoryview(there))
    assert found.values(memoryview(there)).tolist() == [0, 1, 2]


def test_large_arrays_stay_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    np.save(path, {"masks": np.zeros((4000, 4000), np.uint32)}, allow_pickle=True)  # type: ignore[arg-type]
    tracemalloc.start()
    file = OpenObject(path)
    pixels = ObjectPixels(Source(path), "masks", (4000, 4000), np.dtype(np.uint32))
    assert pixels.read((slice(0, 2), slice(0, 3))).shape == (2, 3)
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()
    assert isinstance(file.value["masks"].content, Span)


class Evil:
    """Makes the pickles that run programs."""

    def __init__(self, how: str, place: Path) -> None:
        self.how, self.place = how, place

    def __reduce_ex__(self, protocol: Any) -> Any:
        import os

        command = f"touch {self.place}"
        return {
            "reduce": (os.system, (command,)),
            "eval": (eval, (f"open({str(self.place)!r}, 'w')",)),
            "build": (Path, ("a",), {"b": 1}),
            "items": (list, (), None, iter([1])),
            "import": (__import__, ("os",)),
        }[self.how]


@pytest.mark.parametrize("how", ["reduce", "eval", "build", "items", "import"])
@pytest.mark.parametrize("where", ["beside", "inside an array"])
def test_what_runs_programs_is_refused_and_not_run(tmp_path: Path, how: str, where: str) -> None:
    witness = tmp_path / "witness"
    evil = Evil(how, witness)
    value = {"masks": np.zeros((2, 2), np.uint16), "colors": evil if where == "beside" else np.array([evil, 1], dtype=object)}
    path = file_of(pickle.dumps(np.array(value, dtype=object), protocol=4), tmp_path / "a_seg.npy")
    with pytest.raises(SegueError) as caught:
        OpenObject(path)
    assert not witness.exists()
    if how != "build":
        assert isinstance(caught.value, UnsupportedVariant)
        assert "never runs" in str(caught.value)


OS = b"cposix\nsystem\n"
ARRAY = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R"


@pytest.mark.parametrize(
    ("what", "pickled"),
    [
        ("INST", b"\x80\x02(X\x04\x00\x00\x00exitiposix\nsystem\n."),
        ("OBJ", b"\x80\x02(" + OS + b"X\x04\x00\x00\x00exito."),
        ("NEWOBJ", b"\x80\x02" + OS + b")\x81."),
        ("NEWOBJ_EX", b"\x80\x04" + OS + b")}\x92."),
        ("EXT1", b"\x80\x02\x82\x01."),
        ("PERSID", b"\x80\x02Pabc\n."),
        ("BINPERSID", b"\x80\x02NQ."),
        ("GLOBAL", b"\x80\x02" + OS + b"."),
        ("STACK_GLOBAL", b"\x80\x04\x8c\x05posix\x8c\x06system\x93."),
        ("a dotted name", b"\x80\x04\x8c\x05numpy\x8c\x0endarray.__init__\x93."),
        ("a name beside the allowed ones", b"\x80\x02cnumpy\nload\n."),
        ("an allowed name, called with something else", b"\x80\x02cnumpy\nndarray\nK\x05\x85R."),
        ("a state for a list", b"\x80\x02]}b."),
        ("a name as the value", b"\x80\x02cnumpy\ndtype\n."),
        ("the text protocol", b"I1\n."),
        ("protocol 1", b"\x80\x01N."),
        ("protocol 9", b"\x80\x09N."),
        ("a length beyond the file", b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7fabc."),
        ("another", b"\x80\x03B\xff\xff\xff\xffabc."),
        ("a text beyond the file", b"\x80\x04\x8d\x00\x00\x00\x00\x00\x00\x00\x10abc."),
        ("a number of 300 bytes", b"\x80\x02\x8a\xff" + b"\xff" * 255 + b"."),
        ("a negative length", b"\x80\x02\x8b\xff\xff\xff\xff."),
        ("an empty stack", b"\x80\x02R."),
        ("no mark", b"\x80\x02NNt."),
        ("a mark as value", b"\x80\x02(."),
        ("two values", b"\x80\x02NN."),
        ("no end", b"\x80\x02N"),
        ("a memo that is not there", b"\x80\x02h\x05."),
        ("a list as key", b"\x80\x02}]Ns."),
        ("an odd number of entries", b"\x80\x02}(Nu."),
        ("no text", b"\x80\x02X\x01\x00\x00\x00\xff."),
        ("too many axes", ARRAY + b"(K\x01(" + 40 * b"K\x01" + b"tNNNtb."),
        (
            "a shape beyond everything",
            b"\x80\x04" + ARRAY + b"(K\x01J\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x86cnumpy\ndtype\nX\x02\x00\x00\x00u2\x85R\x89C\x02aatb.",
        ),
        ("too few values", b"\x80\x04" + ARRAY + b"(K\x01K\x05\x85cnumpy\ndtype\nX\x02\x00\x00\x00u2\x85R\x89C\x02aatb."),
        ("numbers as objects", b"\x80\x04" + ARRAY + b"(K\x01K\x02\x85cnumpy\ndtype\nX\x02\x00\x00\x00O8\x85R\x89C\x02aatb."),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_everything_else_is_refused(tmp_path: Path, what: str, pickled: bytes) -> None:
    with pytest.raises(Refused):
        read_pickle(memoryview(pickled))
    with pytest.raises((Malformed, UnsupportedVariant)):
        OpenObject(file_of(pickled, tmp_path / "a.npy"))


def test_bombs_end_soon_and_stay_small() -> None:
    deep = b"\x80\x02" + b"]" * 1_000_000 + b"a" * 999_999 + b"."
    laughs = b"\x80\x02]q\x00" + b"".join(b"0](" + 10 * (b"h" + bytes([nth])) + b"eq" + bytes([nth + 1]) for nth in range(100)) + b"."
    started = time.process_time()
    for bomb in (deep, laughs):
        with pytest.raises(NotPlain):
            to_json(read_pickle(memoryview(bomb)))
    assert time.process_time() - started < 20


def test_a_list_in_itself_is_no_setting() -> None:
    with pytest.raises(NotPlain):
        to_json(read_pickle(memoryview(b"\x80\x02]q\x00h\x00a.")))


def test_too_many_operations_are_refused() -> None:
    with pytest.raises(Refused, match="5,000,000 operations"):
        read_pickle(memoryview(b"\x80\x02" + b"N0" * 2_500_001))


def test_too_many_values_are_no_setting() -> None:
    with pytest.raises(NotPlain, match="too many"):
        to_json(np.zeros(MOST_VALUES + 1, np.uint8))


@pytest.mark.parametrize(
    "value",
    [
        {},
        [1, (2, "x"), None],
        {"array": 1},
        {1: "a", None: 2.5},
        float("-inf"),
        np.float32(0.1),
        np.arange(6, dtype=np.int16).reshape(2, 3),
        b"\x00\xff",
        np.zeros((0, 2)),
    ],
    ids=repr,
)
def test_settings_come_back_from_json(value: Any) -> None:
    import json

    text = json.dumps(to_json(value), allow_nan=False)
    back = from_json(json.loads(text))
    np.testing.assert_equal(back, value)
    assert type(back) is type(value)


@pytest.mark.parametrize(
    "value",
    [{"array": "O8", "shape": [1], "values": [1]}, {"array": "u1", "shape": [5], "values": [1]}, {"scalar": "x"}, {"bytes": "é"}, {"dict": 3}, {"float": []}],
)
def test_what_nobody_wrote_is_refused(value: Any) -> None:
    with pytest.raises(NotPlain):
        from_json(value)


def test_numpy_reads_what_is_written(tmp_path: Path) -> None:
    value = {**VALUE, "path": "a", "streamed": Streamed((4, 2), np.dtype(np.uint16), (np.full((1, 2), nth, np.uint16) for nth in range(4)))}
    with (tmp_path / "a.npy").open("wb") as file:
        write_object(file, value)
    back = np.load(tmp_path / "a.npy", allow_pickle=True).item()
    assert back.pop("streamed").tolist() == [[0, 0], [1, 1], [2, 2], [3, 3]]
    assert list(back) == list(VALUE)
    np.testing.assert_equal(back, {**VALUE, "path": "a"})


@pytest.mark.parametrize(
    ("content", "error"),
    [(np.zeros(3), WrongFormat), (np.array([{}, {}], dtype=object), WrongFormat)],
)
def test_other_arrays_are_of_another_format(tmp_path: Path, content: Any, error: type[SegueError]) -> None:
    np.save(tmp_path / "a.npy", content, allow_pickle=True)
    with pytest.raises(error):
        OpenObject(tmp_path / "a.npy")


def test_the_result_is_one_object() -> None:
    found = read_pickle(memoryview(pickle.dumps(np.array({"a": 1}, dtype=object), protocol=4)))
    assert isinstance(found, PickledArray)
    assert found.content == [{"a": 1}]

"""Writing never destroys: the target is the old output or the new one, whatever happens."""

from __future__ import annotations

import errno
import io
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import segue.errors
from segue.errors import SinkError
from segue.storage import leftovers, swap
from segue.storage.discard import DiscardSink
from segue.storage.sink import FileSink


def write_file(sink: FileSink | DiscardSink, data: bytes = b"new") -> None:
    with sink.open() as file:
        file.write(data)


def write_folder(sink: FileSink | DiscardSink, data: bytes = b"new") -> None:
    with sink.folder() as folder:
        (folder / "inner").mkdir()
        (folder / "inner" / "a.bin").write_bytes(data)


def write_half(sink: FileSink) -> None:
    with sink.open() as file:
        file.write(b"half")
        raise KeyboardInterrupt


def write_and_keep(sink: FileSink) -> None:
    write_file(sink)
    sink.keep()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class TestFiles:
    def test_nothing_is_at_the_target_before_keep(self, tmp_path: Path) -> None:
        with FileSink(tmp_path / "a.ome.tif") as sink:
            write_file(sink)
            assert not (tmp_path / "a.ome.tif").exists()
            assert sink.path.read_bytes() == b"new"
            assert sink.path.name.endswith("~a.ome.tif")
            assert sink.keep() == tmp_path / "a.ome.tif"
        assert names(tmp_path) == ["a.ome.tif"]
        assert (tmp_path / "a.ome.tif").read_bytes() == b"new"

    def test_without_keep_nothing_is_left(self, tmp_path: Path) -> None:
        with FileSink(tmp_path / "new" / "deep" / "a.tif") as sink:
            write_file(sink)
        assert names(tmp_path) == []

    def test_an_error_leaves_the_old_file(self, tmp_path: Path) -> None:
        (tmp_path / "a.tif").write_bytes(b"old")
        with pytest.raises(KeyboardInterrupt), FileSink(tmp_path / "a.tif", overwrite=True) as sink:
            write_half(sink)
        assert names(tmp_path) == ["a.tif"]
        assert (tmp_path / "a.tif").read_bytes() == b"old"

    def test_an_existing_target_is_refused_at_once(self, tmp_path: Path) -> None:
        (tmp_path / "a.tif").write_bytes(b"old")
        with pytest.raises(SinkError, match=r"exists already.*--overwrite"):
            FileSink(tmp_path / "a.tif")

    def test_a_target_that_comes_into_being_meanwhile_is_not_replaced(self, tmp_path: Path) -> None:
        with FileSink(tmp_path / "a.tif") as sink:
            write_file(sink)
            (tmp_path / "a.tif").write_bytes(b"of somebody else")
            with pytest.raises(SinkError, match="exists already"):
                sink.keep()
        assert (tmp_path / "a.tif").read_bytes() == b"of somebody else"
        assert names(tmp_path) == ["a.tif"]

    def test_overwrite_replaces_and_keeps_the_permissions(self, tmp_path: Path) -> None:
        (tmp_path / "a.tif").write_bytes(b"old")
        (tmp_path / "a.tif").chmod(0o640)
        with FileSink(tmp_path / "a.tif", overwrite=True) as sink:
            write_file(sink)
            sink.keep()
        assert (tmp_path / "a.tif").read_bytes() == b"new"
        assert os.name != "posix" or (tmp_path / "a.tif").stat().st_mode & 0o777 == 0o640

    def test_parent_folders_are_made(self, tmp_path: Path) -> None:
        with FileSink(tmp_path / "new" / "deep" / "a.tif") as sink:
            write_file(sink)
            sink.keep()
        assert (tmp_path / "new" / "deep" / "a.tif").read_bytes() == b"new"

    def test_parent_folders_that_others_use_stay(self, tmp_path: Path) -> None:
        with FileSink(tmp_path / "new" / "a.tif") as sink:
            write_file(sink)
            (tmp_path / "new" / "other").write_bytes(b"")
        assert names(tmp_path / "new") == ["other"]

    @pytest.mark.skipif(os.name != "posix", reason="symbolic links need rights on Windows")
    def test_a_link_is_followed(self, tmp_path: Path) -> None:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "real.tif").write_bytes(b"old")
        (tmp_path / "link.tif").symlink_to(tmp_path / "data" / "real.tif")
        with FileSink(tmp_path / "link.tif", overwrite=True) as sink:
            write_file(sink)
            sink.keep()
        assert (tmp_path / "link.tif").is_symlink()
        assert (tmp_path / "data" / "real.tif").read_bytes() == b"new"

    def test_the_file_can_be_sought_told_and_read(self, tmp_path: Path) -> None:
        with FileSink(tmp_path / "a.zip") as sink:
            with sink.open() as file, zipfile.ZipFile(file, "w") as archive:
                archive.writestr("a.txt", "hello")
            sink.keep()
        assert zipfile.ZipFile(tmp_path / "a.zip").read("a.txt") == b"hello"

    def test_numpy_can_write_to_it(self, tmp_path: Path) -> None:
        with FileSink(tmp_path / "a.npy") as sink:
            with sink.open() as file:
                np.save(file, np.arange(5))
            sink.keep()
        assert np.load(tmp_path / "a.npy").tolist() == [0, 1, 2, 3, 4]

    def test_a_library_can_open_the_file_itself(self, tmp_path: Path) -> None:
        with FileSink(tmp_path / "a.h5") as sink:
            with sink.file() as path:
                assert not path.exists()
                path.write_bytes(b"made by a library")
            sink.keep()
        assert names(tmp_path) == ["a.h5"]

    def test_keep_without_a_write_is_an_error(self, tmp_path: Path) -> None:
        with FileSink(tmp_path / "a.tif") as sink, pytest.raises(SinkError, match="nothing was written"):
            sink.keep()


class TestRefusals:
    def test_a_folder_is_never_replaced_by_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "a").mkdir()
        with pytest.raises(SinkError, match="is a folder, and the output is a file"), FileSink(tmp_path / "a", overwrite=True) as sink:
            write_file(sink)

    def test_a_file_is_never_replaced_by_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / "a").write_bytes(b"old")
        with pytest.raises(SinkError, match="is a file, and the output is a folder"), FileSink(tmp_path / "a", overwrite=True) as sink:
            write_folder(sink)

    @pytest.mark.skipif(os.name != "posix", reason="devices are files on Unix")
    def test_a_device_is_never_replaced(self) -> None:
        with pytest.raises(SinkError, match="is a pipe or a device"), FileSink("/dev/null", overwrite=True) as sink:
            write_file(sink)

    def test_the_folder_one_works_in_is_never_replaced(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "work" / "deep").mkdir(parents=True)
        monkeypatch.chdir(tmp_path / "work" / "deep")
        for target in (tmp_path / "work", Path(), Path.home(), Path("/")):
            with pytest.raises(SinkError, match="never replaces"), FileSink(target, overwrite=True) as sink:
                write_folder(sink)

    def test_a_parent_that_is_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "a").write_bytes(b"")
        with pytest.raises(SinkError, match=r"cannot be written: .*"), FileSink(tmp_path / "a" / "b.tif") as sink:
            write_file(sink)

    @pytest.mark.parametrize("name", ["a\0b.tif", "x" * 300 + ".tif"])
    def test_impossible_names(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(SinkError), FileSink(tmp_path / name) as sink:
            write_and_keep(sink)
        assert names(tmp_path) == []

    @pytest.mark.skipif(not Path("/proc/version").exists(), reason="needs a read-only file system")
    def test_a_place_where_nothing_can_be_written(self) -> None:
        with pytest.raises(SinkError, match="cannot be written"), FileSink("/proc/segue/a.tif") as sink:
            write_file(sink)

    @pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG])
    def test_a_full_disk_is_one_sentence(self, tmp_path: Path, code: int) -> None:
        with pytest.raises(SinkError, match=r"a\.segue cannot be written: .*(place|disk)") as caught, FileSink(tmp_path / "a.segue") as sink, sink.folder():
            raise OSError(code, os.strerror(code))
        assert caught.value.fields["errno"] == code
        assert names(tmp_path) == []

    def test_a_full_disk_inside_hdf5(self, tmp_path: Path) -> None:
        with pytest.raises(SinkError, match="the disk is full"), FileSink(tmp_path / "a.h5") as sink, sink.file():
            raise OSError("Can't write data (file write failed: errno = 28, error message = 'No space left on device')")

    @pytest.mark.skipif(os.name != "posix", reason="uses a Unix limit of file sizes")
    @pytest.mark.parametrize(
        "writing",
        [
            "for _ in range(100): file.write(bytes(100_000))",
            "import polars; polars.DataFrame({'a': range(100_000)}).write_csv(file)",
            "with contextlib.suppress(Exception): file.write(bytes(10_000_000))",
        ],
        ids=["ours", "a library that makes another error of it", "a library that keeps it to itself"],
    )
    def test_a_disk_that_fills_up_while_writing(self, tmp_path: Path, writing: str) -> None:
        limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)); import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)"
        script = f"""
{limit}
import contextlib
from segue.errors import SinkError
from segue.storage.sink import FileSink
try:
    with FileSink({str(tmp_path / "a.bin")!r}) as sink:
        with sink.open() as file:
            {writing}
        sink.keep()
except SinkError as error:
    print(error)
"""
        outcome = python(script)
        assert "larger than this disk allows" in outcome.stdout
        assert outcome.stderr == ""
        assert names(tmp_path) == []

    def test_an_error_of_the_input_stays_what_it_is(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError), FileSink(tmp_path / "a.tif") as sink, sink.open():
            (tmp_path / "input").read_bytes()


class TestFolders:
    @pytest.fixture(params=["exchange", "dance"])
    def way(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
        """Both ways to replace a folder: in one step, and where the system cannot do that."""
        if request.param == "dance":
            monkeypatch.setattr(swap, "exchange", lambda one, other: False)
        return str(request.param)

    def test_a_new_folder(self, tmp_path: Path, way: str) -> None:
        with FileSink(tmp_path / "a.segue") as sink:
            write_folder(sink)
            assert not (tmp_path / "a.segue").exists()
            sink.keep()
        assert (tmp_path / "a.segue" / "inner" / "a.bin").read_bytes() == b"new"
        assert names(tmp_path) == ["a.segue"]

    def test_a_folder_is_replaced_as_a_whole(self, tmp_path: Path, way: str) -> None:
        (tmp_path / "a.segue").mkdir()
        (tmp_path / "a.segue" / "old.bin").write_bytes(b"old")
        with FileSink(tmp_path / "a.segue", overwrite=True) as sink:
            write_folder(sink)
            sink.keep()
        assert names(tmp_path) == ["a.segue"]
        assert names(tmp_path / "a.segue") == ["inner"]

    def test_without_keep_the_old_folder_stays(self, tmp_path: Path, way: str) -> None:
        (tmp_path / "a.segue").mkdir()
        (tmp_path / "a.segue" / "old.bin").write_bytes(b"old")
        with FileSink(tmp_path / "a.segue", overwrite=True) as sink:
            write_folder(sink)
        assert names(tmp_path) == ["a.segue"]
        assert names(tmp_path / "a.segue") == ["old.bin"]

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems may lack the exchange")
    def test_linux_exchanges_in_one_step(self, tmp_path: Path) -> None:
        (tmp_path / "one").mkdir()
        (tmp_path / "other").mkdir()
        (tmp_path / "one" / "a").write_bytes(b"")
        if not swap.exchange(tmp_path / "one", tmp_path / "other"):
            pytest.skip("this disk cannot exchange two names")
        assert (names(tmp_path / "one"), names(tmp_path / "other")) == ([], ["a"])


def python(script: str) -> subprocess.CompletedProcess[str]:
    source = str(Path(segue.errors.__file__).parent.parent)
    return subprocess.run([sys.executable, "-c", script], check=False, env={**os.environ, "PYTHONPATH": source}, capture_output=True, text=True, timeout=300)


KILLED = """
import os, signal
from segue.storage import leftovers, swap
from segue.storage.sink import FileSink
def stop(*_): os.kill(os.getpid(), signal.SIGKILL)
{before}
with FileSink({target!r}, overwrite=True) as sink:
    with sink.{method}() as part:
        (part / "half").write_bytes(b"half") if "{method}" == "folder" else part.write(b"half")
        {inside}
    sink.keep()
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
class TestKilled:
    """A process that is killed at any moment leaves the old or the new output, and the next run clears up."""

    @pytest.mark.parametrize("method", ["open", "folder"])
    def test_while_writing(self, tmp_path: Path, method: str) -> None:
        target = tmp_path / "a.out"
        with FileSink(target) as sink:
            (write_file if method == "open" else write_folder)(sink)
            sink.keep()
        python(KILLED.format(before="", target=str(target), method=method, inside="stop()"))
        assert len(names(tmp_path)) == 2
        assert names(tmp_path)[0].startswith(".segue-part-")
        assert target.read_bytes() == b"new" if method == "open" else names(target) == ["inner"]
        with FileSink(target, overwrite=True) as sink:
            (write_file if method == "open" else write_folder)(sink)
            sink.keep()
        assert names(tmp_path) == ["a.out"]

    @pytest.mark.parametrize(
        "before",
        [
            "swap.exchange = lambda *_: stop()",
            "leftovers.remove = stop",
            "swap.exchange = lambda *_: False; swap.leftovers.hidden_beside = stop",
            "swap.exchange = lambda *_: False; rename = swap.Path.rename; swap.Path.rename = lambda a, b: stop() if 'part' in a.name else rename(a, b)",
            "swap.exchange = lambda *_: False; leftovers.remove = stop",
        ],
        ids=["before the exchange", "after the exchange", "before the dance", "in the middle of the dance", "after the dance"],
    )
    def test_while_replacing_a_folder(self, tmp_path: Path, before: str) -> None:
        target = tmp_path / "a.segue"
        target.mkdir()
        (target / "old").write_bytes(b"old")
        outcome = python(KILLED.format(before=before, target=str(target), method="folder", inside=""))
        assert outcome.returncode == -signal.SIGKILL, outcome.stderr
        leftovers.clean(target)
        assert names(tmp_path) == ["a.segue"]
        assert names(target) in (["old"], ["half"])

    def test_a_running_process_is_left_alone(self, tmp_path: Path) -> None:
        with FileSink(tmp_path / "a.tif") as sink, sink.open():
            other = FileSink(tmp_path / "a.tif")
            write_file(other)
            assert sink.path.exists()
            other.discard()

    def test_leftovers_of_another_computer_go_after_a_day(self, tmp_path: Path) -> None:
        part = leftovers.hidden_beside(tmp_path / "a.tif")
        foreign = part.with_name(part.name.replace(leftovers._host(), "00000000"))
        foreign.write_bytes(b"")
        leftovers.clean(tmp_path / "a.tif")
        assert foreign.exists()
        os.utime(foreign, (0, 0))
        leftovers.clean(tmp_path / "a.tif")
        assert not foreign.exists()

    def test_other_targets_are_left_alone(self, tmp_path: Path) -> None:
        for name in ("a.tif", ".segue-part-x", ".segue-part-", "b.tif"):
            (tmp_path / name).write_bytes(b"")
        leftovers.clean(tmp_path / "a.tif")
        assert len(names(tmp_path)) == 4


@pytest.mark.parametrize("write", [write_file, write_folder])
def test_a_discarding_sink_takes_everything_and_keeps_nothing(tmp_path: Path, write: Callable[[DiscardSink], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with DiscardSink("a.segue") as sink:
        write(sink)
        assert sink.name == "a.segue"
    assert names(tmp_path) == []


def test_a_discarding_sink_is_good_enough_for_archives_and_paths() -> None:
    with DiscardSink("a.zip").open() as file, zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "hello")
    with DiscardSink("a.npy").open() as file:
        np.save(file, np.arange(5))
        assert file.tell() == file.seek(0, io.SEEK_END) == 168
    with DiscardSink("a.h5").file() as path:
        path.write_bytes(b"x")
    assert not path.exists()


def test_a_file_is_no_folder_to_write_into(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("a")
    with FileSink(tmp_path / "table.csv" / "x.zip") as sink, pytest.raises(SinkError, match="a part of its path is a file, not a folder"):
        write_file(sink)


def test_pipes_are_no_targets(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for target in ("-", tmp_path / "pipe.csv"):
        with pytest.raises(SinkError, match="segue writes files, which appear complete or not at all: name a file"):
            FileSink(target, overwrite=True)

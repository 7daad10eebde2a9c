"""Files stay open between reads, not too many, never an outdated one."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from segue.errors import SourceChanged
from segue.storage import handles
from segue.storage.source import Source


class Opened:
    count = 0

    def __init__(self, path: Path) -> None:
        type(self).count += 1
        self.text = path.read_text()
        self.closed = False

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    handles.close_all()
    Opened.count = 0
    yield
    handles.close_all()


@pytest.fixture
def source(tmp_path: Path) -> Source:
    (tmp_path / "a.txt").write_text("a")
    return Source(tmp_path / "a.txt")


def test_a_file_is_opened_once(source: Source) -> None:
    for _ in range(3):
        with handles.opened(source, Opened) as file:
            assert file.text == "a"
    assert (Opened.count, handles.open_count()) == (1, 1)
    handles.close_all()
    assert (file.closed, handles.open_count()) == (True, 0)


def test_different_details_are_different_openings(source: Source) -> None:
    with handles.opened(source, Opened, "one") as one, handles.opened(source, Opened, "other") as other:
        assert one is not other


def test_a_changed_file_is_closed_and_refused(source: Source) -> None:
    with handles.opened(source, Opened) as file:
        pass
    source.path.write_text("changed")
    with pytest.raises(SourceChanged), handles.opened(source, Opened):
        pass
    assert file.closed
    with handles.opened(Source(source.path), Opened) as file:
        assert file.text == "changed"


def test_the_longest_unused_file_is_closed_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handles, "LIMIT", 2)
    files = []
    for name in "abc":
        (tmp_path / name).write_text(name)
        with handles.opened(Source(tmp_path / name), Opened) as file:
            files.append(file)
    assert [file.closed for file in files] == [True, False, False]


def test_a_file_in_use_is_not_closed(source: Source) -> None:
    with handles.opened(source, Opened) as file:
        handles.close_all()
        handles.close(source.path)
        assert not file.closed
    handles.close(source.path)
    assert file.closed


def test_one_thread_at_a_time_has_a_file(source: Source) -> None:
    inside, most = 0, 0

    def use() -> None:
        nonlocal inside, most
        for _ in range(50):
            with handles.opened(source, Opened):
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, Opened.count) == (1, 1)


def test_an_opening_that_fails_can_be_tried_again(source: Source) -> None:
    class Broken(Opened):
        def __init__(self, path: Path) -> None:
            raise ValueError("broken")

    for _ in range(2):
        with pytest.raises(ValueError, match="broken"), handles.opened(source, Broken):
            pass


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_opens_files_itself(source: Source) -> None:
    with handles.opened(source, Opened):
        child = os.fork()
        if child == 0:
            with handles.opened(source, Opened) as file:
                os._exit(0 if file.text == "a" and Opened.count == 2 and handles.open_count() == 1 else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_closing_a_folder_closes_the_files_in_it(tmp_path: Path) -> None:
    inside = tmp_path / "study" / "image.bin"
    inside.parent.mkdir()
    inside.write_bytes(b"pixels")
    with handles.opened(Source(inside), lambda path: path.open("rb")):
        pass
    before = handles.open_count()
    handles.close(tmp_path / "study")
    assert handles.open_count() == before - 1


def test_a_file_whose_name_begins_like_a_folder_is_not_in_it(tmp_path: Path) -> None:
    beside = tmp_path / "study.bin"
    beside.write_bytes(b"pixels")
    with handles.opened(Source(beside), lambda path: path.open("rb")):
        pass
    before = handles.open_count()
    handles.close(tmp_path / "study")
    assert handles.open_count() == before
    handles.close(beside)
    assert handles.open_count() == before - 1

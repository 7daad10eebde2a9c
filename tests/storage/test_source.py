"""A source is a file as it was when it was first looked at."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from segue.errors import NotFound, SourceChanged, TooLarge
from segue.storage.source import Source


@pytest.mark.parametrize(
    ("file", "name", "suffix"),
    [
        ("cells.tif", "cells", ".tif"),
        ("cells.ome.tif", "cells", ".ome.tif"),
        ("Cells.OME.TIFF", "Cells", ".ome.tiff"),
        ("slide 1.2.csv.gz", "slide 1.2", ".csv.gz"),
        ("a.ome.zarr.zip", "a", ".ome.zarr.zip"),
        ("v1.5_mask.png", "v1.5_mask", ".png"),
        (".hidden", ".hidden", ""),
        ("noend", "noend", ""),
        (".ome.tif", ".ome", ".tif"),
    ],
)
def test_the_name_is_the_file_name_without_its_suffix(tmp_path: Path, file: str, name: str, suffix: str) -> None:
    (tmp_path / file).write_bytes(b"")
    source = Source(tmp_path / file)
    assert (source.name, source.suffix) == (name, suffix)


def test_it_reads_all_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"12345")
    source = Source(tmp_path / "a.bin")
    assert source.size == 5
    assert source.read_bytes() == b"12345"
    assert source.head(2) == b"12"
    with pytest.raises(TooLarge, match="5 bytes, more than the 4"):
        source.read_bytes(limit=4)


def test_a_folder_is_a_source_too(tmp_path: Path) -> None:
    (tmp_path / "a.zarr").mkdir()
    source = Source(tmp_path / "a.zarr")
    assert (source.is_folder, source.name, source.stamp, source.head()) == (True, "a", (0, 0), b"")
    (tmp_path / "a.zarr" / "new").write_bytes(b"1")
    source.check()
    with pytest.raises(NotFound, match="is a folder, not a file"):
        source.read_bytes()


@pytest.mark.parametrize("name", ["missing.tif", "a\0b", "missing.h5/inside"])
def test_what_is_not_there_is_not_found(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.bin").write_bytes(b"")
    with pytest.raises(NotFound):
        Source(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are a Unix matter")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotFound, match="neither a file nor a folder"):
        Source(tmp_path / "pipe")


def test_a_changed_file_is_another_source(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"12345")
    source = Source(path)
    source.check()
    path.write_bytes(b"123456")
    with pytest.raises(SourceChanged, match="changed"):
        source.check()
    with pytest.raises(SourceChanged):
        source.read_bytes()
    assert Source(path) != source


def test_a_pickled_source_keeps_its_stamp(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"12345")
    text = pickle.dumps(Source(path))
    path.write_bytes(b"1")
    with pytest.raises(SourceChanged):
        pickle.loads(text).check()


def test_a_view_holds_the_bytes_and_cannot_be_written_to(tmp_path):
    (tmp_path / "a.bin").write_bytes(bytes(range(256)) * 5000)
    view = Source(tmp_path / "a.bin").read_view()
    assert view == (tmp_path / "a.bin").read_bytes()
    assert view.readonly


def test_a_view_of_a_changed_or_too_large_file_is_refused(tmp_path):
    (tmp_path / "a.bin").write_bytes(b"12345")
    source = Source(tmp_path / "a.bin")
    with pytest.raises(TooLarge, match="more than the 4"):
        source.read_view(4)
    (tmp_path / "a.bin").write_bytes(b"123456789")
    with pytest.raises(SourceChanged):
        source.read_view()
    (tmp_path / "a.bin").unlink()
    with pytest.raises(NotFound):
        source.read_view()

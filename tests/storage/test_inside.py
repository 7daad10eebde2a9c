"""A path may go on behind a file that holds several pictures, as in ilastik: ``file.h5/raw/data``."""

import pytest

from segue.errors import NotFound, SegueError
from segue.storage.source import Source, file_of, home_of, nickname, parts_of
from segue.workflow.opening import open_path
from segue.workflow.pairing import files_of, fill


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "scan.2023.01.h5"
    path.write_bytes(b"x")
    return path


def test_the_file_and_the_way_inside_are_told_apart(file):
    assert parts_of(file / "raw/data") == (file, "raw/data")
    assert parts_of(file) == (file, "")
    assert parts_of(file.parent / "absent/raw") == (file.parent / "absent/raw", "")
    assert file_of("a\0b.h5/raw").name == "raw"


def test_a_source_knows_its_part(file):
    source = Source(file / "raw/data")
    assert (source.path, source.inside, source.size, source.name, source.suffix) == (file, "raw/data", 1, "scan.2023.01-raw-data", ".h5")
    source.check()
    assert source.read_bytes() == b"x"


def test_what_is_not_there_is_said(tmp_path):
    with pytest.raises(NotFound, match="does not exist"):
        Source(tmp_path / "absent.h5/raw")


def test_names_and_places_as_in_ilastik(file, tmp_path):
    assert nickname(file / "raw/data") == "scan.2023.01-raw-data"
    assert home_of(file / "raw/data") == tmp_path
    (tmp_path / "vol.n5/raw/s0").mkdir(parents=True)
    assert nickname(tmp_path / "vol.n5/raw/s0") == "vol-raw-s0"
    assert home_of(tmp_path / "vol.n5/raw/s0") == tmp_path
    assert fill("{dataset_dir}/{nickname}.tif", file / "raw") == tmp_path / "scan.2023.01-raw.tif"


def test_inputs_of_commands_may_be_parts(file, tmp_path):
    assert files_of(f"{file}/raw/data") == [file / "raw/data"]
    assert files_of(f"{tmp_path}/*.h5/raw/data") == [file / "raw/data"]
    with pytest.raises(NotFound):
        files_of(f"{tmp_path}/*.n5/raw/data")


def test_other_files_have_no_parts(tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    with pytest.raises(SegueError, match="inside"):
        open_path(tmp_path / "a.csv/raw")
    with pytest.raises(SegueError, match="inside"):
        open_path(tmp_path / "a.csv/raw", "table")

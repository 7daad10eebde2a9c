"""A real NimbusImage document of four time points, imported into studies of three and of four."""

import numpy as np
import pytest

import segue
from segue.errors import Incompatible
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, Image
from segue.model.study import ImageSet, Study
from segue.notes import Kind
from segue.storage import lock

pytestmark = pytest.mark.golden


@pytest.fixture
def document(golden):
    return golden / "nimbus" / "sandbox_docs_656e377ab98181709b14106c.json"


@pytest.fixture
def film(tmp_path):
    def made(times):
        image = Image(ArrayPixels(np.zeros((times, 2, 64, 64), np.uint8)), "tcyx", "image", ("CD3", "DAPI"))
        segue.write(Study((ImageSet("film", grid_of("tyx", (times, 64, 64)), images=(image,)),)), tmp_path / "film.segue")
        return tmp_path / "film.segue"

    return made


def content(path):
    """Every file, but for the lock that says who is writing."""
    return {file: file.read_bytes() for file in path.rglob("*") if file.is_file() and file.name != lock.NAME}


def counts(path):
    with segue.read(path) as study:
        s = study.image_sets[0]
        return len(s.objects), len(s.connections)


def test_time_points_that_are_not_there_are_named_and_nothing_is_imported(document, film):
    path = film(3)
    files = content(path)
    with pytest.raises(Incompatible, match="time point 4 of 3") as error:
        segue.merge(document, path)
    named = str(error.value)
    assert "2 objects, with 2 connections" in named
    assert named.count("656e38") >= 4
    assert content(path) == files


def test_what_fits_is_imported_when_asked_for(document, film):
    path = film(3)
    notes = segue.merge(document, path, skip_incompatible=True).notes
    assert counts(path) == (8, 4)
    assert [note.count for note in notes.of_kind(Kind.SKIPPED) if "left out:" in note.what] == [2, 2]


def test_twice_is_once_and_undo_takes_it_back(document, film):
    path = film(4)
    tables = {file.relative_to(path): file.read_bytes() for file in path.rglob("*.parquet")}
    segue.merge(document, path)
    assert segue.merge(document, path).number is None
    assert counts(path) == (10, 6)
    segue.undo(path)
    assert counts(path) == (0, 0)
    assert {file.relative_to(path): file.read_bytes() for file in path.rglob("*.parquet")} == tables

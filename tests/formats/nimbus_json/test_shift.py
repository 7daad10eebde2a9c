"""Annotations of workers that forget half a pixel, moved back."""

from __future__ import annotations

import numpy as np
import pytest
from tests.formats.nimbus_json.conftest import NIMBUS

from segue.errors import InvalidOption
from segue.geometry.outline import outline
from segue.storage.source import Source


@pytest.fixture
def read(nimbus, tmp_path):
    import json

    def read(annotations, **options):
        path = tmp_path / "shifted.json"
        path.write_text(json.dumps({"annotations": annotations}))
        return NIMBUS.read(Source(path), NIMBUS.options("read", options))

    return read


def annotation(own, coords, tags=(), shape="polygon"):
    place = {"XY": 0, "Z": 0, "Time": 0}
    return {"_id": own, "shape": shape, "channel": 0, "location": place, "tags": list(tags), "coordinates": [{"x": x, "y": y} for x, y in coords]}


SPOTS = [annotation("a", [(4, 7)], ["LoG"], "point"), annotation("b", [(1, 1), (3, 1), (3, 3)], ["by hand"])]


def corners(study):
    return study.image_sets[0].shapes.rings.coords.tolist()


def test_nothing_moves_by_itself(read):
    study, notes = read(SPOTS)
    assert corners(study) == [[4, 7], [1, 1], [3, 1], [3, 3]]
    assert not len(notes)


def test_all_annotations_move_and_are_counted(read):
    study, notes = read(SPOTS, shift=0.5)
    assert corners(study) == [[4.5, 7.5], [1.5, 1.5], [3.5, 1.5], [3.5, 3.5]]
    (note,) = notes
    assert (str(note.kind), note.count) == ("repaired", 2)


def test_only_those_of_a_tag_move(read):
    study, notes = read(SPOTS, shift=0.5, shift_tag="LoG")
    assert corners(study) == [[4.5, 7.5], [1, 1], [3, 1], [3, 3]]
    assert [note.count for note in notes] == [1]


def test_a_tag_that_is_not_there_is_an_error_that_names_those_that_are(read):
    with pytest.raises(InvalidOption, match="LoG, by hand"):
        read(SPOTS, shift=0.5, shift_tag="SAM")


def test_an_outline_of_a_worker_that_forgets_half_a_pixel_encloses_its_pixels_again(read):
    """The worker traces at 0.5 between pixels whose centres it takes for whole numbers: a disc of pixels comes half a pixel off."""
    from segue.formats.shape_files import area_rings
    from segue.geometry.rasterize import rasterize

    y, x = np.mgrid[:20, :20]
    disc = ((x - 9) ** 2 + (y - 8) ** 2 < 36).astype(np.uint8)
    shifted = outline(disc)[1].coords - 0.5
    for by, expected in ((0.0, False), (0.5, True)):
        study, _ = read([annotation("a", shifted.tolist())], shift=by)
        filled, _ = rasterize(area_rings(study.image_sets[0].shapes), np.ones(1, np.uint8), disc.shape)
        assert np.array_equal(filled, disc) == expected

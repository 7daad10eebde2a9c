"""Connections of NimbusImage to folders of tracks and back: chains, divisions, gaps and merges."""

from __future__ import annotations

import json

import numpy as np
import pytest

import segue
from segue.formats.ctc.spec import FORMAT
from segue.storage.source import Source


def document(places, links):
    """Squares of 3 pixels: (time point, x) of each, and pairs of their numbers."""
    annotations = [
        {"_id": f"a{nth}", "shape": "polygon", "channel": 0, "location": {"XY": 0, "Z": 0, "Time": t}, "tags": [], "coordinates": _square(x)}
        for nth, (t, x) in enumerate(places)
    ]
    connections = [{"_id": f"c{nth}", "parentId": f"a{one}", "childId": f"a{other}", "tags": []} for nth, (one, other) in enumerate(links)]
    return {"annotations": annotations, "annotationConnections": connections, "annotationProperties": [], "annotationPropertyValues": {}}


def _square(x):
    return [{"x": x, "y": 1}, {"x": x + 3, "y": 1}, {"x": x + 3, "y": 4}, {"x": x, "y": 4}]


def film(path, frames, size=(8, 40)):
    import tifffile

    tifffile.imwrite(path, np.zeros((frames, *size), np.uint8), imagej=True, metadata={"axes": "TYX"})
    return path


def links_of(study):
    """Connections as pairs of (time point, x of the leftmost pixel or vertex)."""
    s = study.image_sets[0]
    where = s.objects.frame["t"].to_list()
    frame = s.connections.frame
    if len(s.shapes):
        start = s.shapes.rings.coord_start
        left = {int(owner): float(s.shapes.rings.coords[start[row] : start[row + 1], 0].min()) for row, owner in enumerate(s.shapes.frame["object"])}
    return sorted(((where[one], left[one]), (where[other], left[other])) for one, other in frame.select("parent", "child").rows())


def there_and_back(source, folder, image, **options):
    """The lines of the text file, and the study that comes back from the folder by way of JSON."""
    segue.convert(source, folder / "01_RES", to="ctc", image=image, **options)
    with segue.read(folder / "01_RES", links=True) as study:
        segue.write(study, folder / "back.json", to="nimbus-json")
    lines = [tuple(map(int, line.split())) for line in (folder / "01_RES" / "res_track.txt").read_text().splitlines()]
    back, _ = segue.formats.catalog.named("nimbus-json").read(Source(folder / "back.json"))
    return lines, back


@pytest.fixture
def trip(tmp_path):
    def trip(places, pairs, **options):
        source = tmp_path / "given.json"
        source.write_text(json.dumps(document(places, pairs)))
        image = film(tmp_path / "film.tif", max(t for t, _ in places) + 1)
        lines, back = there_and_back(source, tmp_path, image, **options)
        expected = sorted((places[one], places[other]) for one, other in pairs)
        return lines, links_of(back), expected

    return trip


def test_a_chain_is_one_track(trip):
    lines, found, expected = trip([(0, 1), (1, 5), (2, 9)], [(0, 1), (1, 2)])
    assert [line[1:] for line in lines] == [(0, 2, 0)]
    assert found == expected


def test_a_division_is_kept(trip):
    lines, found, expected = trip([(0, 10), (1, 10), (2, 5), (2, 15), (3, 5)], [(0, 1), (1, 2), (1, 3), (2, 4)])
    mother = next(line[0] for line in lines if line[3] == 0)
    assert sorted(line[1:] for line in lines) == sorted([(0, 1, 0), (2, 3, mother), (2, 2, mother)])
    assert found == expected


def test_a_gap_makes_two_tracks_and_comes_back_as_one_connection(trip):
    lines, found, expected = trip([(0, 10), (1, 10), (3, 12), (4, 12)], [(0, 1), (1, 2), (2, 3)])
    first = lines[0][0]
    assert [line[1:] for line in lines] == [(0, 1, 0), (3, 4, first)]
    assert found == expected


def test_of_a_merge_one_connection_is_kept(trip):
    _, found, expected = trip([(0, 5), (0, 15), (1, 10)], [(0, 2), (1, 2)])
    assert len(found) == 1
    assert found[0] in expected


def test_plain_links_are_no_tracks_if_somebody_says_so(trip):
    lines, found, _ = trip([(0, 1), (1, 5)], [(0, 1)], links="track")
    assert sorted(line[1:] for line in lines) == [(0, 0, 0), (1, 1, 0)]
    assert found == []


@pytest.mark.golden
def test_a_real_document_has_its_6_connections_again(golden, tmp_path):
    source = golden / "nimbus" / "sandbox_docs_656e377ab98181709b14106c.json"
    lines, back = there_and_back(source, tmp_path, film(tmp_path / "film.tif", 4, (600, 600)))
    assert sorted(line[1:3] for line in lines) == [(0, 0), (0, 3), (0, 3), (1, 1)]
    assert {line[3] for line in lines} == {0}
    with segue.read(source) as given:
        expected = [((t, round(x)), (u, round(y))) for (t, x), (u, y) in links_of(given)]
    found = [((t, round(x)), (u, round(y))) for (t, x), (u, y) in links_of(back)]
    assert len(found) == 6
    assert all(abs(a[0][1] - b[0][1]) <= 1 and abs(a[1][1] - b[1][1]) <= 1 for a, b in zip(found, expected, strict=True))
    assert [(a[0][0], a[1][0]) for a in found] == [(a[0][0], a[1][0]) for a in expected]


@pytest.mark.golden
def test_py_ctcmetrics_has_no_warning(golden, tmp_path):
    pytest.importorskip("ctc_metrics.metrics.validation.valid", reason="py-ctcmetrics is not installed")
    from tests.formats.ctc.test_ctc_metrics import verdict

    there_and_back(golden / "nimbus" / "sandbox_docs_656e377ab98181709b14106c.json", tmp_path, film(tmp_path / "film.tif", 4, (600, 600)))
    assert verdict(tmp_path / "01_RES") == (1, [])


def test_the_options_are_in_the_record():
    assert FORMAT.options("read", {"links": True}).links


def test_divisions_gaps_and_merges_are_counted(tmp_path):
    places = [(0, 5), (0, 15), (1, 10), (3, 10), (4, 5), (4, 15)]
    (tmp_path / "given.json").write_text(json.dumps(document(places, [(0, 2), (1, 2), (2, 3), (3, 4), (3, 5)])))
    notes = segue.convert(tmp_path / "given.json", tmp_path / "01_RES", to="ctc", image=film(tmp_path / "film.tif", 5))
    (note,) = [str(note) for note in notes if str(note.feature) == "connections"]
    assert "1 division kept; 1 gap: the track is cut, and begins anew behind it; 1 connection of merges lost" in note
    assert "of the kind track" in note
    assert "ids, labels and tags cannot be said" in note

"""Whatever there is to write: odd names, nested, missing and huge values, orphans, cycles of connections, planes outside of the image."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.formats.nimbus_json.odd_documents import documents

from segue.errors import Incompatible
from segue.formats.catalog import named
from segue.model.diff import diff
from segue.model.grid import Axis, Grid
from segue.storage.source import Source

CSV, JSON = named("nimbus-csv"), named("nimbus-json")
ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
SMALL = Grid((Axis("t", 2), Axis("z", 1), Axis("y", 8), Axis("x", 8)))
"""Most places of the documents are outside of it."""


ONE_POINT = {
    "annotations": [{"_id": "a", "shape": "point", "channel": 0, "location": {"XY": 0, "Z": 0, "Time": 0}, "tags": [], "coordinates": [{"x": 0.0, "y": 0.0}]}],
    "annotationConnections": [],
    "annotationProperties": [],
    "annotationPropertyValues": {},
}


class Sink:
    def __init__(self, path):
        self.path, self.name = path, path.name

    def open(self):
        return self.path.open("wb+")


def study_of(found, folder):
    path = folder / "given.json"
    path.write_text(json.dumps(found))
    study = JSON.read(Source(path))[0]
    return study.map(lambda s: replace(s, grid=SMALL))


def written(study, folder, options):
    """The bytes, and the study that they hold."""
    path = folder / "written.csv"
    fitted = CSV.fitted(study, options)
    CSV.write(fitted, Sink(path), options)
    return path.read_bytes(), fitted, CSV.read(Source(path))[0]


OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "columns": st.sampled_from(["wkt", "centroid;bbox;area;wkt"]),
        "undefined": st.sampled_from(["NA", "NaN"]),
        "delimiter": st.just("tab"),
        "sanitize": st.just(value=True),
        "dataset": st.just(value=True),
        "kind": st.sampled_from(["connections", "tracks"]),
    },
)


@ANY
@given(found=documents(), chosen=OPTIONS)
@example(found=ONE_POINT, chosen={"columns": "centroid;bbox;area;wkt", "sanitize": True})
def test_what_is_written_is_a_table_and_comes_back(tmp_path, found, chosen):
    options = CSV.options("write", chosen)
    study = study_of(found, tmp_path)
    text, fitted, back = written(study, tmp_path, options)
    assert diff(fitted, back) == {}
    assert written(back, tmp_path, options)[0] == text
    if b"\x00" not in text:  # which Python's own reader does not take
        rows = list(csv.reader(io.StringIO(text.decode(), newline=""), delimiter=options.separator))
        assert {len(row) for row in rows} == {len(rows[0])}
        counts = [len(s.connections) if options.kind == "connections" else len(s.objects) for s in study.image_sets]
        assert len(rows) == 1 + sum(counts)


@ANY
@given(found=documents())
def test_as_the_server_writes_it_comes_back_or_is_refused(tmp_path, found):
    study = study_of(found, tmp_path)
    try:
        _, fitted, back = written(study, tmp_path, CSV.options("write", {"dialect": "nimbus"}))
    except Incompatible:
        return
    assert diff(fitted, back) == {}


@pytest.mark.parametrize("links", [[(0, 1), (1, 2), (2, 0)], [(0, 0)], [(0, 1), (1, 0), (1, 2)]])
def test_a_cycle_of_connections_has_a_row_for_each_object(tmp_path, links):
    place = {"XY": 0, "Z": 0}
    annotations = [
        {"_id": f"a{nth}", "shape": "point", "channel": 0, "location": {**place, "Time": nth}, "tags": [], "coordinates": [{"x": nth, "y": 0}]}
        for nth in range(3)
    ]
    ends = [{"_id": f"c{nth}", "parentId": f"a{a}", "childId": f"a{b}", "tags": []} for nth, (a, b) in enumerate(links)]
    study = study_of({"annotations": annotations, "annotationConnections": ends}, tmp_path)
    rows = written(study, tmp_path, CSV.options("write", {"kind": "tracks"}))[0].decode().splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ['"a0"', '"a1"', '"a2"']
    assert len(written(study, tmp_path, CSV.options("write", {"kind": "connections"}))[0].splitlines()) == 1 + len(links)

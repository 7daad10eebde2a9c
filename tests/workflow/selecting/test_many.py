"""A fiftieth of a million segments x 60 features x 200 populations: what is counted here is what would not fit into memory there."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import segue
from segue.geometry.rings import Rings
from segue.model.image import LabelImage
from segue.model.rules import RegionRule
from segue.workflow.selecting.evaluate import evaluate
from segue.workflow.selecting.places import listed

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"
SIDE = 141


@dataclass
class Counted:
    """Pixels that count what is read of them, and how much at once."""

    array: np.ndarray[Any, Any]
    chunks = (256, 256)
    read_pixels: int = 0
    most: int = 0

    @property
    def shape(self):
        return self.array.shape

    @property
    def dtype(self):
        return self.array.dtype

    def read(self, region):
        part = self.array[region]
        self.read_pixels += part.size
        self.most = max(self.most, part.nbytes)
        return part.copy()


@pytest.fixture(scope="module")
def million():
    """The benchmark's own making of inputs."""
    sys.path.insert(0, str(BENCHMARKS))
    try:
        spec = importlib.util.spec_from_file_location("p12_million", BENCHMARKS / "p12_million.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(BENCHMARKS))


@pytest.fixture(scope="module")
def study(million):
    return million.study(SIDE)


@pytest.fixture(scope="module")
def drawn(million, tmp_path_factory):
    """Fifty lassos in a file."""
    import json

    rings = million.lassos(SIDE)
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
            "properties": {"objectType": "annotation", "name": f"lasso {n}"},
        }
        for n, ring in enumerate(rings.tolist())
    ]
    path = tmp_path_factory.mktemp("lassos") / "lassos.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def counted(study):
    s = study.image_sets[0]
    pixels = Counted(s.labels[0].pixels.array)
    return replace(study, image_sets=(replace(s, labels=(LabelImage(pixels, "yx"),)),)), pixels


def test_the_label_image_is_read_once_for_places_and_never_as_a_whole(study, monkeypatch):
    from segue.measure import regions

    monkeypatch.setattr(regions, "READ", 1 << 20)
    again, pixels = counted(study)
    found = listed(again.image_sets[0])
    assert pixels.read_pixels == pixels.array.size
    assert pixels.most <= 3 << 20 < pixels.array.nbytes
    assert len(found.places[0].object) == SIDE * SIDE


@pytest.mark.parametrize("by", ["centroid", "majority", "any"])
def test_fifty_lassos_select_what_each_of_them_selects_alone(million, study, drawn, by):
    again, pixels = counted(study)
    found, _ = segue.select(again, region=drawn, by=by)
    lassos = found.populations[million.POPULATIONS :]
    assert len(lassos) == million.LASSOS
    assert all(isinstance(one.rule, RegionRule) and one.rule.by == by for one in lassos)
    s = found.image_sets[0]
    centres = (np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), axis=-1).reshape(-1, 2) + 0.5) * million.CELL
    from segue.geometry.reference import inside

    for number in (0, 17, 49):
        members = s.objects.frame["label"].gather(s.membership.frame.filter(pl.col("population") == lassos[number].id)["object"]).to_numpy()
        ring = million.lassos(SIDE)[number]
        alone = inside(centres, Rings.of(Rings.simple(ring, [0, len(ring)])))[0] + 1
        if by == "any":
            assert set(alone) <= set(members.tolist())
        if by == "centroid":
            assert sorted(members.tolist()) == sorted(alone.tolist())
        if by == "majority":
            assert len(set(alone.tolist()) ^ set(members.tolist())) <= len(alone) // 20
    reads = pixels.read_pixels / pixels.array.size
    assert reads <= 3, "once for the places, once for the fingerprint, and the rows with lassos"


def test_members_are_the_same_whether_asked_for_together_or_one_by_one(million, study, drawn):
    found, _ = segue.select(study, region=drawn)
    s, populations = found.image_sets[0], found.populations
    places = listed(s)
    together = evaluate(places, populations, {one.id for one in populations[million.POPULATIONS :]})
    for one in populations[million.POPULATIONS :: 10]:
        assert np.array_equal(evaluate(places, populations, {one.id})[one.id], together[one.id])


def test_a_table_and_events_hold_all_of_it(million, study, drawn, tmp_path):
    found, _ = segue.select(study, region=drawn)
    segue.write(found, tmp_path / "out.csv")
    segue.write(found, tmp_path / "out.fcs")
    lassos = found.populations[million.POPULATIONS :]
    members = found.image_sets[0].membership.frame
    table = pl.read_csv(tmp_path / "out.csv", infer_schema_length=None)
    assert table.height == SIDE * SIDE + million.LASSOS
    assert len(table.columns) >= million.FEATURES + 3
    cells = table["populations"].fill_null("").str.split(";").explode()
    counts = dict(cells.value_counts().rows())
    assert all(counts[" / ".join(one.name)] == members.filter(population=one.id).height for one in (*lassos[::7], *found.populations[:200:31]))
    with segue.read(tmp_path / "out.fcs") as back:
        assert len(back.populations) == million.POPULATIONS + million.LASSOS
        assert len(back.image_sets[0].membership) == len(members)

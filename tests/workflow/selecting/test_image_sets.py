"""Rules in a study of several image sets, and regions from files."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tifffile

import segue
from segue.errors import Incompatible, InvalidOption, UsageError
from segue.model.rules import RegionRule
from segue.model.study import Study

_spec = importlib.util.spec_from_file_location("sample", Path(__file__).with_name("conftest.py"))
assert _spec is not None
sample = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(sample)


@pytest.fixture
def two():
    """Two fields of view with the same cells; the second one has no region."""
    one = sample.make(name="one")
    bare = sample.make(name="two")
    rest = np.arange(1, len(bare.objects))
    from segue.model.select import take_objects

    return Study((one, take_objects(bare, rest)))


def regions(path, *shapes, **facts):
    features = [
        {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}, "properties": {"objectType": "annotation", **one}}
        for ring, one in shapes
    ]
    Path(path).write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def counts(study):
    """Per image set: name of a population -> number of its members."""
    return [
        {one.name[-1]: s.membership.frame.filter(population=one.id).height for one in study.populations if one.id in set(s.membership.frame["population"])}
        for s in study.image_sets
    ]


RIGHT = [[20, 0], [30, 0], [30, 10], [20, 10]]


def test_a_gate_holds_in_every_image_set(two):
    found, _ = segue.select(two, gate="area:12:", name="Large")
    assert counts(found) == [{"Large": 4}, {"Large": 4}]
    found, _ = segue.select(two, gate="area:12:", name="Large", image_set="two")
    assert counts(found) == [{}, {"Large": 4}]
    found, _ = segue.select(found, refresh=True)
    assert counts(found) == [{"Large": 4}, {"Large": 4}], "the rule is of the study, so a refresh runs it everywhere"


def test_regions_are_put_into_every_image_set_under_one_name(two, tmp_path):
    path = regions(tmp_path / "r.geojson", (sample.SQUARE, {"name": "A"}), (RIGHT, {"name": "B"}))
    found, _ = segue.select(two, region=path)
    assert counts(found) == [{"A": 3, "B": 1}, {"A": 3, "B": 1}]
    for population in found.populations:
        assert isinstance(population.rule, RegionRule)
        assert all(set(population.rule.regions) <= set(s.objects.frame.filter(layer="regions")["id"]) for s in found.image_sets)


def test_one_name_makes_one_population_of_all_regions(two, tmp_path):
    path = regions(tmp_path / "r.geojson", (sample.SQUARE, {"name": "A"}), (RIGHT, {"name": "B"}))
    found, _ = segue.select(two, region=path, name="Both")
    assert counts(found) == [{"Both": 4}, {"Both": 4}]


def test_regions_of_one_class_are_one_population(two, tmp_path):
    tumour = {"classification": {"name": "Tumour", "color": [255, 0, 0]}}
    path = regions(tmp_path / "r.geojson", (sample.SQUARE, tumour), (RIGHT, tumour))
    found, _ = segue.select(two, region=path)
    assert counts(found)[0] == {"Tumour": 4}
    assert found.populations[0].colour == 0xFF0000FF


def test_the_same_regions_again_are_no_new_ones(two, tmp_path):
    path = regions(tmp_path / "r.geojson", (sample.SQUARE, {"name": "A"}))
    found, _ = segue.select(two, region=path)
    again, _ = segue.select(found, region=path)
    assert [len(s.objects) for s in again.image_sets] == [len(s.objects) for s in found.image_sets]
    any_pixel, _ = segue.select(again, region=path, by="any", replace=True)
    assert counts(any_pixel) == [{"A": 4}, {"A": 4}]
    with pytest.raises(UsageError, match="define it anew with --replace"):
        segue.select(again, region=path, by="any")


def test_a_region_that_has_the_id_of_a_segment_gets_another(two, tmp_path):
    study, _ = segue.select(two, gate="area:1:", name="All")
    path = tmp_path / "r.geojson"
    feature = {"type": "Feature", "id": "1", "geometry": {"type": "Polygon", "coordinates": [[*RIGHT, RIGHT[0]]]}, "properties": {"name": "B"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    found, _ = segue.select(study, region=path)
    assert counts(found)[0] == {"All": 5, "B": 1}


def test_where_a_population_has_no_region_its_members_are_a_list(two):
    population = sample.Population("left", ("Left",), rule=RegionRule(("left",)))
    import polars as pl

    from segue.model.populations import Membership

    members = Membership.of(pl.DataFrame({"population": ["left"], "object": [4]}, schema_overrides={"object": pl.Int32}))
    sets = (two.image_sets[0], replace(two.image_sets[1], membership=members))
    found, _ = segue.select(replace(two, image_sets=sets, populations=(population,)), refresh=True)
    assert counts(found) == [{"Left": 3}, {"Left": 1}]


def test_a_rule_without_any_of_its_regions_is_an_error(two):
    population = sample.Population("left", ("Left",), rule=RegionRule(("gone",)))
    with pytest.raises(UsageError, match="is made of the region 'gone', which is not there"):
        segue.select(replace(two, populations=(population,)), refresh=True)


def test_labels_as_words_need_one_image_set(two):
    with pytest.raises(UsageError, match="there are 2 image sets; choose one with --image-set"):
        segue.select(two, ids=[1, 2], name="Listed")
    found, _ = segue.select(two, ids=[1, 2], name="Listed", image_set="2")
    assert counts(found) == [{}, {"Listed": 2}]


def test_new_labels_of_each_image_set_by_a_template(two, tmp_path):
    study, _ = segue.select(two, gate="area:12:", name="Large")
    segue.write(study, tmp_path / "s.segue")
    for s, shift in zip(study.image_sets, (1, 2), strict=True):
        tifffile.imwrite(tmp_path / f"{s.name}.tif", np.roll(sample.mask(), shift, axis=0))
    with pytest.raises(InvalidOption, match=r"write \{image_set\} into the template"):
        segue.select(tmp_path / "s.segue", labels=tmp_path / "one.tif", refresh=True)
    segue.select(tmp_path / "s.segue", labels=str(tmp_path / "{image_set}.tif"), refresh=True)
    with segue.read(tmp_path / "s.segue") as found:
        assert counts(found) == [{"Large": 4}, {"Large": 4}]
        for s, shift in zip(found.image_sets, (1, 2), strict=True):
            assert np.array_equal(s.labels[0].pixels.read((slice(0, 20), slice(0, 30))), np.roll(sample.mask(), shift, axis=0))
    assert [step["edit"] for step in segue.undo(tmp_path / "s.segue")] == ["refresh"]
    segue.select(tmp_path / "s.segue", labels=tmp_path / "one.tif", refresh=True, image_set="one")


def test_regions_of_a_study_go_to_the_image_sets_of_the_same_name(two, tmp_path):
    source = replace(two, image_sets=(replace(two.image_sets[0], labels=(), images=()), replace(two.image_sets[0], name="other", labels=(), images=())))
    segue.write(source, tmp_path / "regions.segue")
    found, _ = segue.select(two, region=tmp_path / "regions.segue")
    assert counts(found) == [{"Left": 3}, {}]
    apart = replace(source, image_sets=tuple(replace(s, name=f"x{nth}") for nth, s in enumerate(source.image_sets)))
    segue.write(apart, tmp_path / "apart.segue")
    with pytest.raises(Incompatible, match="is about 2 images"):
        segue.select(two, region=tmp_path / "apart.segue")

"""A real mask goes to QuPath, is edited there, and comes back: old numbers, not one pixel changed, the new class a population.

Whether the objects went there directly or by way of another format.
"""

from __future__ import annotations

import json
import random

import numpy as np
import pytest
import tifffile

import segue

BY_WAY_OF = {
    "cells-RoiSet.zip": {"to": "imagej-roi"},
    "cells_seg.npy": {"to": "cellpose"},
    "cells-coco.json": {"to": "coco"},
    "cells-rle.json": {"to": "coco", "segmentation": "rle"},
    "cells.ome.xml": {"to": "ome-roi"},
    "cells.parquet": {"to": "geoparquet"},
}
CLASSIFIED, DELETED = 30, 5


def edited_in_qupath(path):
    """What QuPath does to a file: objects classified, deleted, in another order, coordinates snapped to its grid, our properties kept."""
    whole = json.loads(path.read_text(encoding="utf-8"))
    features = whole["features"] if isinstance(whole, dict) else whole
    rng = random.Random(4)
    rng.shuffle(features)
    del features[:DELETED]
    for feature in features[:CLASSIFIED]:
        feature["properties"]["classification"] = {"name": "Tumor", "color": [200, 0, 0]}
    for feature in features:
        feature["geometry"]["coordinates"] = snapped(feature["geometry"]["coordinates"])
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")


def snapped(coordinates):
    return [snapped(one) for one in coordinates] if isinstance(coordinates, list) else round(coordinates + 0.001, 2)


def members(path, **options):
    """Labels of the objects in the population that QuPath's class became."""
    with segue.read(path, **options) as study:
        (population,) = [one.id for one in study.populations if one.name == ("Tumor",)]
        s = study.image_sets[0]
        rows = s.membership.frame.filter(s.membership.frame["population"] == population)["object"]
        return s.objects.frame["label"].gather(rows).to_list()


@pytest.fixture
def mask(golden, tmp_path):
    path = tmp_path / "cells_mask.tif"
    path.write_bytes((golden / "stardist/mask2d.tif").read_bytes())
    return path


def came_back(mask, path):
    """The mask drawn from a file, and how it differs from the first one."""
    back = mask.with_name("back.tif")
    segue.convert(path, back, image=mask, overwrite=True)
    before, after = tifffile.imread(mask), tifffile.imread(back)
    left = np.setdiff1d(np.unique(after), 0)
    return left, bool((after == np.where(np.isin(before, left), before, 0)).all())


@pytest.mark.golden
def test_there_are_124_polygons_and_a_multipolygon(mask):
    segue.convert(mask, mask.with_name("cells.geojson"))
    whole = json.loads(mask.with_name("cells.geojson").read_text(encoding="utf-8"))
    kinds = [feature["geometry"]["type"] for feature in whole["features"]]
    assert (kinds.count("Polygon"), kinds.count("MultiPolygon"), len(kinds)) == (124, 1, 125)


@pytest.mark.golden
def test_what_is_edited_comes_back_with_its_old_numbers(mask):
    path = mask.with_name("cells.geojson")
    segue.convert(mask, path)
    edited_in_qupath(path)
    left, unchanged = came_back(mask, path)
    assert (len(left), unchanged) == (125 - DELETED, True)
    assert len(set(members(path)) & set(left.tolist())) == CLASSIFIED


@pytest.mark.golden
@pytest.mark.parametrize("name", BY_WAY_OF)
def test_so_it_does_by_way_of_another_format(mask, name):
    there, path, again = mask.with_name(name), mask.with_name("cells.geojson"), mask.with_name(f"again-{name}")
    segue.convert(mask, there, **BY_WAY_OF[name])
    segue.convert(there, path)
    edited_in_qupath(path)
    segue.convert(path, again, **BY_WAY_OF[name], image=mask)
    left, unchanged = came_back(mask, again)
    assert (len(left), unchanged) == (125 - DELETED, True)
    if name != "cells_seg.npy":  # its files hold no classes, which is noted
        assert len(set(members(again)) & set(left.tolist())) == CLASSIFIED

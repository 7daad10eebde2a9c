"""P12: 1,000,000 segments x 60 features x 200 populations: read, select in 50 lassos, run 100 gates, write CSV and FCS; the memory is what counts.

The label image is 16,000 x 16,000 pixels on disk, a chunk at a time; the members of the 200 populations are 4,000,000 rows.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from harness import LIMIT, OURS, Contender, Watch, measure
from inputs import FOLDER

SIDE, CELL = 1000, 16
"""Cells along each side of the image, and pixels along each side of a cell's place."""
FEATURES, POPULATIONS, LASSOS, CORNERS = 60, 200, 50, 200
OUT = FOLDER / "p12-out"


def labels(side):
    """(side * CELL, side * CELL) uint32: cells of 12 x 12 pixels, numbered in raster order."""
    place = np.zeros((CELL, CELL), np.uint32)
    place[2:14, 2:14] = 1
    numbers = np.arange(1, side * side + 1, dtype=np.uint32).reshape(side, side)
    return np.kron(numbers, place)


def lassos(side):
    """(LASSOS, CORNERS, 2): wobbly outlines, each around about a hundredth of the image, that overlap."""
    rng = np.random.default_rng(12)
    size = side * CELL
    angle = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    radius = size * 0.06 * (1 + 0.2 * np.sin(3 * angle) + rng.uniform(-0.05, 0.05, (LASSOS, CORNERS)))
    centre = rng.uniform(0.1, 0.9, (LASSOS, 1, 2)) * size
    return centre + np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)


def study(side):
    """The study in memory: lists, half of them made of few, half of many members."""
    import polars as pl

    from segue.model.grid import grid_of
    from segue.model.image import ArrayPixels, LabelImage
    from segue.model.objects import Objects
    from segue.model.populations import Membership, Population
    from segue.model.study import ImageSet, Study
    from segue.model.tables import Column, Table

    count, rng = side * side, np.random.default_rng(3)
    image = labels(side)
    numbers = np.arange(1, count + 1, dtype=np.uint64)
    objects = Objects(pl.DataFrame({"label": numbers}).with_columns(id=pl.col("label").cast(pl.Utf8), layer=pl.lit("labels")))
    values = {f"channel {nth} mean": rng.lognormal(3, 1, count).round(3) for nth in range(FEATURES)}
    table = Table("objects", pl.DataFrame({"row": np.arange(count, dtype=np.int32), **values}), tuple(Column(name) for name in values))
    populations = tuple(Population(f"p{nth}", (f"population {nth}",)) for nth in range(POPULATIONS))
    sizes = [count // 100 if nth % 2 else count * 3 // 100 for nth in range(POPULATIONS)]
    members = [np.sort(rng.choice(count, size, replace=False)).astype(np.int32) for size in sizes]
    names = pl.Series([one.id for one in populations]).gather(np.repeat(np.arange(POPULATIONS), sizes))
    membership = Membership.of(pl.DataFrame({"population": names, "object": np.concatenate(members)}))
    grid, pixels = grid_of("yx", image.shape), LabelImage(ArrayPixels(image), "yx")
    return Study((ImageSet("million", grid, labels=(pixels,), objects=objects, tables={"measurements": table}, membership=membership),), populations)


def stored(side=SIDE):
    """The study on disk, made when it is not there; and the lassos as GeoJSON."""
    import orjson

    import segue

    path, drawn = FOLDER / f"p12-{side}.segue", FOLDER / f"p12-{side}.geojson"
    if not drawn.exists():
        FOLDER.mkdir(exist_ok=True)
        segue.write(study(side), path, overwrite=True)
        rings = [{"type": "Polygon", "coordinates": [[*ring, ring[0]]]} for ring in lassos(side).tolist()]
        features = [{"type": "Feature", "geometry": ring, "properties": {"objectType": "annotation", "name": f"lasso {n}"}} for n, ring in enumerate(rings)]
        drawn.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": features}))
    return path, drawn


def read():
    import segue

    path, _ = stored()
    return lambda: segue.read(path)


def selecting(by):
    import segue

    path, drawn = stored()
    found = segue.read(path)
    segue.select(found, gate="channel 0 mean:5:", name="warm")
    return lambda: segue.select(found, region=drawn, by=by)[0]


def gating():
    import segue
    from segue.model.populations import Population
    from segue.model.rules import GateRule, PolygonTerm, Range
    from segue.workflow.selecting.evaluate import evaluate
    from segue.workflow.selecting.places import listed

    path, _ = stored()
    found = listed(segue.read(path).image_sets[0])
    angle = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    ring = tuple((float(x), float(y)) for x, y in np.exp(np.stack([3 + np.cos(angle), 3 + np.sin(angle)], axis=1)))
    terms = [
        (Range(f"channel {n % 60} mean", 5, 50), PolygonTerm(f"channel {n % 59} mean", f"channel {n % 59 + 1} mean", ring, "log10", "log10"))
        for n in range(100)
    ]
    gates = [Population(f"g{n}", (f"g{n}",), rule=GateRule(terms[n])) for n in range(100)]
    evaluate(found, gates, {"g0"})
    return lambda: evaluate(found, gates, {one.id for one in gates})


def writing(suffix):
    import segue

    path, _ = stored()
    target = Path(OUT) / f"out{suffix}"

    def work():
        shutil.rmtree(OUT, ignore_errors=True)
        OUT.mkdir(parents=True)
        with Watch() as watch:
            segue.convert(path, target)
        return target, watch.most

    return work


def size(written):
    """Of the file, and the memory that is not pages of files."""
    path, own = written
    return {"MB": path.stat().st_size // 10**6, "own MB": round(own)}


def points():
    """What selecting in lassos cannot be faster than: the test of a million points alone."""
    from segue.geometry.inside import points_in_shapes
    from segue.geometry.rings import Rings

    at = (np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), axis=-1).reshape(-1, 2) + 0.5) * CELL
    rings = Rings.simple(lassos(SIDE).reshape(-1, 2), np.arange(0, LASSOS * CORNERS + 1, CORNERS))
    points_in_shapes(at, rings.take(range(20)))
    return lambda: points_in_shapes(at, rings)[0]


def members(found):
    names = {one.id for one in found.populations[POPULATIONS:]}
    return {"members": found.image_sets[0].membership.frame["population"].is_in(list(names)).sum()}


CONTENDERS = [
    Contender("read the study", read, OURS, "read", facts=lambda found: {"members": len(found.image_sets[0].membership)}),
    Contender("points in shapes alone", points, LIMIT, "50 lassos by centroid", facts=lambda found: {"members": len(found)}),
    Contender("segue select", lambda: selecting("centroid"), OURS, "50 lassos by centroid", facts=members),
    Contender("segue select", lambda: selecting("majority"), OURS, "50 lassos by majority", facts=members),
    Contender("segue select", gating, OURS, "100 gates of a range and a polygon", facts=lambda found: {"members": sum(map(len, found.values()))}),
    Contender("segue convert", lambda: writing(".csv"), OURS, "to CSV", facts=size),
    Contender("segue convert", lambda: writing(".fcs"), OURS, "to FCS", facts=size),
]

if __name__ == "__main__":
    measure("P12 a million segments, 60 features, 200 populations", CONTENDERS, rounds=1)

"""P7: polygons of 20 corners as GeoJSON with ids and properties, written and read. 200,000 of them; 1,000,000 with ``--large``.

"study" is the whole way of a user (a study in memory to a file and back); "codec" is the text alone, as the peers do it.
"""

from __future__ import annotations

import os
import sys
import uuid
from pathlib import Path

import numpy as np
import polars as pl
from harness import LIMIT, OURS, Contender, measure
from inputs import FOLDER

if "--large" in sys.argv:
    sys.argv.remove("--large")
    os.environ["SEGUE_BENCH_LARGE"] = "1"
COUNT = 1_000_000 if os.environ.get("SEGUE_BENCH_LARGE") else 200_000
WRITE, READ = f"writing {COUNT:,}", f"reading {COUNT:,}"
FILE = FOLDER / f"polygons-{COUNT}.geojson"
OUT = FOLDER / "out.geojson"


def corners():
    """(polygons, 20, 2) float64 with two decimals."""
    rng = np.random.default_rng(3)
    angle = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    radius = rng.uniform(6, 12, (COUNT, 20, 1)) * np.stack([np.cos(angle), np.sin(angle)], 1)
    return np.round(rng.uniform(20, 40_000, (COUNT, 1, 2)) + radius, 2)


def ids():
    from segue.codecs.uuid5 import uuid5

    return uuid5(uuid.NAMESPACE_OID, pl.Series([str(nth) for nth in range(COUNT)]))


def flat(polygons):
    """coords, ring_start, part_start, shape_start."""
    each = np.arange(len(polygons) + 1)
    return np.ascontiguousarray(polygons.reshape(-1, 2)), each * polygons.shape[1], each, each


def study(polygons):
    from segue.model.objects import Objects
    from segue.model.rings import Rings
    from segue.model.shapes import Shapes
    from segue.model.study import ImageSet, Study

    rows = pl.int_range(len(polygons), dtype=pl.Int32, eager=True)
    objects = Objects(pl.DataFrame({"id": ids(), "name": pl.select(pl.concat_str(pl.lit("cell "), rows)).to_series()}))
    shapes = Shapes(pl.DataFrame({"object": rows, "kind": ["polygon"] * len(rows)}), Rings(*flat(polygons)))
    return Study((ImageSet("", objects=objects, shapes=shapes),))


class Plain:
    """A sink that is only a file."""

    name = OUT.name

    def open(self):
        FOLDER.mkdir(exist_ok=True)
        OUT.unlink(missing_ok=True)
        return OUT.open("xb+")


def features(polygons):
    named = zip(ids(), polygons, strict=True)
    return [
        {"type": "Feature", "id": one, "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": {"objectType": "detection", "name": f"cell {nth}"}}
        for nth, (one, ring) in enumerate(named)
    ]


def closed():
    polygons = corners()
    return np.concatenate([polygons, polygons[:, :1]], axis=1)


def written():
    """The file to read."""
    if not FILE.exists():
        write_study()()
        OUT.replace(FILE)


def write_study():
    from segue.formats.qupath_geojson.spec import FORMAT

    whole = study(corners())
    FORMAT.write(FORMAT.fitted(whole), Plain())
    return lambda: FORMAT.write(FORMAT.fitted(whole), Plain())


def write_codec():
    from segue.codecs import geojson_write

    parts = flat(corners())
    kind = pl.Series(["Polygon"]).new_from_index(0, COUNT)
    names = ids()

    def work():
        rows = pl.int_range(COUNT, dtype=pl.Int64, eager=True)
        head = pl.concat_str(pl.lit('{"type":"Feature","id":"'), names, pl.lit('","geometry":{"type":"Polygon","coordinates":'))
        tail = pl.concat_str(pl.lit('},"properties":{"objectType":"detection","name":"cell '), rows, pl.lit('"}},\n'))
        before, after = pl.select(head).to_series(), pl.select(tail).to_series()
        with OUT.open("wb") as file:
            for piece in geojson_write.write(kind, *parts, before, after):
                file.write(piece)

    work()
    return work


def write_geopandas():
    import geopandas
    import shapely

    frame = geopandas.GeoDataFrame(
        {"id": ids().to_list(), "objectType": "detection", "name": [f"cell {nth}" for nth in range(COUNT)]}, geometry=shapely.polygons(corners())
    )

    def work():
        OUT.unlink(missing_ok=True)
        frame.to_file(OUT, driver="GeoJSON", engine="pyogrio")

    return work


def write_orjson():
    import orjson

    polygons = closed()
    return lambda: OUT.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": features(polygons)}, option=orjson.OPT_SERIALIZE_NUMPY))


def write_raw():
    polygons = corners()
    return lambda: polygons.tofile(OUT)


def read_study():
    from segue.formats.qupath_geojson.spec import FORMAT
    from segue.storage.source import Source

    written()
    FORMAT.read(Source(FILE))
    return lambda: FORMAT.read(Source(FILE))[0]


def read_codec():
    from segue.codecs.geojson_read import read
    from segue.storage.source import Source

    written()
    read(Source(FILE).read_view())
    return lambda: read(Source(FILE).read_view())


def read_geopandas():
    import geopandas

    written()
    return lambda: geopandas.read_file(FILE, engine="pyogrio")


def read_orjson():
    import orjson

    written()

    def work():
        found = orjson.loads(FILE.read_bytes())["features"]
        return np.array([one["geometry"]["coordinates"][0] for one in found]), [one["id"] for one in found], [one["properties"]["name"] for one in found]

    return work


def read_raw():
    written()
    return lambda: np.fromfile(FILE, np.uint8)


def size(_):
    return {"MB": round(Path(OUT).stat().st_size / 1e6)}


GEO = ("geopandas", "pyogrio")
if __name__ == "__main__":
    measure(
        "P7 GeoJSON",
        [
            Contender("segue study", write_study, OURS, WRITE, facts=size),
            Contender("segue codec", write_codec, OURS, WRITE, facts=size),
            Contender("geopandas/pyogrio", write_geopandas, case=WRITE, needs=GEO, rounds=1, facts=size),
            Contender("orjson from numpy", write_orjson, case=WRITE, rounds=2, facts=size),
            Contender("raw coordinates", write_raw, LIMIT, WRITE),
            Contender("segue study", read_study, OURS, READ, facts=lambda found: {"n": len(found.image_sets[0].objects)}),
            Contender("segue codec", read_codec, OURS, READ, facts=lambda found: {"n": found.frame.height}),
            Contender("geopandas/pyogrio", read_geopandas, case=READ, needs=GEO, rounds=1, facts=lambda found: {"n": len(found)}),
            Contender("orjson to numpy", read_orjson, case=READ, rounds=2),
            Contender("raw bytes", read_raw, LIMIT, READ),
        ],
        rounds=3,
    )

"""P13: polygons of 20 corners with a tag and 10 property values each, as NimbusImage JSON and CSV. 200,000 of them; 1,000,000 with ``--large``.

"study" is the whole way of a user: a study in memory to a file and back, with what differs found in between; "codec" is the text and its columns
alone. The peers make and read the same documents with one Python object per annotation and vertex, which is what there is for this format;
geopandas does the same with GeoJSON of the same polygons, ids and values, and polars writes the same columns as CSV.
"""

from __future__ import annotations

import json
import os
import sys
from functools import partial

import numpy as np
import polars as pl
from harness import LIMIT, OURS, Contender, Watch, measure
from inputs import FOLDER

if "--large" in sys.argv:
    sys.argv.remove("--large")
    os.environ["SEGUE_BENCH_LARGE"] = "1"
COUNT = 1_000_000 if os.environ.get("SEGUE_BENCH_LARGE") else 200_000
WRITE, READ, TABLE, WIDE = f"writing {COUNT:,}", f"reading {COUNT:,}", f"writing CSV of {COUNT:,} x 10", f"writing CSV of {COUNT:,} x 60"
SHAPES = f"writing CSV of {COUNT:,} with their shapes as WKT"
FILE = FOLDER / f"annotations-{COUNT}.json"
GEOJSON = FOLDER / f"annotations-{COUNT}.geojson"
OUT = FOLDER / f"nimbus-out.{os.getpid()}.json"
VALUES = ("Area", "Perimeter", "Elongation", "Convexity", "Solidity", "Rectangularity", "Circularity", "Eccentricity", "Centroid / x", "Centroid / y")


def corners():
    """(polygons, 20, 2) float64 with two decimals."""
    rng = np.random.default_rng(3)
    angle = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    radius = rng.uniform(6, 12, (COUNT, 20, 1)) * np.stack([np.cos(angle), np.sin(angle)], 1)
    return np.round(rng.uniform(20, 40_000, (COUNT, 1, 2)) + radius, 2)


def ids():
    from segue.formats.nimbus_files.ids import made

    return made("benchmark", pl.Series([str(nth) for nth in range(COUNT)]))


def table():
    rng = np.random.default_rng(4)
    return {name: np.round(rng.uniform(0, 1000, COUNT), 4) for name in VALUES}


def study():
    from segue.model.objects import Objects
    from segue.model.populations import Membership, Population
    from segue.model.rings import Rings
    from segue.model.shapes import Shapes
    from segue.model.study import ImageSet, Property, Study
    from segue.model.tables import Column, Table

    rows = pl.int_range(COUNT, dtype=pl.Int32, eager=True)
    objects = Objects(pl.DataFrame({"id": ids(), "t": pl.Series(rows % 10, dtype=pl.Int32)}))
    shapes = Shapes(
        pl.DataFrame({"object": rows, "kind": ["polygon"] * COUNT, "z": [0] * COUNT, "c": [0] * COUNT}),
        Rings.simple(corners().reshape(-1, 2), np.arange(COUNT + 1) * 20),
    )
    columns = tuple(Column(f"Blob metrics / {name}", "number", "p1", tuple(name.split(" / "))) for name in VALUES)
    frame = pl.DataFrame({"row": rows, **{f"Blob metrics / {name}": values for name, values in table().items()}})
    members = Membership.of(pl.DataFrame({"population": ["nucleus"] * COUNT, "object": rows}))
    s = ImageSet("", objects=objects, shapes=shapes, membership=members, tables={"properties": Table("objects", frame, columns)})
    return Study((s,), (Population("nucleus", ("nucleus",), "tag"),), (Property("p1", "Blob metrics", "properties/blob_metrics:latest"),))


class Plain:
    """A sink that is only a file."""

    name = OUT.name

    def open(self):
        FOLDER.mkdir(exist_ok=True)
        OUT.unlink(missing_ok=True)
        return OUT.open("xb+")


def write_study():
    from segue.formats.nimbus_json.spec import FORMAT

    whole = study()
    if COUNT <= 200_000:
        FORMAT.write(FORMAT.fitted(whole), Plain())
    return lambda: FORMAT.write(FORMAT.fitted(whole), Plain())


def documents():
    """The documents as Python objects, as a script would make them."""
    place = {"XY": 0, "Z": 0}
    annotations = [
        {"_id": one, "shape": "polygon", "channel": 0, "location": {**place, "Time": nth % 10}, "tags": ["nucleus"], "coordinates": vertices}
        for nth, (one, vertices) in enumerate(zip(ids(), ([{"x": x, "y": y} for x, y in ring] for ring in corners().tolist()), strict=True))
    ]
    columns = [values.tolist() for values in table().values()]
    values = {
        one: {"p1": {**dict(zip(VALUES[:8], row[:8], strict=True)), "Centroid": {"x": row[8], "y": row[9]}}}
        for one, row in zip(ids(), zip(*columns, strict=True), strict=True)
    }
    definition = {"_id": "p1", "name": "Blob metrics", "image": "properties/blob_metrics:latest"}
    return {"annotations": annotations, "annotationConnections": [], "annotationProperties": [definition], "annotationPropertyValues": values}


def write_orjson():
    import orjson

    return lambda: OUT.write_bytes(orjson.dumps(documents()))


def write_json():
    def work():
        with OUT.open("w") as file:
            json.dump(documents(), file)

    return work


def frame_of():
    """The same polygons, ids and values for geopandas."""
    import geopandas
    import shapely

    polygons = corners()
    rings = np.concatenate([polygons, polygons[:, :1]], axis=1).reshape(-1, 2)
    shapes = shapely.polygons(shapely.linearrings(rings, indices=np.repeat(np.arange(COUNT), 21)))
    return geopandas.GeoDataFrame({"id": ids().to_list(), **table()}, geometry=shapes)


def write_geopandas():
    frame = frame_of()

    def work():
        OUT.unlink(missing_ok=True)
        frame.to_file(OUT, driver="GeoJSON", engine="pyogrio")

    return work


def read_geopandas():
    import geopandas

    if not GEOJSON.exists():
        frame_of().to_file(GEOJSON, driver="GeoJSON", engine="pyogrio")
    return lambda: geopandas.read_file(GEOJSON, engine="pyogrio")


def tabled(width):
    """The study with as many columns of values, as a table."""
    from dataclasses import replace

    from segue.model.tables import Column, Table

    rng, whole = np.random.default_rng(6), study()
    names = [f"value {nth}" for nth in range(width)]
    cells = {name: np.round(rng.lognormal(3, 1, COUNT), 3) for name in names}
    frame = pl.DataFrame({"row": pl.int_range(COUNT, dtype=pl.Int32, eager=True), **cells})
    return whole.map(lambda s: replace(s, tables={"properties": Table("objects", frame, tuple(Column(name) for name in names))}))


def write_table(width, columns=""):
    """A study to a file."""
    from segue.formats.nimbus_csv.spec import FORMAT

    whole, options = tabled(width), FORMAT.options("write", {"columns": columns})
    if COUNT <= 200_000:
        FORMAT.write(FORMAT.fitted(whole, options), Plain(), options)
    return lambda: FORMAT.write(FORMAT.fitted(whole, options), Plain(), options)


def flat_table(width):
    from segue.formats.nimbus_csv.spec import FORMAT
    from segue.formats.nimbus_files.tables.wanted import table_of

    options = FORMAT.options("write", {})
    return table_of(FORMAT.fitted(tabled(width), options), options), options


def write_columns(width):
    """The columns to a file, as the writer has them."""
    from segue.formats.nimbus_files.tables.pieces import pieces

    flat, options = flat_table(width)

    def work():
        with Plain().open() as file:
            for piece in pieces(flat, options):
                file.write(piece)

    return work


def write_polars(width):
    """The same columns by polars."""
    flat, _ = flat_table(width)
    frame = pl.DataFrame([column.alias(f"{nth}") for nth, column in enumerate(flat.columns)])
    return lambda: frame.write_csv(OUT)


def write_wkt():
    """The same with shapes, by geopandas."""
    frame = frame_of()
    return lambda: frame.to_wkt().to_csv(OUT, index=False)


def write_raw():
    polygons = corners()
    return lambda: polygons.tofile(OUT)


def written():
    """The file to read."""
    if not FILE.exists():
        write_study()()
        if not OUT.exists():
            raise SystemExit("nothing was written")
        OUT.replace(FILE)


def read_study():
    from segue.formats.nimbus_json.spec import FORMAT
    from segue.storage.source import Source

    written()
    if COUNT <= 200_000:
        FORMAT.read(Source(FILE))
    return lambda: FORMAT.read(Source(FILE))[0]


def _columns(found):
    """What a script needs of the documents: vertices, ids, values as arrays."""
    vertices = np.array([[(vertex["x"], vertex["y"]) for vertex in one["coordinates"]] for one in found["annotations"]])
    flat = [[*list(by["p1"].values())[:8], *by["p1"]["Centroid"].values()] for by in found["annotationPropertyValues"].values()]
    return vertices, [one["_id"] for one in found["annotations"]], np.array(flat)


def read_codec():
    """The columns of the text, not yet a study."""
    from segue.codecs.nimbus_read import read
    from segue.storage.source import Source

    written()
    if COUNT <= 200_000:
        read(Source(FILE))
    return lambda: read(Source(FILE))


def read_msgspec():
    """The same documents, with types that are known beforehand."""
    import msgspec

    vertex = msgspec.defstruct("Vertex", [("x", float), ("y", float)])
    annotation = msgspec.defstruct("Annotation", [("_id", str), ("coordinates", list[vertex])])
    values = dict[str, dict[str, dict[str, float | vertex]]]
    export = msgspec.defstruct("Export", [("annotations", list[annotation]), ("annotationPropertyValues", values)])
    written()
    decoder = msgspec.json.Decoder(export)

    def work():
        found = decoder.decode(FILE.read_bytes())
        vertices = np.array([[(vertex.x, vertex.y) for vertex in one.coordinates] for one in found.annotations])
        flat = [[*list(by["p1"].values())[:8], by["p1"]["Centroid"].x, by["p1"]["Centroid"].y] for by in found.annotationPropertyValues.values()]
        return vertices, [one._id for one in found.annotations], np.array(flat)

    return work


def read_orjson():
    import orjson

    written()
    return lambda: _columns(orjson.loads(FILE.read_bytes()))


def read_json():
    written()
    return lambda: _columns(json.loads(FILE.read_bytes()))


def read_raw():
    written()
    return lambda: np.fromfile(FILE, np.uint8)


def finished(_):
    """How large it is; it is not needed any more."""
    found = {"MB": round(OUT.stat().st_size / 1e6)}
    OUT.unlink()
    return found


def watched(make):
    """With the memory that is not pages of files."""

    def made():
        work = make()

        def run():
            with Watch() as watch:
                result = work()
            return result, watch.most

        return run

    return made


def written_by(found):
    return {**finished(None), "own MB": round(found[1])}


def read_by(found):
    return {"n": len(found[0].image_sets[0].objects), "own MB": round(found[1])}


if __name__ == "__main__":
    measure(
        "P13 NimbusImage JSON and CSV",
        [
            Contender("segue study", watched(write_study), OURS, WRITE, facts=written_by),
            Contender("orjson from numpy", write_orjson, case=WRITE, rounds=2, facts=finished),
            Contender("json from numpy", write_json, case=WRITE, rounds=1, facts=finished),
            Contender("geopandas/pyogrio, as GeoJSON", write_geopandas, case=WRITE, needs=("geopandas",), rounds=1, facts=finished, exact=False),
            Contender("raw coordinates", write_raw, LIMIT, WRITE, facts=finished),
            Contender("segue study", watched(read_study), OURS, READ, facts=read_by),
            Contender("segue codec", read_codec, OURS, READ, facts=lambda found: {"n": len(found.annotations)}),
            Contender("msgspec to numpy", read_msgspec, case=READ, rounds=2, facts=lambda found: {"n": len(found[0])}),
            Contender("orjson to numpy", read_orjson, case=READ, rounds=2, facts=lambda found: {"n": len(found[0])}),
            Contender("json to numpy", read_json, case=READ, rounds=1, facts=lambda found: {"n": len(found[0])}),
            Contender(
                "geopandas/pyogrio, as GeoJSON", read_geopandas, case=READ, needs=("geopandas",), rounds=1, facts=lambda found: {"n": len(found)}, exact=False
            ),
            Contender("raw bytes", read_raw, LIMIT, READ),
            *(
                one
                for case, width in ((TABLE, 10), (WIDE, 60))
                for one in (
                    Contender("segue study", watched(partial(write_table, width)), OURS, case, facts=written_by),
                    Contender("segue columns", partial(write_columns, width), OURS, case, facts=finished),
                    Contender("polars", partial(write_polars, width), case=case, facts=finished),
                )
            ),
            Contender("segue study", watched(partial(write_table, 10, "wkt")), OURS, SHAPES, facts=written_by),
            Contender("geopandas", write_wkt, case=SHAPES, needs=("geopandas",), rounds=1, facts=finished),
        ],
        rounds=3,
    )

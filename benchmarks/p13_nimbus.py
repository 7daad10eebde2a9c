"""P13: polygons of 20 corners with a tag and 10 property values each, as NimbusImage JSON. 200,000 of them; 1,000,000 with ``--large``.

"study" is the whole way of a user: a study in memory to a file and back. The peers make and read the same documents with one Python object per
annotation and vertex, which is what there is for this format.
"""

from __future__ import annotations

import json
import os
import sys
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
FILE = FOLDER / f"annotations-{COUNT}.json"
OUT = FOLDER / "nimbus-out.json"
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


def size(_):
    return {"MB": round(Path(OUT).stat().st_size / 1e6)}


if __name__ == "__main__":
    measure(
        "P13 NimbusImage JSON",
        [
            Contender("segue study", write_study, OURS, WRITE, facts=size),
            Contender("orjson from numpy", write_orjson, case=WRITE, rounds=2, facts=size),
            Contender("json from numpy", write_json, case=WRITE, rounds=1, facts=size),
            Contender("raw coordinates", write_raw, LIMIT, WRITE),
            Contender("segue study", read_study, OURS, READ, facts=lambda found: {"n": len(found.image_sets[0].objects)}),
            Contender("orjson to numpy", read_orjson, case=READ, rounds=2, facts=lambda found: {"n": len(found[0])}),
            Contender("json to numpy", read_json, case=READ, rounds=1, facts=lambda found: {"n": len(found[0])}),
            Contender("raw bytes", read_raw, LIMIT, READ),
        ],
        rounds=3,
    )

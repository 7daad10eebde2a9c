"""Nothing that segue writes says who ran it, on which computer, and where files lie there; nor whose account made an annotation."""

from __future__ import annotations

import gzip
import io
import json
import os
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import polars as pl
import pytest
import tifffile

USER, PLACE, ACCOUNT = "zeno-marker-user", "place-marker-7f3a", "5f0a11ce0000c0ffee00acc7"


@pytest.fixture
def here(tmp_path):
    """A folder whose path, and the name of whose user, are found wherever they stand."""
    folder = tmp_path / PLACE
    (folder / "home").mkdir(parents=True)
    return folder


def segue(folder: Path, *arguments: object, code: int = 0) -> None:
    known = {"USER": USER, "LOGNAME": USER, "USERNAME": USER, "HOME": str(folder / "home"), "NUMBA_CACHE_DIR": str(folder.parent / "numba")}
    command = [sys.executable, "-m", "segue", *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, env={**os.environ, **known}, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == code, done.stderr


def contents(path: Path) -> Iterator[bytes]:
    """Everything readable in a file: as it is, and unpacked."""
    data = path.read_bytes()
    yield path.name.encode() + b"\n" + data
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from (one.filename.encode() + b"\n" + archive.read(one) for one in archive.infolist())
    elif data[:2] == b"\x1f\x8b":
        yield gzip.decompress(data)
    elif data[:4] == b"PAR1":
        yield str(pl.read_parquet_metadata(io.BytesIO(data))).encode()
        frame = pl.read_parquet(io.BytesIO(data))
        yield frame.select(pl.selectors.exclude(pl.Binary)).write_ndjson().encode()
        yield b"\n".join(value for column in frame.select(pl.selectors.binary()) for value in column.drop_nulls())
    elif data[:4] == b"\x89HDF":
        yield from _of_hdf5(path)


def _of_hdf5(path: Path) -> Iterator[bytes]:
    found: list[str] = []

    def look(name: str, item: h5py.Group | h5py.Dataset) -> None:
        found.extend([name, str(dict(item.attrs))])
        if isinstance(item, h5py.Dataset) and item.dtype.kind in "OSU":
            found.append(str(item[()]))

    with h5py.File(path) as file:
        file.visititems(look)
    yield "\n".join(found).encode()


def told(folder: Path, *more: str) -> list[str]:
    """The files that say something which is nobody's business."""
    host = socket.gethostname()
    secrets = [USER, PLACE, str(folder), str(Path.home()) + os.sep, *([host] if len(host) > 5 else []), *more]
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "home" not in path.parts)
    assert files
    return [f"{path.relative_to(folder)}: {one}" for path in files for one in secrets if any(one.encode() in data for data in contents(path))]


def cells(folder: Path) -> None:
    mask = np.zeros((40, 50), np.uint16)
    mask[3:17, 4:20], mask[20:33, 25:45] = 1, 2
    for name in "ab":
        tifffile.imwrite(folder / f"{name}.tif", np.random.default_rng(0).integers(0, 4000, (2, 40, 50)).astype(np.uint16), metadata={"axes": "CYX"})
        tifffile.imwrite(folder / f"{name}_mask.tif", mask)


def test_the_search_finds_what_it_looks_for(here):
    """A search that finds nothing proves nothing: each kind of file is found out."""
    with zipfile.ZipFile(here / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x", f"{'y' * 500} {USER}")
    (here / "b.csv.gz").write_bytes(gzip.compress(ACCOUNT.encode() * 3))
    pl.DataFrame({"a": [f"made by {USER}"] * 50}).write_parquet(here / "c.parquet")
    with h5py.File(here / "d.h5", "w") as file:
        file["x"] = str(here)
    (here / "e.json").write_text(json.dumps({"path": str(here)}))
    assert {one.partition(":")[0] for one in told(here, ACCOUNT)} == {"a.zip", "b.csv.gz", "c.parquet", "d.h5", "e.json"}


def test_the_demo(here):
    segue(here, "demo", "demo")
    assert told(here) == []


def test_outputs_recipes_and_manifests_of_batches(here):
    cells(here)
    everything = ("--with-recipe", "--save-recipe")
    segue(here, "convert", here / "a_mask.tif", here / "b_mask.tif", "roi/", "--to", "imagej-roi", *everything, "convert.json")
    outputs = [
        value for name in ("{nickname}.csv", "{nickname}.fcs", "{nickname}.h5ad", "{nickname}.parquet", "{nickname}.segue") for value in ("-o", f"out/{name}")
    ]
    segue(here, "measure", here / "a.tif", here / "b.tif", "--labels", here / "{nickname}_mask.tif", *outputs, *everything, "measure.json")
    segue(here, "segment", here / "a_mask.tif", "-o", "particles.tif", "-o", "particles.segue", "--threshold", "1:", *everything, "segment.json")
    segue(here, "export", here / "a.tif", here / "b.tif", "--output", "pixels/{nickname}.h5", "--save-recipe", "export.json")
    assert len(list(here.rglob("*.json"))) > 10
    assert told(here) == []


def test_annotations_do_not_say_whose_they_are(here):
    owner = {"creatorId": ACCOUNT, "access": {"users": [{"id": ACCOUNT, "level": 2}]}, "userId": ACCOUNT}
    square = [{"x": 1, "y": 1}, {"x": 9, "y": 1}, {"x": 9, "y": 9}]
    one = {"_id": "a" * 24, "shape": "polygon", "channel": 0, "location": {"XY": 0, "Z": 0, "Time": 0}, "tags": ["cell"], "coordinates": square, **owner}
    area = {"_id": "b" * 24, "name": "Area", "image": "properties/blob_metrics:latest", "tags": {"tags": [], "exclusive": False}, "shape": "polygon", **owner}
    document = {"annotations": [one], "annotationConnections": [], "annotationProperties": [area], "annotationPropertyValues": {"a" * 24: {"b" * 24: 7}}}
    source = here.parent / "upenn.json"
    source.write_text(json.dumps(document | owner))
    for target in ("again.json", "study.segue", "qupath.geojson", "table.csv", "events.fcs"):
        segue(here, "convert", source, target, *(["--to", "nimbus-json"] if target == "again.json" else []))
    assert told(here, ACCOUNT) == []

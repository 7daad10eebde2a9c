"""P4: a RoiSet.zip of 60,000 polygons of 40 vertices: the bytes from the arrays and back, and whole studies with ids and labels."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import numpy as np
from harness import LIMIT, OURS, Contender, measure

COUNT, CORNERS = 60_000, 40
WRITE, PACK, READ = "write, stored", "write, deflated", "read"
PLACE = Path(tempfile.gettempdir()) / f"segue-bench-{os.getuid()}"


def polygons():
    """Coordinates (60,000, 40, 2) of outlines, and names."""
    rng = np.random.default_rng(5)
    turn = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    centre, radius = rng.integers(40, 8000, (COUNT, 1, 2)), rng.uniform(8, 20, (COUNT, 1, 1))
    return (centre + np.stack([np.cos(turn), np.sin(turn)], -1)[None] * radius).round(), [f"cell{number:06d}" for number in range(COUNT)]


def target(name):
    PLACE.mkdir(exist_ok=True)
    return PLACE / name


def fresh(path):
    path.unlink(missing_ok=True)
    return path


def written(path):
    return lambda _: {"MB": round(path.stat().st_size / 1e6, 1)}


def rois():
    from segue.codecs.roi_record import TRACED, blank

    corners, names = polygons()
    each = np.arange(COUNT + 1)
    return blank(COUNT, type=np.full(COUNT, TRACED), names=names, coords=corners.reshape(-1, 2), ring_start=each * CORNERS, roi_start=each)


def save(path, level):
    from segue.codecs.roi_arrange import arranged
    from segue.codecs.roi_write import encode
    from segue.codecs.zip_write import ZipWriter

    arrays = rois()

    def work():
        entries = [f"{name}.roi" for name in arrays.names]
        with fresh(path).open("wb") as file:
            archive = ZipWriter(file, level=level)
            archive.add(entries, *encode(arranged(arrays)))
            archive.finish()

    return work


def load(path):
    from segue.codecs.roi_read import decode
    from segue.codecs.zip_read import read_zip

    save(path, 1)()

    def work():
        entries = read_zip(path.read_bytes())
        return decode(entries.buffer, entries.start, entries.names)

    assert np.array_equal(work().coords, polygons()[0].reshape(-1, 2))
    return work


def study():
    import polars as pl

    from segue.model.objects import Objects
    from segue.model.rings import Rings
    from segue.model.shapes import Shapes
    from segue.model.study import ImageSet, Study

    corners, names = polygons()
    rows = pl.int_range(COUNT, dtype=pl.Int32, eager=True)
    objects = Objects(pl.DataFrame({"id": rows + 1, "label": rows + 1, "layer": ["labels"] * COUNT, "name": names}).cast({"id": pl.Utf8}))
    shapes = Shapes(pl.DataFrame({"object": rows, "kind": ["traced"] * COUNT}), Rings.simple(corners.reshape(-1, 2), np.arange(COUNT + 1) * CORNERS))
    return Study((ImageSet("", objects=objects, shapes=shapes),))


def save_study(path, level):
    from segue.formats.imagej_roi.spec import FORMAT
    from segue.storage.sink import FileSink

    whole, options = study(), FORMAT.options("write", {"compression": level})

    def work():
        with FileSink(path, overwrite=True) as sink:
            FORMAT.write(FORMAT.fitted(whole, options), sink, options)
            sink.keep()

    return work


def load_study(path):
    from segue.formats.imagej_roi.spec import FORMAT
    from segue.model.diff import diff
    from segue.storage.source import Source

    save_study(path, 1)()
    assert not diff(FORMAT.read(Source(path))[0], study())
    return lambda: FORMAT.read(Source(path))[0]


def roifile_save(path):
    import roifile

    corners, names = polygons()

    def work():
        made = [roifile.ImagejRoi.frompoints(one, name=name) for one, name in zip(corners.astype(np.int32), names, strict=True)]
        roifile.roiwrite(fresh(path), made, name=[f"{name}.roi" for name in names], mode="w")

    return work


def roifile_load(path):
    import roifile

    save(path, 1)()
    return lambda: [roi.coordinates() for roi in roifile.roiread(path)]


def read_roi_load(path):
    from read_roi import read_roi_zip

    save(path, 1)()
    return lambda: read_roi_zip(str(path))


def raw_save(path):
    content = np.fromfile(_stored(path), np.uint8)
    return lambda: content.tofile(path)


def raw_load(path):
    _stored(path)
    return lambda: path.read_bytes()


def _stored(path):
    save(path, 0)()
    return path


def contenders():
    """All ways to do it. roifile cannot deflate, so its stored file is the peer in both cases of writing."""
    paths = {name: target(f"{name}.zip") for name in ("ours0", "ours1", "study0", "study1", "their0", "their1", "raw", "read")}
    yield Contender("write the same bytes", lambda: raw_save(paths["raw"]), LIMIT, WRITE, calls=5)
    yield Contender("segue, arrays", lambda: save(paths["ours0"], 0), OURS, WRITE, calls=3, facts=written(paths["ours0"]))
    yield Contender("segue, study with ids and labels", lambda: save_study(paths["study0"], 0), OURS, WRITE, calls=3, facts=written(paths["study0"]))
    yield Contender("roifile.roiwrite", lambda: roifile_save(paths["their0"]), case=WRITE, rounds=3, needs=("roifile",), facts=written(paths["their0"]))
    yield Contender("segue, arrays", lambda: save(paths["ours1"], 1), OURS, PACK, calls=3, facts=written(paths["ours1"]))
    yield Contender("segue, study with ids and labels", lambda: save_study(paths["study1"], 1), OURS, PACK, calls=3, facts=written(paths["study1"]))
    yield Contender("roifile.roiwrite", lambda: roifile_save(paths["their1"]), case=PACK, rounds=3, needs=("roifile",), facts=written(paths["their1"]))
    yield Contender("read the bytes", lambda: raw_load(paths["raw"]), LIMIT, READ, calls=5)
    yield Contender("segue, arrays", lambda: load(paths["read"]), OURS, READ, calls=3)
    yield Contender("segue, study with ids and labels", lambda: load_study(target("read_study.zip")), OURS, READ, calls=3)
    yield Contender("roifile.roiread", lambda: roifile_load(paths["read"]), case=READ, rounds=3, needs=("roifile",))
    yield Contender("read_roi_zip", lambda: read_roi_load(paths["read"]), case=READ, rounds=3, needs=("read_roi",))


if __name__ == "__main__":
    measure("P4 RoiSet.zip, 60,000 polygons of 40 vertices", list(contenders()), rounds=3)

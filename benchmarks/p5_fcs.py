"""P5: FCS of 1,000,000 events x 40 channels in single precision: the bytes from an array and back, and whole studies with labels and positions."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import numpy as np
from harness import LIMIT, OURS, Contender, measure

EVENTS, CHANNELS = 1_000_000, 40
WRITE, READ = "write", "read"
PLACE = Path(tempfile.gettempdir()) / f"segue-bench-{os.getuid()}"
NAMES = [f"Ch{number:02d}" for number in range(CHANNELS)]


def array():
    """(1000000, 40) float32, as intensities are spread."""
    return np.random.default_rng(3).gamma(2, 100, (EVENTS, CHANNELS)).astype(np.float32)


def target(name):
    PLACE.mkdir(exist_ok=True)
    return PLACE / name


def written(path):
    return lambda _: {"MB": round(path.stat().st_size / 1e6, 1)}


def raw_save(path):
    events = array()
    return lambda: events.tofile(path)


def raw_load(path):
    array().tofile(path)
    return lambda: np.fromfile(path, np.float32)


def save(path, *, columns=False):
    from segue.codecs.fcs_write import Named, write_fcs

    events = array()
    events = [np.ascontiguousarray(column) for column in events.T] if columns else events
    channels = [Named(name) for name in NAMES]

    def work():
        with path.open("wb", buffering=0) as file:
            write_fcs(file, channels, events)

    return work


def load(path, how):
    from segue.codecs.fcs_read import data_sets
    from segue.storage.source import Source

    save(path)()
    source = Source(path)
    assert np.array_equal(data_sets(source)[0].array(), array())
    return lambda: getattr(data_sets(source)[0], how)()


def study():
    """Labels, positions and 38 measurements: 41 channels."""
    import polars as pl

    from segue.model.objects import Objects
    from segue.model.rings import Rings
    from segue.model.shapes import Shapes
    from segue.model.study import ImageSet, Study
    from segue.model.tables import Column, Table

    events = array().astype(np.float64)
    rows = pl.int_range(EVENTS, dtype=pl.Int32, eager=True)
    objects = Objects(pl.DataFrame({"id": (rows + 1).cast(pl.Utf8), "label": (rows + 1).cast(pl.UInt64)}).with_columns(layer=pl.lit("labels")))
    shapes = Shapes(pl.DataFrame({"object": rows}).with_columns(kind=pl.lit("point")), Rings.simple(events[:, :2].copy(), np.arange(EVENTS + 1)))
    columns = tuple(Column(name) for name in NAMES[2:])
    values = pl.DataFrame({"row": rows, **{name: np.ascontiguousarray(events[:, nth]) for nth, name in enumerate(NAMES) if nth > 1}})
    return Study((ImageSet("", objects=objects, shapes=shapes, tables={"measurements": Table("objects", values, columns)}),))


def save_study(path):
    from segue.formats.fcs.spec import FORMAT
    from segue.storage.sink import FileSink

    whole, options = study(), FORMAT.options("write")

    def work():
        with FileSink(path, overwrite=True) as sink:
            FORMAT.write(FORMAT.fitted(whole, options), sink, options)
            sink.keep()

    return work


def load_study(path):
    from segue.formats.fcs.spec import FORMAT
    from segue.model.diff import diff
    from segue.storage.source import Source

    save_study(path)()
    assert not diff(FORMAT.read(Source(path))[0], study())
    return lambda: FORMAT.read(Source(path))[0]


def flowio_save(path):
    import flowio

    events = array()

    def work():
        with path.open("wb") as file:
            flowio.create_fcs(file, events.ravel(), NAMES)

    return work


def fcswrite_save(path):
    import fcswrite

    events = array()
    return lambda: fcswrite.write_fcs(path, NAMES, events, compat_chn_names=False, compat_copy=False, compat_negative=False)


def flowkit_save(path):
    import flowkit

    sample = flowkit.Sample(array(), channel_labels=NAMES, sample_id="x")
    return lambda: sample.export(path.name, source="raw", directory=str(path.parent))


def flowio_load(path):
    import flowio

    save(path)()
    return lambda: flowio.FlowData(str(path)).as_array(preprocess=False)


def fcsparser_load(path):
    import fcsparser

    save(path)()
    return lambda: fcsparser.parse(str(path))


def flowkit_load(path):
    import flowkit

    save(path)()
    return lambda: flowkit.Sample(str(path), sample_id="x")


def contenders():
    """All ways to do it. The view of a file reads nothing until it is looked at, so it is no answer to how fast reading is."""
    paths = {name: target(f"{name}.fcs") for name in ("ours", "columns", "study", "flowio", "fcswrite", "flowkit", "raw", "read", "read_study")}
    yield Contender("write the same bytes", lambda: raw_save(paths["raw"]), LIMIT, WRITE, calls=5)
    yield Contender("segue, array", lambda: save(paths["ours"]), OURS, WRITE, calls=5, facts=written(paths["ours"]))
    yield Contender("segue, columns", lambda: save(paths["columns"], columns=True), OURS, WRITE, calls=5)
    yield Contender("segue, study with labels and positions, on the disk", lambda: save_study(paths["study"]), OURS, WRITE, calls=2)
    yield Contender("flowio.create_fcs", lambda: flowio_save(paths["flowio"]), case=WRITE, rounds=2, needs=("flowio",), facts=written(paths["flowio"]))
    yield Contender("fcswrite", lambda: fcswrite_save(paths["fcswrite"]), case=WRITE, rounds=2, needs=("fcswrite",))
    yield Contender("flowkit.Sample.export", lambda: flowkit_save(paths["flowkit"]), case=WRITE, rounds=2, needs=("flowkit",))
    yield Contender("read the same bytes", lambda: raw_load(paths["raw"]), LIMIT, READ, calls=5)
    yield Contender("segue, array", lambda: load(paths["read"], "array"), OURS, READ, calls=5)
    yield Contender("segue, columns", lambda: load(paths["read"], "columns"), OURS, READ, calls=5)
    yield Contender("segue, view of the file", lambda: load(paths["read"], "view"), OURS, READ, calls=5)
    yield Contender("segue, study with labels and positions", lambda: load_study(paths["read_study"]), OURS, READ, calls=2)
    yield Contender("flowio.FlowData.as_array", lambda: flowio_load(paths["read"]), case=READ, rounds=2, needs=("flowio",))
    yield Contender("fcsparser.parse", lambda: fcsparser_load(paths["read"]), case=READ, rounds=2, needs=("fcsparser",))
    yield Contender("flowkit.Sample", lambda: flowkit_load(paths["read"]), case=READ, rounds=2, needs=("flowkit",))


if __name__ == "__main__":
    measure("P5 FCS 3.1, 1,000,000 events of 40 channels", list(contenders()), rounds=3)

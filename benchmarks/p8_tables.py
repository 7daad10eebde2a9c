"""P8: tables of 1,000,000 objects x 60 columns as CSV and Parquet: what polars does with columns, segue does with studies."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import numpy as np
from harness import LIMIT, OURS, Contender, measure

ROWS, MEASURED = 1_000_000, 56
WRITE_CSV, READ_CSV, WRITE_PARQUET, READ_PARQUET = "write CSV", "read CSV", "write Parquet", "read Parquet"
SOME = [f"channel {nth}: mean" for nth in range(5)]
"""Enough to be decoded as the whole table is."""
PLACE = Path(tempfile.gettempdir()) / f"segue-bench-{os.getuid()}"


def frame():
    """id, label, x, y and 56 measurements."""
    import polars as pl

    rng = np.random.default_rng(8)
    label = np.arange(1, ROWS + 1)
    columns = {"id": pl.Series(label).cast(pl.Utf8), "label": label, "x": rng.uniform(0, 8000, ROWS), "y": rng.uniform(0, 8000, ROWS)}
    return pl.DataFrame(columns | {f"channel {nth}: mean": rng.uniform(0, 1000, ROWS).round(3) for nth in range(MEASURED)})


def target(name):
    PLACE.mkdir(exist_ok=True)
    return PLACE / name


def stored(suffix):
    """The table as polars writes it, made once per process."""
    path = target(f"read{suffix}")
    made = frame()
    if suffix == ".csv":
        made.write_csv(path)
    else:
        made.write_parquet(path, compression="zstd", compression_level=3)
    return path


def study():
    """The same as a study."""
    import polars as pl

    from segue.model.objects import Objects
    from segue.model.rings import Rings
    from segue.model.shapes import Shapes
    from segue.model.study import ImageSet, Study
    from segue.model.tables import Column, Table

    made = frame()
    rows = pl.int_range(ROWS, dtype=pl.Int32, eager=True).alias("row")
    objects = Objects(made.select("id", pl.col("label").cast(pl.UInt64), layer=pl.lit("labels")))
    shapes = Shapes(pl.DataFrame({"object": rows}).with_columns(kind=pl.lit("point")), Rings.simple(made.select("x", "y").to_numpy(), np.arange(ROWS + 1)))
    values = made.drop("id", "label", "x", "y")
    columns = tuple(Column(name) for name in values.columns)
    table = Table("objects", values.insert_column(0, rows), columns)
    return Study((ImageSet("", objects=objects, shapes=shapes, tables={"measurements": table}),))


def save_study(suffix):
    import segue

    given, path = study(), target(f"ours{suffix}")
    return lambda: segue.write(given, path, overwrite=True)


def load_study(suffix):
    import segue

    path = stored(suffix)

    def work():
        return segue.read(path)

    found = work().image_sets[0]
    assert (len(found.objects), len(found.shapes), len(found.tables["measurements"].columns)) == (ROWS, ROWS, MEASURED)
    return work


def save_columns(suffix):
    """Only the bytes, without a study: the codec."""
    from segue.codecs import parquet
    from segue.codecs.delimited_write import write_delimited

    made, path = frame(), target(f"codec{suffix}")

    def work():
        with path.open("wb") as file:
            write_delimited(file, made) if suffix == ".csv" else parquet.encode_into(file, made)

    return work


def load_columns(suffix):
    from segue.codecs.delimited import numbers, read_delimited
    from segue.codecs.parquet_foreign import table
    from segue.storage.source import Source

    path = stored(suffix)
    if suffix == ".csv":
        return lambda: [numbers(column) for column in read_delimited(Source(path), floats=True).columns]
    table(Source(path), SOME)  # starts the guard process, once per program
    return lambda: table(Source(path))


def polars_save(suffix):
    made, path = frame(), target(f"polars{suffix}")
    return (lambda: made.write_csv(path)) if suffix == ".csv" else lambda: made.write_parquet(path, compression="zstd", compression_level=3)


def polars_load(suffix):
    import polars as pl

    path = stored(suffix)
    if suffix == ".csv":
        return lambda: pl.read_csv(path)
    pl.read_parquet(path, columns=SOME)
    return lambda: pl.read_parquet(path)


def pandas_load():
    import pandas

    path = stored(".csv")
    return lambda: pandas.read_csv(path)


def raw_save(suffix):
    content = stored(suffix).read_bytes()
    return lambda: target(f"raw{suffix}").write_bytes(content)


def raw_load(suffix):
    path = stored(suffix)
    return lambda: path.read_bytes()


def size(name):
    return lambda _: {"MB": round(target(name).stat().st_size / 1e6)}


def contenders():
    """All ways to do it."""
    for suffix, write, read in ((".csv", WRITE_CSV, READ_CSV), (".parquet", WRITE_PARQUET, READ_PARQUET)):
        yield Contender("write the same bytes", lambda suffix=suffix: raw_save(suffix), LIMIT, write)
        yield Contender("segue, columns", lambda suffix=suffix: save_columns(suffix), OURS, write, facts=size(f"codec{suffix}"))
        yield Contender("segue, a study, with its notes", lambda suffix=suffix: save_study(suffix), OURS, write, facts=size(f"ours{suffix}"))
        yield Contender("polars", lambda suffix=suffix: polars_save(suffix), case=write, facts=size(f"polars{suffix}"))
        yield Contender("read the bytes", lambda suffix=suffix: raw_load(suffix), LIMIT, read)
        yield Contender("segue, columns", lambda suffix=suffix: load_columns(suffix), OURS, read)
        yield Contender("segue, into a study", lambda suffix=suffix: load_study(suffix), OURS, read)
        yield Contender("polars", lambda suffix=suffix: polars_load(suffix), case=read)
        if suffix == ".csv":
            yield Contender("pandas", pandas_load, case=read, needs=("pandas",), rounds=1)


if __name__ == "__main__":
    measure("P8 tables, 1,000,000 objects x 60 columns", list(contenders()), rounds=3)

"""Connections as a table, and objects with their tracks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from segue.formats.nimbus_files.positions import positions
from segue.formats.nimbus_files.tables.flat import Flat
from segue.formats.nimbus_files.tables.headings import BETWEEN, CONNECTIONS, LINEAGES, NUMBERS, TRACKS
from segue.formats.nimbus_files.tables.rows import place_of, times
from segue.formats.nimbus_files.write_rows import connection_ids, native_ids
from segue.model.study import ImageSet, Study
from segue.model.tables import Table
from segue.model.tracks import tracks


def connection_rows(study: Study) -> Flat:
    """A row for each connection, its ends by their ids."""
    names, own = native_ids(study.image_sets), connection_ids(study.image_sets)
    xy = positions(study.image_sets)
    frames = []
    for s, ids, mine, at in zip(study.image_sets, names, own, xy, strict=True):
        given = s.connections.frame
        frames.append(
            pl.DataFrame(
                {
                    "Id": mine.alias("Id"),
                    "XY": pl.Series(np.full(len(mine), at + 1, np.int64)),
                    "Parent": ids.gather(given["parent"]),
                    "Child": ids.gather(given["child"]),
                    "Kind": given["kind"].cast(pl.Utf8),
                    "Label": given["label"].fill_null(""),
                    "Tags": given["tags"].list.join(BETWEEN).fill_null(""),
                }
            )
        )
    whole = pl.concat(frames) if frames else pl.DataFrame(schema={name: pl.Int64 if name == "XY" else pl.Utf8 for name in CONNECTIONS})
    return Flat(list(CONNECTIONS), whole.select(CONNECTIONS).get_columns(), len(CONNECTIONS))


def track_rows(study: Study) -> Flat:
    """A row for each object; tracks and lineages are counted over all image sets, or are those that a file of tracks stated."""
    frames = [_stated(s) for s in study.image_sets] if all(_is_stated(s) for s in study.image_sets) else _counted(study.image_sets)
    rest = pl.concat(frames) if frames else pl.DataFrame(schema=dict.fromkeys(TRACKS[2:], pl.Int64))
    whole = pl.concat([place_of(study), rest], how="horizontal")
    return Flat(list(TRACKS), whole.select(TRACKS).get_columns(), len(TRACKS))


def _is_stated(s: ImageSet) -> bool:
    """Whether a file of tracks was read."""
    table = s.tables.get(LINEAGES)
    return table is not None and {one.name for one in table.columns} >= set(NUMBERS) and len(table) == len(s.objects) and not _unnumbered(s, table)


def _unnumbered(s: ImageSet, table: Table) -> bool:
    values = table.frame.select(*NUMBERS)
    whole = all(one.is_float() or one.is_integer() for one in values.dtypes) and bool(
        values.select(pl.all().is_finite().all()).fill_null(value=False).row(0) == (True,) * 3
    )
    return s.objects.frame["track"].null_count() > 0 or not whole or values.null_count().sum_horizontal().item() > 0


def _stated(s: ImageSet) -> pl.DataFrame:
    values = s.tables[LINEAGES].frame.sort("row").select(pl.col(name).cast(pl.Int64) for name in NUMBERS)
    return pl.DataFrame({"Time": times(s), "Track": s.objects.frame["track"]}).hstack(values)


def _counted(image_sets: Sequence[ImageSet]) -> list[pl.DataFrame]:
    frames, first_track, first_lineage = [], 0, 0
    for s in image_sets:
        time = times(s)
        ends = s.connections.frame
        found = tracks(ends["parent"].to_numpy(), ends["child"].to_numpy(), len(s.objects), time.to_numpy())
        parent = np.concatenate([[0], found.parent])[found.track]
        parent = np.where(parent > 0, parent + first_track, 0)
        numbers = {"Track": found.track + first_track, "Lineage": found.lineage + first_lineage, "Generation": found.generation, "Parent": parent}
        frames.append(pl.DataFrame({"Time": time, **numbers}))
        first_track, first_lineage = first_track + len(found), first_lineage + int(found.lineage.max(initial=0))
    return frames

"""A study as a table with a row for each object."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.formats.nimbus_files.positions import positions
from segue.formats.nimbus_files.tables.chosen import chosen
from segue.formats.nimbus_files.tables.flat import Flat
from segue.formats.nimbus_files.tables.headings import BETWEEN, OBJECTS
from segue.formats.nimbus_files.tables.options import WriteOptions
from segue.formats.nimbus_files.tables.places import places
from segue.formats.nimbus_files.tags import joined_tags, tag_texts
from segue.formats.nimbus_files.write_rows import native_ids
from segue.model.study import ImageSet, Study


def object_rows(study: Study, options: WriteOptions) -> Flat:
    """The table of objects: NimbusImage's columns, then properties.

    Raises
    ------
    InvalidOption
        A property is asked for that is not there.
    """
    names, values = chosen(study, options)
    return Flat([*OBJECTS, *names], [*_fixed(study), *values], len(OBJECTS))


def _fixed(study: Study) -> list[pl.Series]:
    texts = tag_texts(study.populations)
    found = [place_of(study), *(_of_set(s, texts) for s in study.image_sets)]
    whole = pl.concat(found[1:]) if len(found) > 1 else pl.DataFrame(schema=dict.fromkeys(("Channel", "Z", "Time", "Tags", "Shape", "Name")))
    frame = pl.concat([found[0], whole], how="horizontal")
    return [frame[name] for name in OBJECTS]


def place_of(study: Study) -> pl.DataFrame:
    """(objects,) ``Id`` and ``XY`` (from 1) over all image sets."""
    ids = native_ids(study.image_sets)
    xy = np.repeat(np.array(positions(study.image_sets), np.int64) + 1, [len(one) for one in ids]) if ids else np.empty(0, np.int64)
    return pl.DataFrame({"Id": pl.concat([one.alias("Id") for one in ids]) if ids else pl.Series([], dtype=pl.Utf8), "XY": xy})


def times(s: ImageSet) -> pl.Series:
    """(objects,) Time points from 1; 1 where none is stated."""
    return s.objects.frame["t"].cast(pl.Int64).fill_null(0).clip(lower_bound=0) + 1


def _of_set(s: ImageSet, texts: dict[str, str]) -> pl.DataFrame:
    where = places(s)
    return pl.DataFrame(
        {
            "Channel": where["c"],
            "Z": where["z"] + 1,
            "Time": times(s),
            "Tags": joined_tags(s.membership, texts, len(s.objects), BETWEEN).fill_null(""),
            "Shape": where["shape"],
            "Name": s.objects.frame["name"].fill_null(""),
        }
    )

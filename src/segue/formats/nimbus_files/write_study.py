"""A fitted study as the text of a NimbusImage export, piece by piece; 20,000 annotations are in memory as text at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl

from segue.codecs import nimbus_write
from segue.codecs.json_columns import quoted
from segue.codecs.json_text import dumps
from segue.formats.description_files import VERSION, column_facts, image_facts, population_facts
from segue.formats.nimbus_files.about import about_image, object_of
from segue.formats.nimbus_files.choice import Choice
from segue.formats.nimbus_files.places import Places, place_columns
from segue.formats.nimbus_files.positions import positions
from segue.formats.nimbus_files.properties import differing, document, made_for, native_ids
from segue.formats.nimbus_files.side import joined
from segue.formats.nimbus_files.tags import tag_lists, tag_texts
from segue.formats.nimbus_files.terms import CONNECTION, LINE, NAME, POINT, POLYGON, STUDY
from segue.formats.nimbus_files.write_parts import joint_lines, joints
from segue.formats.nimbus_files.write_rows import Annotations, annotations_of, connection_ids, texts
from segue.formats.nimbus_files.write_rows import native_ids as annotation_ids
from segue.formats.nimbus_files.write_values import exact_values, values_of
from segue.model.study import ImageSet, Study

ROWS = 20_000
"""Annotations that are turned into text at a time."""
VERTICES = 1_000_000
"""And about how many vertices."""


def pieces(study: Study, choice: Choice) -> Iterator[bytes]:
    """The whole text: the four sections in NimbusImage's order, further members, and the member ``segue``."""
    sets = study.image_sets
    own = annotation_ids(sets)
    xy = positions(sets)
    tags = tag_texts(study.populations)
    taken = list(own)
    yield b'{"annotations":['
    everywhere, joint = [], []
    comma = b""
    for s, ids, at in zip(sets, own, xy, strict=True):
        made = annotations_of(s, ids, taken, choice)
        joint.append(joints(made.frame, ids, choice))
        everywhere.append(made.everywhere)
        for piece in _annotations(s, made, tags, at, choice):
            yield comma + piece
            comma = b","
    yield b'],"annotationConnections":['
    links = connection_ids(sets)
    used = list(links)
    yield b",".join(piece for s, ids, one, own_joints in zip(sets, own, links, joint, strict=True) for piece in _connections(s, ids, one, own_joints, used))
    properties = native_ids(study.properties)
    places = place_columns(sets, properties)
    yield b'],"annotationProperties":' + dumps(_definitions(study, properties, places))
    yield b',"annotationPropertyValues":{'
    comma = b""
    for s, ids in zip(sets, own, strict=True):
        for piece in values_of(s, ids, places):
            yield comma + piece
            comma = b","
    yield b"}"
    yield from _members(study)
    side = _description(study, xy, tags, properties, places, everywhere)
    exact = exact_values(sets, own)
    yield b',"segue":' + dumps(side | ({"values": exact} if exact else {})) + b"}"


def _annotations(s: ImageSet, made: Annotations, tags: dict[str, str], xy: int, choice: Choice) -> Iterator[bytes]:
    lists = tag_lists(s.membership, tags, len(s.objects))
    small = len(made.coords) <= nimbus_write.SMALL
    count = len(made.frame)
    first = 0
    while first < count:
        last = int(np.searchsorted(made.start, made.start[first] + VERTICES, side="right")) - 1
        last = min(max(last, first + 1), first + ROWS, count)
        before, after, mark = texts(s, made, lists, xy, first, last, z=choice.z)
        begin, end = int(made.start[first]), int(made.start[last])
        comma = pl.select(pl.when(pl.int_range(last - first) < last - first - 1).then(pl.lit(",")).otherwise(pl.lit(""))).to_series()
        after = pl.select(pl.concat_str(after, comma)).to_series()
        yield nimbus_write.write(made.coords[begin:end], made.start[first : last + 1] - begin, before, after, mark, small=small)
        first = last


def _connections(s: ImageSet, ids: pl.Series, links: pl.Series, joint: pl.DataFrame, used: list[pl.Series]) -> Iterator[bytes]:
    """The connections of an image set, and those of parts and holes with their object, in pieces."""
    dataset = next(iter(s.aliases["alias"]), None)
    if s.connections.frame.height:
        yield from _in_pieces(_own_connections(s, ids, links, dataset))
    if joint.height:
        yield from _in_pieces(joint_lines(joint, used, dataset))


def _own_connections(s: ImageSet, ids: pl.Series, links: pl.Series, dataset: str | None) -> pl.Series:
    frame = s.connections.frame
    tags = frame["tags"].list.eval(_quoted()).list.join(",").fill_null("")
    kind = frame["kind"].cast(pl.Utf8)
    untagged = pl.select(pl.when(frame["tags"].is_null()).then(pl.lit("true"))).to_series()
    facts = [("id", quoted(frame["id"].set(frame["id"] == links, None))), ("kind", quoted(kind.set(kind == "link", None))), ("untagged", untagged)]
    side = joined(iter(facts), frame.height)
    rows = s.extras.filter((pl.col("format") == NAME) & (pl.col("entity") == CONNECTION))
    payload = rows.select("id", pl.col("payload").str.slice(1, pl.col("payload").str.len_chars() - 2))
    other = frame.select("id").join(payload, on="id", how="left", maintain_order="left")["payload"]
    whole = pl.concat_str(
        pl.concat_str(pl.lit('{"_id":'), quoted(links), pl.lit(',"parentId":'), quoted(ids.gather(frame["parent"])), pl.lit(',"childId":')),
        pl.concat_str(quoted(ids.gather(frame["child"])), pl.lit(',"tags":['), tags, pl.lit("]")),
        pl.concat_str(pl.lit(',"label":'), quoted(frame["label"])),
        pl.lit("" if dataset is None else ',"datasetId":' + quoted(pl.Series([dataset]))[0]),
        pl.concat_str(pl.lit(","), other),
        pl.concat_str(pl.lit(',"segue":'), side),
        pl.lit("}"),
        ignore_nulls=True,
    )
    return pl.select(whole).to_series()


def _in_pieces(lines: pl.Series) -> Iterator[bytes]:
    for first in range(0, len(lines), ROWS):
        yield str(lines[first : first + ROWS].str.join(",").item()).encode()


def _quoted() -> pl.Expr:
    return pl.element().map_batches(quoted, return_dtype=pl.Utf8)


def _definitions(study: Study, ids: dict[str, str], places: Places) -> list[dict[str, Any]]:
    shape = _usual_shape(study.image_sets)
    return [document(one, ids[one.id]) for one in study.properties] + [made_for(name, own, shape) for own, name in places.made.items()]


def _usual_shape(image_sets: Sequence[ImageSet]) -> str | None:
    """The shape that most annotations have, of those that a property can be about."""
    counts = {POINT: 0, LINE: 0, POLYGON: 0}
    for s in image_sets:
        for kind, count in s.shapes.frame["kind"].cast(pl.Utf8).value_counts(name="n").rows():
            counts[{"point": POINT, "line": LINE, "polyline": LINE}.get(kind, POLYGON)] += count
    most = max(counts, key=lambda name: counts[name])
    return most if counts[most] else None


def _members(study: Study) -> Iterator[bytes]:
    """Members of the file that have no meaning here."""
    for text in study.extras.filter((pl.col("format") == NAME) & (pl.col("entity") == STUDY))["payload"]:
        found = object_of(text)
        if found:
            yield b"," + dumps(found)[1:-1]


def _description(study: Study, xy: list[int], tags: dict[str, str], ids: dict[str, str], places: Places, everywhere: list[str]) -> dict[str, Any]:
    """Everything that NimbusImage has no place for."""
    images = [_image(s, at, axes, places) for s, at, axes in zip(study.image_sets, xy, everywhere, strict=True)]
    found: dict[str, Any] = {"version": VERSION, "image_sets": images}
    if study.populations:
        found["populations"] = [{"tag": tags[one.id], **population_facts(one)} for one in study.populations]
    stated = differing(study.properties, ids)
    return found | ({"properties": stated} if stated else {}) | ({"made": list(places.made)} if places.made else {})


def _image(s: ImageSet, xy: int, everywhere: str, places: Places) -> dict[str, Any]:
    tables = [
        {"name": name, "columns": [{**column_facts(column, column.name), "at": list(places.of[name, column])} for column in table.columns]}
        for name, table in s.tables.items()
    ]
    made_on = dict(s.membership.frame.filter(pl.col("labels").is_not_null()).unique("population", maintain_order=True).select("population", "labels").rows())
    found: dict[str, Any] = {"xy": xy, **image_facts(s)}
    more = {"everywhere": everywhere, "made_on": made_on, "about": about_image(s), "tables": tables}
    return found | {key: value for key, value in more.items() if value}

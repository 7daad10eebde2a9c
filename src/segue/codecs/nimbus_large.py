"""NimbusImage documents of a large file, by kernels: arrays of places and numbers, never one Python object per annotation.

Memory: what is found, and about 300 MB; the file itself is mapped and given back part by part. Plain twin: ``segue.codecs.nimbus_plain``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any

import numpy as np
import polars as pl

from segue.codecs import json_member_kernel as members
from segue.codecs import json_scan_kernel, nimbus_plain
from segue.codecs import nimbus_scan_kernel as scan
from segue.codecs.json_columns import unquoted
from segue.codecs.json_spans import entries, interned, texts
from segue.codecs.json_text import DEEPEST, loads, malformed
from segue.codecs.mapped_text import Mapped
from segue.codecs.nimbus_ahead import ValuesAt, values_ahead
from segue.codecs.nimbus_documents import ACCOUNT, ANNOTATIONS, CONNECTION_MEMBERS, CONNECTIONS, SECTIONS, Documents, Floats, Ints, Leaf, Path
from segue.codecs.nimbus_large_annotations import Annotations, read_annotations
from segue.codecs.nimbus_large_columns import ROWS, Bytes, Escaped, fault, given, others
from segue.errors import Malformed

_KNOWN_OF_CONNECTIONS = {*CONNECTION_MEMBERS, "_id", "id", *ACCOUNT}


@dataclass
class _Found:
    annotations: Annotations = field(default_factory=Annotations)
    connections: list[pl.DataFrame] = field(default_factory=list)
    properties: list[dict[str, Any]] = field(default_factory=list)
    keys: pl.Series = field(default_factory=lambda: pl.Series([], dtype=pl.Utf8))
    leaves: dict[Path, Leaf] = field(default_factory=dict)
    members: dict[str, Any] = field(default_factory=dict)
    sections: set[str] = field(default_factory=set)


def read(text: Mapped, path: File | str = "") -> Documents | None:
    """All documents of a text; None if names are escaped, which only the twin understands.

    Raises
    ------
    Malformed, TooLarge
    """
    b = text.b
    if b.size == 0 or b[-1] not in b"]}":
        malformed(path, int(b.size), "the rest of it (it is cut off)" if b.size else "JSON, not an empty file", None)
    text.check(path)
    found = _Found()
    try:
        with values_ahead(text, path) as values_at:
            end = _annotations(text, 0, found, path) if b[0] == ord("[") else _sections(text, found, values_at, path)
    except Escaped:
        return None
    if end != b.size:
        malformed(path, end, "nothing after the last bracket", None)
    return Documents(
        annotations=pl.concat(found.annotations.frames).rechunk() if found.annotations.frames else pl.DataFrame(schema=ANNOTATIONS),
        coords=_concatenated(found.annotations.coords),
        start=_offsets(found.annotations.counts),
        connections=pl.concat(found.connections).rechunk() if found.connections else pl.DataFrame(schema=CONNECTIONS),
        properties=found.properties,
        keys=found.keys,
        leaves=found.leaves,
        members=found.members,
        sections=frozenset(found.sections),
    )


def _concatenated(pieces: list[Floats]) -> Floats:
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces) if pieces else np.empty((0, 2))


def _offsets(counts: list[Ints]) -> Ints:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(np.concatenate(counts))]) if counts else np.zeros(1, np.int64)


def _sections(text: Mapped, found: _Found, values_at: ValuesAt, path: File | str) -> int:
    """Read the members of the outermost object; behind it."""
    b = text.b
    state = np.zeros(8, np.int64)
    if b[0] != ord("{"):
        malformed(path, 0, "an object with annotations", None)
    at = int(json_scan_kernel.skip_space(b, 1))
    if at < b.size and b[at] == ord("}"):
        return at + 1
    while True:
        end = int(json_scan_kernel.name_end(b, at, state))
        begin = int(json_scan_kernel.value_start(b, end, state)) if end >= 0 else -1
        if begin < 0:
            fault(state, path)
        name = loads(b[at:end].tobytes(), path)
        at = _section(text, name, begin, found, values_at, path)
        at = int(members.next_or_end(b, at, ord("}"), state))
        if at < 0:
            fault(state, path)
        if b[at] == ord("}"):
            return at + 1


def _section(text: Mapped, name: str, begin: int, found: _Found, values_at: ValuesAt, path: File | str) -> int:
    """Read one member; behind its value."""
    b = text.b
    section = SECTIONS.get(name)
    if section in ("annotations", "connections") and b[begin] == ord("["):
        found.sections.add(section)
        return (_annotations if section == "annotations" else _connections)(text, begin, found, path)
    if section == "values" and b[begin] == ord("{"):
        found.sections.add(section)
        values, end = values_at(begin)
        if end < 0:
            raise Escaped
        found.keys, found.leaves = values.finished()
        return end
    state, stack = np.zeros(8, np.int64), np.zeros(DEEPEST, np.uint8)
    end = int(json_scan_kernel.value_end(b, begin, 0, stack, state))
    if end < 0:
        fault(state, path)
    _small(name, section, loads(b[begin:end].tobytes(), path), found, path)
    return end


def _small(name: str, section: str | None, value: Any, found: _Found, path: File | str) -> None:
    """A member that is not read by kernels."""
    if section is None:
        if name not in ACCOUNT:
            found.members[name] = value
        return
    if value is None:
        return
    found.sections.add(section)
    if section == "values":
        found.keys, found.leaves = nimbus_plain.values_of(value, path)
    elif section == "properties":
        found.properties = nimbus_plain.documents_in(value, section, path)
    else:
        nimbus_plain.documents_in(value, section, path)
        raise Malformed(f"{path} is damaged in its {section}", path=path, position=section, expected="a list of objects")


def _annotations(text: Mapped, begin: int, found: _Found, path: File | str) -> int:
    found.annotations = read_annotations(text, begin, path)
    return found.annotations.end


def _connections(text: Mapped, begin: int, found: _Found, path: File | str) -> int:
    """Read the list of connections at ``begin``; behind it."""
    b = text.b
    found.connections = []
    spans = np.empty((ROWS, 2), np.int64)
    state, stack = np.zeros(8, np.int64), np.zeros(DEEPEST, np.uint8)
    at = int(json_scan_kernel.skip_space(b, begin + 1))
    while not state[scan.DONE]:
        first = at
        at = int(scan.objects(b, at, spans, stack, state))
        if at < 0:
            fault(state, path)
        found.connections.append(_links(b, spans[: state[scan.ROWS]]))
        text.forget(first, at)
    return at


def _links(b: Bytes, spans: Ints) -> pl.DataFrame:
    """The table of some connections."""
    found = entries(b, spans, 0, len(spans))
    codes, names = interned(b, np.ascontiguousarray(found[:, 1]), np.ascontiguousarray(found[:, 2]))
    columns: dict[str, pl.Series] = {}
    account, other = np.zeros(len(spans), np.bool_), np.zeros(len(spans), np.bool_)
    for code, name in enumerate(unquoted(names)):
        mine = found[codes == code]
        if name in ACCOUNT:
            account[mine[:, 0]] = True
        elif name not in _KNOWN_OF_CONNECTIONS:
            other[mine[:, 0]] = True
        else:
            where = np.full((len(spans), 2), -1, np.int64)
            where[mine[:, 0]] = mine[:, 3:5]
            columns[str(name)] = given(texts(b, where))
    none = pl.Series([None], dtype=pl.Utf8).new_from_index(0, len(spans))
    frame = {column: columns.get(name, none) for name, column in CONNECTION_MEMBERS.items()}
    ids = pl.select(pl.coalesce(columns.get("_id", none), columns.get("id", none)).alias("id"))["id"]
    whole = {**frame, "id": ids, "other": others(b, spans, other, _KNOWN_OF_CONNECTIONS), "account": account}
    return pl.DataFrame({name: whole[name] for name in CONNECTIONS}, schema=CONNECTIONS)

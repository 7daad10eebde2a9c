"""From a study to the tables of an export. Used when fitting and when writing, so both agree."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.codecs.json_text import loads
from segue.errors import Malformed
from segue.formats.cellprofiler import relations
from segue.formats.cellprofiler.encode_images import image_numbers, images_table
from segue.formats.cellprofiler.encode_values import Column, columns_of
from segue.formats.cellprofiler.gathered import Gathered, centres, gathered
from segue.formats.cellprofiler.sheets import Sheets, Texts, unique
from segue.formats.cellprofiler.spec import FORMAT
from segue.formats.cellprofiler.terms import CENTRE, CLASS, FACTS, HALF, IMAGE_NUMBER, OBJECT_NUMBER, PARENT, TRACK
from segue.model.study import Study


def encode(study: Study, undefined: str | None) -> Sheets:
    """The tables; ``undefined`` is what stands for NaN (None = empty)."""
    things = gathered(study)
    numbers = image_numbers(study)
    facts = things.facts.with_columns(number=pl.Series(numbers, dtype=pl.Int64).gather(things.facts["image"]))
    named = not facts["id"].equals(facts["default"])
    shared = _centres(study, things) | _classes(study, things)
    values = columns_of(study, things.first, undefined)
    names = sorted(set(facts["sheet"]))
    frames = {name: _frame(facts.filter(pl.col("sheet") == pl.lit(name)), shared, values, named=named) for name in names}
    related = _relations(study, things, facts)
    if related is None and any(column.startswith(PARENT) for frame in frames.values() for column in frame.columns):
        related = relations.none()
    return Sheets(images_table(study, numbers, _counts(facts, names, len(numbers)), undefined), frames, related, _experiment(study))


def _counts(facts: pl.DataFrame, names: list[str], images: int) -> dict[str, list[int]]:
    """Per table how many objects it has of each image set."""
    image, sheet = facts["image"].to_numpy(), facts["sheet"]
    return {name: np.bincount(image[(sheet == name).to_numpy()], minlength=images).tolist() for name in names}


def _frame(facts: pl.DataFrame, shared: dict[str, pl.Series], values: list[Column], *, named: bool) -> Texts:
    """The table of one type of objects in all image sets."""
    rows = facts["thing"].to_numpy()
    columns = {IMAGE_NUMBER: facts["number"].cast(pl.Utf8), OBJECT_NUMBER: facts["object"].cast(pl.Utf8)}
    columns |= _facts(facts, named=named)
    there = {name: texts.gather(rows) for name, texts in shared.items()}
    columns |= {name: texts for name, texts in there.items() if texts.null_count() < len(texts) and not name.startswith(CLASS)}
    classes = {name: texts for name, texts in there.items() if name.startswith(CLASS)}
    mine = [(one.name, one.texts(rows)) for one in values if one.covers(rows)]
    columns |= dict(zip(unique([name for name, _ in mine], [*columns, *classes]), (texts for _, texts in mine), strict=True))
    return pl.DataFrame([texts.alias(name) for name, texts in (columns | classes).items()])


def _facts(facts: pl.DataFrame, *, named: bool) -> dict[str, pl.Series]:
    """The columns that say what CellProfiler's own do not."""
    found: dict[str, pl.Series] = {FACTS["id"]: facts["id"]} if named else {}
    if facts["layer"].ne_missing(facts["sheet"]).any():
        found[FACTS["layer"]] = facts["layer"]
    if facts["label"].ne_missing(facts["object"]).any():
        found[FACTS["label"]] = facts["label"].cast(pl.Utf8)
    found |= {FACTS[fact]: facts[fact].cast(pl.Utf8) for fact in ("t", "name") if facts[fact].null_count() < len(facts)}
    return found | ({TRACK: facts["track"].cast(pl.Utf8)} if facts["track"].null_count() < len(facts) else {})


def _centres(study: Study, things: Gathered) -> dict[str, pl.Series]:
    """Centres of all objects, from the centre of the first pixel."""
    found = centres(study, things.first)
    return {name: pl.Series(found[:, axis] - HALF).fill_nan(None).cast(pl.Utf8) for axis, name in enumerate(CENTRE)}


def _classes(study: Study, things: Gathered) -> dict[str, pl.Series]:
    """One column of 0 and 1 for every population."""
    names = unique(": ".join(one.name) or "unnamed" for one in study.populations)
    frames = [
        s.membership.frame.select("population", thing=pl.col("object").cast(pl.Int64) + int(start))
        for s, start in zip(study.image_sets, things.first, strict=False)
        if len(s.membership)
    ]
    members = pl.concat(frames) if frames else pl.DataFrame(schema={"population": pl.Utf8, "thing": pl.Int64})
    found: dict[str, pl.Series] = {}
    for one, name in zip(study.populations, names, strict=True):
        marks = np.zeros(int(things.first[-1]), np.int64)
        marks[members.filter(pl.col("population") == pl.lit(one.id))["thing"].to_numpy()] = 1
        found[CLASS + name] = pl.Series(marks).cast(pl.Utf8)
    return found


def _relations(study: Study, things: Gathered, facts: pl.DataFrame) -> Texts | None:
    frames = [
        s.connections.frame.with_columns(pl.col("parent", "child").cast(pl.Int64) + int(start))
        for s, start in zip(study.image_sets, things.first, strict=False)
        if len(s.connections)
    ]
    if not frames:
        return None
    order = facts["thing"].arg_sort()
    sheet, number, thing = (facts[name].gather(order) for name in ("sheet", "number", "object"))
    return relations.written(pl.concat(frames), sheet, number, thing)


def _experiment(study: Study) -> dict[str, str]:
    """What CellProfiler said about the run, where the study has it from there."""
    for s in study.image_sets:
        own = s.extras.filter((pl.col("format") == pl.lit(FORMAT.name)) & (pl.col("entity") == pl.lit("study")))
        for payload in own["payload"]:
            try:
                value = loads((payload or "null").encode())
            except Malformed:
                continue
            if isinstance(value, dict):
                return {key: text for key, text in value.items() if key and isinstance(text, str)}
    return {}

"""Which properties are written, under which names, in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from segue.errors import InvalidOption
from segue.formats.nimbus_files.places import column_name, column_names
from segue.formats.nimbus_files.tables.headings import COMPUTED
from segue.formats.nimbus_files.tables.options import WriteOptions
from segue.formats.nimbus_files.tables.texts import as_dict, python_repr, python_texts, sanitised
from segue.formats.nimbus_files.terms import JOIN
from segue.model.study import ImageSet, Study
from segue.model.tables import Column

Key = tuple[str, str | None, int]


@dataclass
class Chosen:
    """A column of the file, over all image sets."""

    title: str
    path: tuple[str, ...]
    parts: dict[int, pl.Series] = field(default_factory=dict)
    """Number of the image set -> value per object."""

    def values(self, counts: Sequence[int]) -> pl.Series:
        """One value per object of all image sets; texts where the image sets do not agree about the type."""
        dtypes = {one.dtype for one in self.parts.values()}
        dtype = dtypes.pop() if len(dtypes) == 1 else None
        parts = {nth: one if dtype is not None else python_texts(one) for nth, one in self.parts.items()}
        empty = pl.Series([None], dtype=dtype if dtype is not None else pl.Utf8)
        found = [parts[nth] if nth in parts else empty.new_from_index(0, count) for nth, count in enumerate(counts)]
        return pl.concat([one.alias("value") for one in found]) if found else empty.clear()


def chosen(study: Study, options: WriteOptions) -> tuple[list[str], list[pl.Series]]:
    """Names and values of the properties that are written.

    Raises
    ------
    InvalidOption
        A property is asked for that is not there.
    """
    every = _every(study, options)
    picked = _picked(every, options)
    counts = [len(s.objects) for s in study.image_sets]
    titles = [one.title for one in picked]
    if options.sanitize:
        titles = sanitised(titles)
    elif options.dialect == "rfc4180":
        titles = column_names(titles)
    return titles, [one.values(counts) for one in picked]


def present(study: Study, options: WriteOptions) -> WriteOptions:
    """The options with only those of the listed properties that the study has: one of several studies that are asked the same."""
    if options.listed is None:
        return options
    every = _every(study, options)
    return options.model_copy(update={"properties": tuple(one for one in options.listed if _matching(every, one, options))})


def _every(study: Study, options: WriteOptions) -> list[Chosen]:
    names = {one.id: one.name for one in study.properties}
    found: dict[Key, Chosen] = {}
    for number, s in enumerate(study.image_sets):
        nth: Counter[tuple[str, str | None]] = Counter()
        for table in s.tables.values():
            if table.about != "objects":
                continue
            for column in table.columns:
                title = _title(column, names, options)
                if title is None:
                    continue
                own = column.property if column.property in names else None
                key = (title, own, nth[title, own])
                nth[title, own] += 1
                one = found.setdefault(key, Chosen(title, (names.get(own or "", title), *column.path)))
                one.parts[number] = _of_objects(s, table.frame["row"], table.frame[column.name], as_repr=column.type == "json" and options.dialect == "nimbus")
    return list(found.values())


def _title(column: Column, names: dict[str, str], options: WriteOptions) -> str | None:
    """What the column is called; None = NimbusImage's server leaves it out, as the property has no name."""
    if column.property is None or column.property not in names:
        title = column.name
    elif names[column.property]:
        return column_name(names[column.property], column.path)
    else:
        title = column.name if options.dialect == "rfc4180" else ""
    return title or ("_" if options.dialect == "rfc4180" else None)


def _of_objects(s: ImageSet, rows: pl.Series, values: pl.Series, *, as_repr: bool) -> pl.Series:
    """A value for every object."""
    values = python_repr(values) if as_repr else values
    if len(rows) == len(s.objects) and bool((rows == pl.int_range(len(rows), dtype=pl.Int32, eager=True)).all()):
        return values
    empty = pl.Series([None], dtype=values.dtype).new_from_index(0, len(s.objects))
    return empty.scatter(rows, values) if len(rows) else empty


def _picked(every: list[Chosen], options: WriteOptions) -> list[Chosen]:
    if options.listed is None:
        return every
    found: dict[int, Chosen] = {}
    for wanted in options.listed:
        for one in _named(every, wanted, options):
            found.setdefault(id(one), one)
    computed = {title for kind in options.extra for title in COMPUTED[kind]}
    return [*found.values(), *(one for one in every if id(one) not in found and one.title in computed)]


def _named(every: list[Chosen], wanted: str, options: WriteOptions) -> list[Chosen]:
    """The columns of that name, else those whose names begin with it and go on with `` / ``."""
    found = _matching(every, wanted, options)
    if found:
        return found
    known = ", ".join(repr(one.title) for one in every[:8]) or "none"
    raise InvalidOption(f"there is no property {wanted!r}; there are: {known}", option="properties", given=wanted, allowed=known)


def _matching(every: list[Chosen], wanted: str, options: WriteOptions) -> list[Chosen]:
    exact = [one for one in every if one.title == wanted or (options.sanitize and sanitised([one.title])[0] == wanted)]
    if exact:
        return exact
    inside = [one for one in every if one.title.startswith(wanted + JOIN)]
    return [_object(wanted, inside)] if inside and options.dialect == "nimbus" else inside


def _object(title: str, inside: list[Chosen]) -> Chosen:
    """What NimbusImage's server writes where a property is an object: what Python shows of it."""
    depth = len(title.split(JOIN))
    made = Chosen(title, ())
    for number in dict.fromkeys(nth for one in inside for nth in one.parts):
        members: dict[str, pl.Series] = {}
        groups: dict[str, list[Chosen]] = {}
        for one in inside:
            groups.setdefault(one.title.split(JOIN)[depth], []).append(one)
        for key, ones in groups.items():
            here = [one for one in ones if number in one.parts]
            if here:
                whole = next((one for one in here if one.title == title + JOIN + key), None)
                members[key] = _shown(whole.parts[number]) if whole else _object(title + JOIN + key, here).parts[number]
        made.parts[number] = as_dict(list(members), list(members.values()))
    return made


def _shown(values: pl.Series) -> pl.Series:
    """Values inside of an object: as Python shows them, with a point where a number is no integer."""
    if values.dtype == pl.Utf8:
        distinct = values.drop_nulls().unique()
        shown = pl.Series([repr(one) for one in distinct], dtype=pl.Utf8)
        return values.replace_strict(distinct, shown, default=None, return_dtype=pl.Utf8) if len(distinct) else values
    texts = python_texts(values)
    whole = texts.str.contains(r"^-?[0-9]+$").fill_null(value=False)
    return pl.select(pl.when(whole & values.dtype.is_float()).then(pl.concat_str(texts, pl.lit(".0"))).otherwise(texts).alias("value")).to_series()

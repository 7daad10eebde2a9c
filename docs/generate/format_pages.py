"""One page per format, their index and the table of the README: all from the records of the catalogue."""

from __future__ import annotations

from types import NoneType
from typing import Any, Literal, get_args, get_origin

from markdown import code, page, table

from segue.formats.catalog import FORMATS
from segue.formats.format import Format, Kept, Limit, load
from segue.formats.holds import said
from segue.model.features import Feature


def pages() -> dict[str, str]:
    """File name below ``docs/formats`` -> text."""
    return {"README.md": _index()} | {f"{record.name}.md": _page(record) for record in FORMATS.values()}


def overview(folder: str) -> str:
    """The table of all formats, with links to their pages in a folder."""
    rows = [
        (
            f"[{record.title}]({folder}{record.name}.md)",
            code(record.name),
            " ".join(map(code, record.suffixes)),
            _yes(record.reads),
            _yes(record.writes),
            ", ".join(record.opened_by),
        )
        for record in FORMATS.values()
    ]
    return table(("format", "its name for `--from` and `--to`", "files", "reads", "writes", "opens in"), rows)


def _yes(value: bool) -> str:  # noqa: FBT001 - a cell of a table
    return "yes" if value else "-"


def _index() -> str:
    how = "What a format keeps is stated in its record and tested for every release. `segue formats` prints the same table, `segue formats NAME` the same page."
    return page(
        "Formats", how, overview(""), "## Who keeps what", _matrix(), "● exactly · ◐ exactly within a limit · ○ approximately · blank: lost, with a note"
    )


def _matrix() -> str:
    records = list(FORMATS.values())
    rows = [(str(feature), *(_mark(record.keeps.get(feature)) for record in records)) for feature in Feature]
    return table(("", *(f"[{record.name}]({record.name}.md)" for record in records)), rows)


def _mark(kept: Kept | None) -> str:
    if kept is None:
        return ""
    if not kept.exactly:
        return "○"
    return "◐" if kept.limit else "●"


def _page(record: Format) -> str:
    keeps = ("## What it keeps", _keeps(record)) if record.writes else ()
    return page(record.title, _sentence(record.summary), _facts(record), *_pixels(record), *keeps, _options(record, "read"), _options(record, "write"))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "." if text else ""


def _facts(record: Format) -> str:
    reference = record.specification
    facts = {
        "name": code(record.name),
        "files": " ".join(map(code, record.suffixes)),
        "segue": " and ".join(word for word, does in (("reads", record.reads), ("writes", record.writes)) if does) + " it",
        "one target is": ("a folder" if record.folder else "a file") + " with " + ("any number of image sets" if record.many else "one image set"),
        "takes": ", ".join(sorted(record.accepts)),
        "opens in": ", ".join(record.opened_by),
        "ids and labels": record.identity,
        "also needs": code(f"pip install 'segue[{record.extra}]'") if record.extra else "",
        "specification": f"{reference.title}, {reference.version}, read on {reference.read_on}",
    }
    return table(("", ""), [(name, fact) for name, fact in facts.items() if fact])


def _pixels(record: Format) -> tuple[str, ...]:
    """Of a format that pixels can be exported to: which."""
    holds = record.holds
    if holds is None:
        return ()
    facts = {
        "number types": ", ".join(holds.dtypes),
        "axes": "in the order " + said(map(code, holds.axes)) if holds.axes else "in any order",
        "axes larger than 1": f"at most {holds.most_axes}, channels apart" if holds.most_axes is not None else "",
        "channels": said(map(str, holds.channels)) if holds.channels else "any number",
        "a file per plane": "with " + code("{slice_index}") + " in the name of the output" if holds.sequence else "",
        "otherwise": holds.instead,
    }
    return ("## Pixels exported to it", table(("", ""), [(name, fact) for name, fact in facts.items() if fact]))


def _keeps(record: Format) -> str:
    plain = [str(feature) for feature, kept in record.keeps.items() if _is_plain(kept)]
    rows = [(str(feature), _how_well(kept), kept.how or "") for feature, kept in record.keeps.items() if not _is_plain(kept)]
    lost = [str(feature) for feature in Feature if feature not in record.keeps]
    blocks = [
        f"**Exactly:** {', '.join(plain)}." if plain else "",
        table(("what", "kept", "how"), rows) if rows else "",
        f"**Lost, with a note:** {', '.join(lost)}." if lost else "**Nothing is lost.**",
    ]
    return "\n\n".join(block for block in blocks if block)


def _is_plain(kept: Kept) -> bool:
    return kept.exactly and kept.limit is None and not kept.how


def _how_well(kept: Kept) -> str:
    if not kept.exactly:
        return "approximately"
    return f"exactly, {_limit(kept.limit)}" if kept.limit and _limit(kept.limit) else "exactly"


def _limit(limit: Limit) -> str:
    said = [
        f"from {_number(limit.lowest)}" if limit.lowest is not None else "",
        f"up to {_number(limit.highest)}" if limit.highest is not None else "",
        f"in steps of {limit.grid:g}" if limit.grid is not None else "",
        f"at most {limit.at_most:,}" if limit.at_most is not None else "",
        f"as {limit.text} text" if limit.text else "",
        "as " + ", ".join(limit.dtypes) if limit.dtypes else "",
        f"with axes {' '.join(limit.axes)}" if limit.axes else "",
        "only " + ", ".join(limit.choices) if limit.choices else "",
    ]
    return "; ".join(part for part in said if part)


def _number(limit: float) -> str:
    """Every digit of a whole number."""
    return f"{int(limit):,}" if float(limit).is_integer() else f"{limit:,.12g}"


def _options(record: Format, which: Literal["read", "write"]) -> str:
    name = record.read_options if which == "read" else record.write_options
    fields: dict[str, Any] = load(name).model_fields if name else {}
    if not fields:
        return ""
    rows = [(code(key), _values(field.annotation), _default(field.default), field.description or "") for key, field in fields.items()]
    title = "reading" if which == "read" else "writing"
    return f"## Options for {title}\n\n" + table(("`--set`", "values", "default", "what it does"), rows)


def _default(value: Any) -> str:
    if value is None or value == "":
        return "nothing"
    return code(str(value).lower() if isinstance(value, bool) else str(value))


def _values(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return ", ".join(code(str(value)) or "nothing" for value in get_args(kind))
    if get_origin(kind) is tuple:
        return "a list"
    if get_args(kind):
        return " or ".join(dict.fromkeys(_values(part) for part in get_args(kind)))
    plain = {bool: "`true`, `false`", int: "an integer", float: "a number", str: "text", NoneType: "nothing"}
    return plain.get(kind, getattr(kind, "__name__", str(kind)))

"""``segue formats``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from segue.cli.report import say_json, say_table

if TYPE_CHECKING:
    from segue.formats.format import Format


@click.command("formats")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(name: str | None, as_json: bool) -> None:
    """List every format, or all about one: what it keeps, its options, what opens it.

    \b
    segue formats
    segue formats tiff
    """
    from segue.formats.catalog import FORMATS, named

    if name is None:
        if as_json:
            say_json([_json(record) for record in FORMATS.values()])
            return
        rows = [[record.name, _files(record), _ways(record), record.title] for record in FORMATS.values()]
        say_table(["name", "files", "", "what it is"], rows)
        return
    record = named(name)
    if as_json:
        say_json(_json(record, options=True))
    else:
        _say(record)


WIDEST = 42
"""Characters of the list of suffixes in the table."""


def _files(record: Format) -> str:
    """The suffixes, as many as there is room for."""
    shown: list[str] = []
    for suffix in record.suffixes:
        if shown and len(" ".join([*shown, suffix])) > WIDEST:
            return f"{' '.join(shown)} ..."
        shown.append(suffix)
    return " ".join(shown)


def _ways(record: Format) -> str:
    return "read, write" if record.reads and record.writes else "read" if record.reads else "write"


def _say(record: Format) -> None:
    click.echo(f"{record.name}: {record.title} ({' '.join(record.suffixes)}; {_ways(record)})\n\n{record.summary}\n")
    click.echo(f"ids and labels: {record.identity}\nopened by: {', '.join(record.opened_by)}")
    click.echo(f"specification: {record.specification.title}, {record.specification.version} (read {record.specification.read_on})\n")
    rows = [[str(feature), "exactly" if kept.exactly else "partly", kept.how] for feature, kept in record.keeps.items()]
    say_table(["keeps", "how well", "limits"], rows)
    click.echo("everything else is lost, and said so\n" if record.writes else "")
    for which, options in _options(record).items():
        for key, (default, description) in options.items():
            click.echo(f"--set {key}={default}  ({which}) {description}")


def _options(record: Format) -> dict[str, dict[str, tuple[Any, str]]]:
    found = {}
    for which, name in (("read", record.read_options), ("write", record.write_options)):
        fields = type(record.options(which)).model_fields if name else {}
        found[which] = {key: (field.default, field.description or "") for key, field in fields.items()}
    return found


def _json(record: Format, *, options: bool = False) -> dict[str, Any]:
    body: dict[str, Any] = {
        "name": record.name,
        "title": record.title,
        "suffixes": list(record.suffixes),
        "reads": record.reads,
        "writes": record.writes,
        "opened_by": list(record.opened_by),
        "keeps": {str(feature): {"exactly": kept.exactly, "how": kept.how} for feature, kept in record.keeps.items()},
    }
    if options:
        body["options"] = {
            which: {key: {"default": default, "description": text} for key, (default, text) in found.items()} for which, found in _options(record).items()
        }
    return body

"""``segue merge``."""

from __future__ import annotations

from typing import Any

import click

from segue.cli.setting import Setting

PARTS = click.Choice(["annotations", "connections", "properties", "values", "populations"])


def _parts(ctx: click.Context, param: click.Parameter, value: str | None) -> list[str]:
    return [PARTS.convert(word.strip(), param, ctx) for word in (value or "").split(",") if word.strip()]


@click.command("merge", epilog="Exit codes: 0 done, 2 usage, 3 input or does not fit, 6 output.")
@click.argument("inputs", nargs=-1, required=True, metavar="IN...")
@click.argument("study")
@click.option("--only", metavar="PART,...", callback=_parts, help=f"Import only these: {', '.join(PARTS.choices)}.")
@click.option(
    "--overwrite",
    type=click.Choice(["ids", "tags", "planes", "all"]),
    help="Objects of the study that go: of the same ids, tags or planes, or all. Default: none.",
)
@click.option("--map", "map_", multiple=True, metavar="AXIS=...", help="Move planes: time=+1, z=3:0, channel=DAPI:0; may be repeated.")
@click.option("--skip-incompatible", is_flag=True, help="Leave out what lies outside the study's images; else nothing is imported.")
@click.option("--add-image-sets", is_flag=True, help="Add images that the study does not have, with all that belongs to them; else they do not fit.")
@click.option("--pixels", type=click.Choice(["copy", "reference"]), help="Of images that are added: copied (default), or left in their files.")
@click.option("--from", "from_", metavar="FORMAT", help="Format of the inputs, when content and suffix do not say.")
@click.option("--set", "options", type=Setting(), multiple=True, help="An option of the reader (segue formats NAME), or role=labels, components=8.")
@click.option("--dry-run", is_flag=True, help="Change nothing; show what would differ.")
@click.option("--save-recipe", metavar="FILE", help="Save what was asked for; segue run FILE does it again.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
@click.option("-v", "--verbose", is_flag=True, help="All notes.")
@click.option("-q", "--quiet", is_flag=True, help="Only errors.")
def command(inputs: tuple[str, ...], study: str, options: tuple[tuple[str, Any], ...], **given: Any) -> int:
    """Import results into a study: all of it or nothing, and segue undo takes it back.

    Objects that the study has already are not doubled, and nothing of it is overwritten unless --overwrite says so.

    \b
    segue merge rois.geojson cells.segue --dry-run
    segue merge RoiSet.zip cells.segue --map time=+1 --skip-incompatible
    segue merge values.csv cells.segue --only values
    segue merge field_2.ome.tif cells.segue --add-image-sets
    segue undo cells.segue
    """
    from segue.cli.exit_codes import OK
    from segue.cli.how import How
    from segue.cli.merging import merge
    from segue.workflow.recipe import VERSION, parse_recipe

    only = given.pop("only")
    settings = {name: given.pop(name) for name in ("overwrite", "skip_incompatible", "add_image_sets")} | {"from": given.pop("from_")}
    if (pixels := given.pop("pixels")) is not None:
        settings["pixels"] = pixels
    body = {"segue": VERSION, "task": "merge", "inputs": inputs, "study": study, "map": given.pop("map_"), "options": dict(options), **settings}
    recipe = parse_recipe(_json(body | ({"only": only} if only else {})), "segue merge")
    merge(recipe, How(**given))  # type: ignore[arg-type]
    return OK


def _json(body: dict[str, Any]) -> bytes:
    import orjson

    return orjson.dumps(body, default=str)

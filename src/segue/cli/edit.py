"""``segue edit``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from segue.cli.setting import Setting

ACTIONS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "rename": lambda name: {"edit": "rename", "name": name or None},
    **{name: lambda _, name=name: {"edit": name} for name in ("delete", "merge", "split")},  # type: ignore[misc]
    "relabel": lambda label: {"edit": "relabel", "label": label},
    "relabel_all": lambda _: {"edit": "relabel-all"},
    "tag": lambda name: {"edit": "tag", "population": name},
    "untag": lambda name: {"edit": "untag", "population": name},
    "class_": lambda name: {"edit": "class", "population": name or None},
    "colour": lambda colour: {"edit": "colour", "colour": colour or None},
    "lock": lambda _: {"edit": "lock", "locked": True},
    "unlock": lambda _: {"edit": "lock", "locked": False},
}


@click.command("edit", epilog="Exit codes: 0 done, 2 usage, 3 input, 5 refused by --strict, 6 output.")
@click.argument("path", metavar="PATH")
@click.option("-s", "--object", "objects", multiple=True, metavar="SELECTION", help="Which objects; may be repeated.")
@click.option("--layer", metavar="NAME", help="Only objects of this layer.")
@click.option("--image-set", metavar="NAME|N", help="Only this image set, by its name or number.")
@click.option("--rename", metavar="NAME", help="Give them a name; '' = none.")
@click.option("--delete", is_flag=True, help="Delete them, with all that belongs to them.")
@click.option("--merge", is_flag=True, help="Make them one: the object that is named first stays.")
@click.option("--split", is_flag=True, help="Make an object of each separate part.")
@click.option("--connectivity", type=click.Choice([4, 8]), help="For --split: parts that touch at a corner are two (4, the usual), or one (8).")
@click.option("--relabel", type=click.IntRange(1, 2**64 - 1), metavar="N", help="Give the object another label number.")
@click.option("--relabel-all", is_flag=True, help="Number all labels 1, 2, 3, ... in their order.")
@click.option("--tag", metavar="POPULATION", help="Put them into a population; made if new. Levels: 'Immune / T cells'.")
@click.option("--untag", metavar="POPULATION", help="Take them out of a population.")
@click.option("--class", "class_", metavar="CLASS", help="Give them this class and no other; '' = none.")
@click.option("--with-colour", metavar="COLOUR", help="Colour of the population or class of --tag and --class.")
@click.option("--colour", metavar="COLOUR", help="Give them a colour, #rrggbb or red; '' = none.")
@click.option("--lock", is_flag=True, help="Lock them: they cannot be deleted, merged or split.")
@click.option("--unlock", is_flag=True, help="Unlock them.")
@click.option("-o", "--output", metavar="OUT", help="Write the result here; a study is edited in place.")
@click.option("--from", "from_", metavar="FORMAT", help="Format of PATH, when content and suffix do not say.")
@click.option("--to", metavar="FORMAT", help="Format of OUT, when its suffix does not say.")
@click.option("--set", "options", type=Setting(), multiple=True, help="An option of reader or writer (segue formats NAME), or role=labels, components=8.")
@click.option("--strict", is_flag=True, help="Write nothing if the format cannot hold the result.")
@click.option("--dry-run", is_flag=True, help="Change nothing; show what would differ, and what would be lost.")
@click.option("--verify", is_flag=True, help="Read the output back and compare.")
@click.option("--overwrite", is_flag=True, help="Replace PATH, or an OUT that exists.")
@click.option("--save-recipe", metavar="FILE", help="Save what was asked for; segue run FILE does it again.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
@click.option("-v", "--verbose", is_flag=True, help="All notes.")
@click.option("-q", "--quiet", is_flag=True, help="Only errors.")
def command(path: str, options: tuple[tuple[str, Any], ...], save_recipe: str | None, **given: Any) -> None:
    """Change what a ROI set, mask, table or study holds: one thing at a time.

    SELECTION is an id, id:ID, label:5, label:5-9, name:NAME, name~=PATTERN (with * and ?), @POPULATION, or all.

    \b
    segue edit cells-RoiSet.zip -s name:0001-0042 --rename 'CD3/CD8' -o renamed-RoiSet.zip
    segue edit cells-mask.tif -s label:1 -s label:2 --merge -o merged.tif
    segue edit cells-mask.tif -s label:3 --delete --overwrite
    segue edit cells.segue -s label:1-2 --tag 'Immune / T cells' --with-colour '#ff8000'
    segue edit cells.segue -s '@Immune / T cells' --split --dry-run
    """
    from segue.cli.editing import edit
    from segue.workflow.edits.records import edits_of
    from segue.workflow.recipe import EditRecipe

    chosen = {name: given.pop(name) for name in ACTIONS}
    if len(wanted := [name for name, value in chosen.items() if value not in (None, False)]) != 1:
        names = ", ".join("--" + name.strip("_").replace("_", "-") for name in wanted or ACTIONS)
        raise click.UsageError(f"say one thing to do, not several: {names}" if wanted else f"say one thing to do: {names}")
    body = ACTIONS[wanted[0]](chosen[wanted[0]]) | {name: given.pop(name) for name in ("objects", "layer", "image_set")}
    details = {"colour": given.pop("with_colour"), "connectivity": given.pop("connectivity")}
    (one,) = edits_of(body | {name: value for name, value in details.items() if value is not None})
    how = {name: given.pop(name) for name in ("dry_run", "overwrite", "as_json", "verbose", "quiet")}
    edit(EditRecipe(input=path, edits=(one,), options=dict(options), **given), save_recipe=save_recipe, **how)

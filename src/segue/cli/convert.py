"""``segue convert``."""

from __future__ import annotations

from typing import Any

import click

from segue.cli.exit_codes import OK, SOME_FAILED
from segue.cli.how import How, batch_options
from segue.cli.setting import Setting


@click.command("convert", epilog="Exit codes: 0 all converted, 1 some items failed, 2 usage, 3 input, 5 refused by --strict, 6 output.")
@click.argument("inputs", nargs=-1, required=True, metavar="IN...")
@click.argument("output", metavar="OUT")
@click.option("--from", "from_", metavar="FORMAT", help="Format of the inputs, when content and suffix do not say.")
@click.option("--to", metavar="FORMAT", help="Format of the output, when its suffix does not say (segue formats lists them).")
@click.option("--image", metavar="TEMPLATE", help="The image that the data belong to, e.g. '{dataset_dir}/{nickname}.tif'.")
@click.option("--labels", metavar="TEMPLATE", help="The label image of each input, e.g. 'masks/{nickname}_cp_masks.png'.")
@click.option("--table", metavar="TEMPLATE", help="A table whose values are joined by id or label, e.g. '{dataset_dir}/{nickname}.csv'.")
@click.option("--populations", metavar="TEMPLATE", multiple=True, help="Gates made elsewhere (FCS, FlowJo's CSV, tables, studies): each file is a population.")
@click.option("--overlap", type=click.Choice(["last", "first", "smallest", "error"]), default="last", show_default=True, help="Who gets shared pixels.")
@click.option("--holes", type=click.Choice(["keep", "fill"]), default="keep", show_default=True, help="Holes of segments and shapes.")
@click.option("--parts", type=click.Choice(["keep", "largest"]), default="keep", show_default=True, help="Separate parts of one object.")
@click.option("--image-set", metavar="NAME|N", help="Only this image set of a project or study, by its name or number.")
@click.option("--set", "options", type=Setting(), multiple=True, help="An option of reader or writer (segue formats NAME), or role=labels, components=8.")
@click.option("--preview", is_flag=True, help="Show the columns and first rows of a table (--to nimbus-csv); write nothing.")
@click.option("--strict", is_flag=True, help="Write nothing if anything would be lost or changed.")
@click.option("--verify", is_flag=True, help="Read each output back and compare.")
@batch_options
def command(inputs: tuple[str, ...], output: str, options: tuple[tuple[str, Any], ...], how: How, *, preview: bool, **given: Any) -> int:
    """Convert results of one kind or tool into another.

    IN are files, folders or patterns. OUT is a file, a folder ending in /, or a template such as 'out/{nickname}.geojson'.

    \b
    segue convert masks/ rois/ --to imagej-roi
    segue convert cells-RoiSet.zip cells.geojson
    segue convert cells.geojson cells-labels.tif --image cells.tif
    segue convert cells-labels.tif cells.geojson --table cells.csv
    segue convert study.segue gated.segue --populations 'gates/*.fcs'
    segue convert 'masks/*_mask.tif' 'out/{nickname}.geojson' --strict
    segue convert masks/ out/ --to imagej-roi --resume
    """
    from segue.cli.previewing import show
    from segue.cli.work import convert
    from segue.workflow.recipe import ConvertRecipe

    recipe = ConvertRecipe(inputs=inputs, output=output, options=dict(options), **given)
    if preview:
        show(recipe, as_json=how.as_json)
        return OK
    return OK if convert(recipe, how) else SOME_FAILED

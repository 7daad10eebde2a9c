"""``segue measure``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from segue.cli.exit_codes import OK, SOME_FAILED
from segue.cli.how import batch_options, macro_option
from segue.cli.names import Names
from segue.cli.setting import Setting

if TYPE_CHECKING:
    from segue.cli.how import How


@click.command("measure", epilog="Exit codes: 0 all measured, 1 some items failed, 2 usage, 3 input, 5 refused by --strict, 6 output.")
@click.argument("inputs", nargs=-1, metavar="IMAGE...")
@click.option("--labels", metavar="TEMPLATE", help="The segments of each image: a label image, ROI set or study, e.g. 'masks/{nickname}_mask.tif'.")
@click.option("-o", "--output", "outputs", multiple=True, metavar="OUT", help="A table, FCS file, study, ...; may be repeated.")
@click.option("--statistics", type=Names(), default=(), help="What to measure, e.g. mean,median,'percentile 10',shape (default: area and values).")
@click.option(
    "--preset", metavar="PROGRAM", help="The columns of imagej, mantis (of its version 1.0: mantis-mean, mantis-median), nimbus, cellprofiler; or all."
)
@click.option("--list", "listing", is_flag=True, help="Show everything that can be measured, with unit, formula and source.")
@click.option("--layer", metavar="NAME", help="Only the segments of this label image.")
@click.option("--channels", type=Names(), default=(), metavar="NAME,...|PANEL", help="Names of the channels, those wanted, or the table that names them.")
@click.option("--pixel-size", metavar="SIZE", help="0.5um, or 2x0.5x0.5um (z, y, x): lengths and areas are then in that unit.")
@click.option("--physical", is_flag=True, help="Lengths and areas in the unit of the pixel size that the image states (default: in pixels).")
@click.option("--populations", multiple=True, metavar="TEMPLATE", help="A file whose populations are joined by id or label; may be repeated.")
@click.option("--split-populations", is_flag=False, flag_value="", metavar="[NAME,...]", help="A file per population (all, or these).")
@click.option("--neighbours", is_flag=True, help="Connect segments that touch.")
@click.option("--combine", is_flag=True, help="One table of all images, with a column that names the image.")
@click.option("--undefined", type=click.Choice(["", "NA", "NaN"]), help="What stands for a missing number in a text table.")
@click.option("--dictionary", is_flag=True, help="Write a table beside each output that says what its columns mean.")
@click.option("--summary", metavar="FILE", help="Counts, fractions, densities and means per image and population.")
@click.option("--from", "from_", metavar="FORMAT", help="Format of the images, when content and suffix do not say.")
@click.option("--to", multiple=True, metavar="FORMAT", help="Format of the outputs, when their suffixes do not say.")
@click.option("--image-set", metavar="NAME|N", help="Only this image set of a project or study, by its name or number.")
@click.option("--set", "options", type=Setting(), multiple=True, help="An option of reader or writer (segue formats NAME), or role=labels, components=8.")
@click.option("--strict", is_flag=True, help="Write nothing if anything that was measured would be lost or changed.")
@macro_option
@batch_options
def command(inputs: tuple[str, ...], outputs: tuple[str, ...], options: tuple[tuple[str, Any], ...], listing: bool, how: How, **given: Any) -> int:
    """Measure segments on the images that they belong to.

    IMAGE are files, folders, patterns or studies. OUT is a file, a folder ending in /, or a template such as 'out/{nickname}.csv'.

    \b
    segue measure cells.tif --labels cells-mask.tif -o cells.csv
    segue measure cells.tif --labels cells-mask.tif -o cells.fcs -o cells.parquet --statistics mean,median,area
    segue measure cells.tif --labels cells-RoiSet.zip -o results.txt --preset imagej
    segue measure images/ --labels 'masks/{nickname}.tif' -o all.csv --combine --summary summary.csv
    """
    from segue.cli.measuring import listed, measure
    from segue.workflow.recipe_measure import MeasureRecipe

    if listing:
        return listed(given["preset"], how)
    if not inputs or not outputs:
        raise click.UsageError("say what is to be measured, and where the result is to go: segue measure IMAGE --labels LABELS -o OUT")
    split = given.pop("split_populations")
    given["split_populations"] = None if split is None else Names().convert(split, None, None)
    if len(given["channels"]) == 1 and Path(given["channels"][0]).suffix.lower() in (".csv", ".tsv", ".txt"):
        given["panel"] = given.pop("channels")[0]
    return OK if measure(MeasureRecipe(inputs=inputs, outputs=outputs, options=dict(options), **given), how) else SOME_FAILED

"""``segue segment``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from segue.cli.exit_codes import OK, SOME_FAILED
from segue.cli.how import batch_options, macro_option
from segue.cli.names import Names
from segue.cli.numbers import Limits, NumberOrText
from segue.cli.setting import Setting

if TYPE_CHECKING:
    from segue.cli.how import How


@click.command("segment", epilog="Exit codes: 0 all segmented, 1 some items failed, 2 usage, 3 input, 5 refused by --strict, 6 output.")
@click.argument("inputs", nargs=-1, required=True, metavar="IMAGE...")
@click.option(
    "-o", "--output", "outputs", multiple=True, required=True, metavar="OUT", help="A label image, ROI set, GeoJSON, study, table, ...; may be repeated."
)
@click.option(
    "--threshold",
    type=NumberOrText("T"),
    default="otsu",
    show_default=True,
    help="otsu, li, triangle, imagej-default (as ImageJ), otsu-exact, ... (as scikit-image), binary, a number, or LOW:HIGH.",
)
@click.option(
    "--background", type=click.Choice(["dark", "light"]), default="dark", show_default=True, help="What is around the objects, as the image is shown."
)
@click.option("--per-plane", is_flag=True, help="A threshold for each plane of a stack, not one for all.")
@click.option("--channel", metavar="NAME", help="Name, or number from 0, of the channel.")
@click.option("--min-size", type=NumberOrText("SIZE"), default=0, metavar="SIZE", help="Leave out smaller particles: pixels, or 5um2.")
@click.option("--max-size", type=NumberOrText("SIZE"), metavar="SIZE", help="Leave out larger particles.")
@click.option("--min-circularity", type=click.FloatRange(0, 1), default=0.0, metavar="C", help="Leave out particles that are less round (1 = a circle).")
@click.option("--max-circularity", type=click.FloatRange(0, 1), default=1.0, metavar="C", help="Leave out particles that are rounder.")
@click.option("--circularity", type=Limits(), metavar="LOW-HIGH", help="Both limits at once, as ImageJ writes them: 0.50-1.00.")
@click.option("--exclude-edges", is_flag=True, help="Leave out particles that touch the edge of the image.")
@click.option("--include-holes", is_flag=True, help="Holes, and what lies in them, belong to the particle.")
@click.option(
    "--connectivity", type=click.Choice(["4", "8", "6", "26"]), default="8", show_default=True, help="4 or 8: particles of planes; 6 or 26: of volumes."
)
@click.option("--pixel-size", metavar="SIZE", help="Size of a pixel, as 0.5um, where the image does not say it.")
@click.option("--statistics", type=Names(), default=(), help="What tables hold: mean,median,area,... (segue measure --list).")
@click.option("--preset", metavar="PROGRAM", help="Tables as another program writes them: imagej, mantis, ...")
@click.option("--physical", is_flag=True, help="Lengths and areas in tables in the unit of the pixel size.")
@click.option("--from", "from_", metavar="FORMAT", help="Format of the images, when content and suffix do not say.")
@click.option("--to", multiple=True, metavar="FORMAT", help="Format of the outputs, when their suffixes do not say: one for all, or one for each.")
@click.option("--set", "options", type=Setting(), multiple=True, help="An option of reader or writer (segue formats NAME).")
@click.option("--strict", is_flag=True, help="Write nothing if anything of the result would be lost or changed.")
@macro_option
@batch_options
def command(connectivity: str, circularity: tuple[float, float] | None, options: tuple[tuple[str, Any], ...], how: How, **given: Any) -> int:
    """Find the particles of images: a threshold, connected parts, sizes and forms.

    IMAGE are files, folders or patterns. OUT is a file, a folder ending in /, or a template such as 'out/{nickname}-labels.tif'.

    \b
    segue segment cells.tif -o labels.tif
    segue segment cells.tif -o labels.tif -o RoiSet.zip -o cells.csv --threshold li --min-size 20
    segue segment shapes.tif -o labels.png -o results.txt --preset imagej --threshold imagej-default --max-size 1000
    segue segment images/ -o 'out/{nickname}-labels.tif' --threshold 100 --exclude-edges
    """
    from segue.cli.segmenting import segment
    from segue.workflow.recipe_segment import SegmentRecipe

    if circularity is not None:
        given["min_circularity"], given["max_circularity"] = circularity
    recipe = SegmentRecipe(connectivity=int(connectivity), options=dict(options), **given)
    return OK if segment(recipe, how) else SOME_FAILED

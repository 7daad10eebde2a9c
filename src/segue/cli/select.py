"""``segue select``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from segue.cli.exit_codes import OK, SOME_FAILED
from segue.cli.how import batch_options
from segue.cli.names import QuotedNames, SeveralNames
from segue.cli.setting import Setting

if TYPE_CHECKING:
    from segue.cli.how import How


@click.command("select", epilog="Exit codes: 0 done, 1 some items failed, 2 usage, 3 input, 5 refused by --strict, 6 output.")
@click.argument("inputs", nargs=-1, required=True, metavar="STUDY|IMAGE...")
@click.option(
    "--region", "regions", multiple=True, metavar="FILE", help="Areas that select segments: GeoJSON, ROI set, Mantis JSON, any format that has areas."
)
@click.option(
    "--by", type=click.Choice(["centroid", "any", "majority", "mantis-1.0", "mantis-1.1"]), help="What of a segment has to lie in a region (default: centroid)."
)
@click.option("--gate", metavar="GATE", help="COLUMN:LOW:HIGH, joined by & (and) and | (or), with brackets; an end may be left out.")
@click.option("--polygon-gate", "polygon", metavar="POLYGON|FILE", help="'X,Y: x1,y1 x2,y2 x3,y3', or a table of corners headed by the two columns.")
@click.option(
    "--scale", type=SeveralNames("linear", "log10", "arcsinh"), default=(), help="Where the edges of the polygon are straight: linear, log10, arcsinh; or X,Y."
)
@click.option("--cofactor", type=float, default=1.0, show_default=True, metavar="C", help="c of log10(1 + c x) and arcsinh(c x).")
@click.option("--gates", multiple=True, metavar="FILE", help="A file of gates; each becomes a population.")
@click.option("--parent", metavar="POPULATION", help="Gate only among the members of this population.")
@click.option("--ids", metavar="FILE|1,2,5-9", help="Labels, a list of labels or ids, or a file of gated events (FCS, CSV).")
@click.option("--union", type=QuotedNames(), default=(), help="Members of any of these populations.")
@click.option("--intersection", type=QuotedNames(), default=(), help="Members of all of these populations.")
@click.option("--difference", type=QuotedNames(), default=(), help="Members of the first that are in none of the others.")
@click.option("--name", metavar="NAME", help="Name of the population. Levels: 'Immune / T cells'.")
@click.option("--color", "--colour", "colour", metavar="COLOUR", help="Its colour: #rrggbb, or a name such as red.")
@click.option("--replace", is_flag=True, help="Define a population of this name anew.")
@click.option("--refresh", is_flag=True, help="Run the rules of all populations again, and find the lists that are stale.")
@click.option("--labels", metavar="TEMPLATE", help="The segments of an image; with --refresh the new segmentation of a study.")
@click.option("--layer", metavar="NAME", help="Of several label images the one that --ids names, or that is replaced.")
@click.option("--image-set", "image_sets", multiple=True, metavar="NAME|N", help="Only this image set, by its name or number; may be repeated.")
@click.option("-o", "--output", metavar="OUT", help="Write the result here, in any format; without it a study is changed in place.")
@click.option("--from", "from_", metavar="FORMAT", help="Format of the inputs, when content and suffix do not say.")
@click.option("--to", metavar="FORMAT", help="Format of OUT, when its suffix does not say.")
@click.option("--set", "options", type=Setting(), multiple=True, help="An option of reader or writer (segue formats NAME), or role=labels, components=8.")
@click.option("--strict", is_flag=True, help="Change nothing if anything would be lost or changed, stale lists included.")
@click.option("--verify", is_flag=True, help="Read the output back and compare.")
@batch_options
def command(options: tuple[tuple[str, Any], ...], ids: str | None, polygon: str | None, how: How, **given: Any) -> int:
    """Make populations: of regions, gates, lists or other populations. Rules are kept, and can be run again.

    \b
    segue select cells.segue --region tumour.geojson --by majority --name Tumour --color '#d55e00'
    segue select cells.segue --gate 'area:20: & mean:50:200' --name Bright
    segue select cells.segue --difference Bright,Tumour --name 'Bright outside'
    segue select cells.segue --labels new-mask.tif --refresh
    segue select cells.tif --labels cells-mask.tif --region RoiSet.zip -o selected.csv
    """
    from segue.cli.selecting import select
    from segue.workflow.selections.given import ids_given, polygon_given, recipe_of

    places = ids_given(ids) | polygon_given(polygon)
    return OK if select(recipe_of(options=dict(options), **places, **given), how) else SOME_FAILED

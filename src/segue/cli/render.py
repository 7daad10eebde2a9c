"""``segue render``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from segue.cli.exit_codes import OK, SOME_FAILED
from segue.cli.how import batch_options
from segue.cli.names import Names
from segue.cli.setting import Setting

if TYPE_CHECKING:
    from segue.cli.how import How

SHARE = click.FloatRange(0, 1)


@click.command("render", epilog="Exit codes: 0 all rendered, 1 some items failed, 2 usage, 3 input, 6 output.")
@click.argument("inputs", nargs=-1, required=True, metavar="IMAGE...")
@click.option("-o", "--output", required=True, metavar="OUT", help="A picture (.png, .tif, ...), a folder ending in /, or a template.")
@click.option("--labels", metavar="TEMPLATE", help="The segments of each image: a label image, ROI set or study, e.g. 'masks/{nickname}_mask.tif'.")
@click.option("--channel", "channels", multiple=True, metavar="NAME[=COLOUR[:LOW:HIGH]]", help="A channel that is shown: CD3=green:0:200; may be repeated.")
@click.option("--display", metavar="NAME|FILE", help="A preset of the study, or a file of settings that --settings wrote.")
@click.option("--image-set", metavar="NAME", help="Only this image set (name, or number from 1) of an input that holds several.")
@click.option("--plane", metavar="z=3,t=0", help="Which plane, from 0 (default: the middle z, the first t).")
@click.option("--crop", metavar="x=10:60,y=5:25", help="A part of the image in pixels or um, the stop exclusive.")
@click.option("--zoom", type=click.IntRange(1, 64), default=1, metavar="N", help="Enlarge: N x N pixels for each pixel of the image (default: 1).")
@click.option("--fill", type=SHARE, metavar="OPACITY", help="Fill segments, each in a colour of its own (default: 0 = not).")
@click.option("--outlines/--no-outlines", default=None, help="Outline segments (default: yes).")
@click.option("--outline-colour", metavar="COLOUR", help="One colour for all outlines, or own (default: each in its own).")
@click.option("--outline-width", type=click.FloatRange(0, 64, min_open=True), metavar="PIXELS", help="How far outlines reach into segments (default: 1).")
@click.option("--outline-opacity", type=SHARE, metavar="OPACITY", help="Of outlines of segments (default: 1).")
@click.option("--populations", multiple=True, metavar="TEMPLATE", help="A file whose populations are joined by id or label; may be repeated.")
@click.option("--show-populations", type=Names(), metavar="NAME,...", help="Populations that are shown, later ones over earlier ones (default: those visible).")
@click.option("--population-fill", type=SHARE, metavar="OPACITY", help="Fill members of populations in their colours (default: 0 = not).")
@click.option("--population-outlines/--no-population-outlines", default=None, help="Outline members in the colours of populations (default: yes).")
@click.option("--regions/--no-regions", default=None, help="Draw regions (default: yes).")
@click.option("--region-fill", type=SHARE, metavar="OPACITY", help="Fill of regions (default: 0.4).")
@click.option("--drawings/--no-drawings", default=None, help="Draw ROIs and other shapes (default: yes).")
@click.option("--text", is_flag=True, default=None, help="Write the name or label of each object.")
@click.option("--text-size", type=click.FloatRange(1, 2000), metavar="PIXELS", help="Height of letters (default: by the size of the picture).")
@click.option("--legend", is_flag=True, default=None, help="A legend of channels and populations.")
@click.option("--legend-parts", type=Names(), metavar="PART,...", help="What the legend says: title, channels, populations.")
@click.option("--scale-bar", is_flag=False, flag_value="auto", metavar="[20um|50px]", help="A scale bar, of a round length unless one is given.")
@click.option("--pixel-size", metavar="SIZE", help="Size of a pixel, as 0.5um, where the image does not say it.")
@click.option("--settings", type=click.Choice(["json", "mantis"]), help="Write the settings beside each picture: OUT.display.json, or Mantis Viewer's CSV.")
@click.option("--from", "from_", metavar="FORMAT", help="Format of the images, when content and suffix do not say.")
@click.option("--format", "format", metavar="FORMAT", help="Format of the pictures, when their suffix does not say (default in folders: png).")
@click.option("--set", "options", type=Setting(), multiple=True, help="An option of reader or writer (segue formats NAME), or role=labels.")
@batch_options
def command(options: tuple[tuple[str, Any], ...], display: str | None, how: How, **given: Any) -> int:
    """Make pictures: channels in colours, segments, populations, regions, drawings, legend, scale bar.

    IMAGE are files, folders, patterns or studies. OUT is a picture, a folder ending in /, or a template such as 'out/{nickname}.png' (also
    {image_set}). Pictures have the pixels of the image; they are painted block by block, so images may be larger than memory.

    \b
    segue render cells.tif -o cells.png --labels cells-mask.tif
    segue render cells.tif -o cells.png --channel DAPI=blue --channel CD3=green:0:200 --legend --scale-bar 20um
    segue render study.segue -o 'out/{image_set}.png' --population-fill 0.5 --settings json
    segue render cells.tif -o overlay.tif --labels RoiSet.zip
    """
    from segue.cli.rendering import render
    from segue.workflow.recipe_render import RenderRecipe

    if display is not None:
        given["display_file" if Path(display).suffix.lower() in (".json", ".csv") else "display"] = display
    return OK if render(RenderRecipe(options=dict(options), **given), how) else SOME_FAILED

"""``segue export``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from segue.cli.exit_codes import OK, SOME_FAILED
from segue.cli.how import batch_options
from segue.cli.setting import Setting

if TYPE_CHECKING:
    from segue.cli.how import How


@click.command("export", epilog="Exit codes: 0 all exported, 1 some items failed, 2 usage, 3 input, 5 refused by --strict, 6 output.")
@click.argument("inputs", nargs=-1, required=True, metavar="IN...")
@click.option("-o", "--output", required=True, metavar="TEMPLATE", help="A file, a folder ending in /, or a template; {slice_index} makes a sequence.")
@click.option("--source", metavar="NAME", help="Which image or label image, where an input holds several.")
@click.option("--image-set", metavar="NAME", help="Which image set of a study: name, or number from 1 (default: all).")
@click.option("--nickname", "nicknames", multiple=True, metavar="NAME", help="What {nickname} stands for; once per input, in their order.")
@click.option("--input-axes", metavar="AXES", help="What the axes of the inputs are, such as zcyx, where the files do not say.")
@click.option("--stack-along", type=click.Choice(["z", "t", "c"]), help="All inputs are one image: its planes along this axis.")
@click.option("--cutout", metavar="CUT", help="'z=0:100,x=10um:60um' (stop exclusive), or '[(0,0,0),(10,20,3)]' in the order of the input's axes.")
@click.option("--renormalize", metavar="RANGE", help="'0:1->0:255': 0 becomes 0, and 1 becomes 255; what lies beyond is clipped.")
@click.option("--dtype", metavar="TYPE", help="Number type: uint8, uint16, ..., float64 (default: as it is).")
@click.option("--axes", metavar="AXES", help="Order of the axes. tzyxc is a good default; put z leftmost for a sequence of z planes.")
@click.option("--format", metavar="FORMAT", help="hdf5, n5, ome-zarr, tiff, png, ..., or as ilastik: 'compressed hdf5', 'png sequence', ...")
@click.option("--step", type=click.Choice(list("tczyx")), help="Axis of a sequence (default: the leftmost that is larger than 1).")
@click.option("--scales", type=click.IntRange(min=1), metavar="N", help="How many resolutions, where the format has several.")
@click.option(
    "--convert", type=click.Choice(["clip", "ilastik"]), default="clip", show_default=True, help="ilastik: its arithmetic, in which values wrap around."
)
@click.option("--from", "from_", metavar="FORMAT", help="Format of the inputs, when content and suffix do not say.")
@click.option("--set", "options", type=Setting(), multiple=True, help="An option of reader or writer (segue formats NAME).")
@click.option("--skip-problems", is_flag=True, help="Leave out inputs that cannot be exported; without it all are refused.")
@click.option("--strict", is_flag=True, help="Keep nothing of an item of which values were clipped, or metadata lost.")
@batch_options
def command(options: tuple[tuple[str, Any], ...], how: How, **given: Any) -> int:
    """Write the pixels of images: cut out, renormalised, in another number type, order of axes and format.

    IN are files, folders, patterns, studies, or parts of a file: file.h5/internal/path. Pixels are worked on block by block, so images
    may be larger than memory; of a cut-out only what it touches is read.

    Everything is checked before the first pixel is computed; --dry-run shows the plan. Placeholders of TEMPLATE: {nickname} {dataset_dir}
    {parent} {result_type} {roi} {x_start} {x_stop} (also y, z, c, t) {channel} {index} {slice_index} {ext}, with format specifications
    ({x_start:04d}). The ending comes from the format; names keep what is behind a dot.

    \b
    segue export scan.tif -o scan.npy --cutout x=10:50,y=5:25
    segue export scan.tif -o 'slices/{nickname}_{slice_index}.tif' --axes zyx --renormalize '0:4095->0:255' --dtype uint8
    segue export probabilities.h5/exported_data -o p.h5 --renormalize '0:1->0:255' --dtype uint8 --axes cyx
    segue export images/ -o out/ --format ome-zarr --dry-run
    """
    from segue.cli.exporting import export
    from segue.workflow.recipe_export import ExportRecipe

    recipe = ExportRecipe(options=dict(options), **given)
    return OK if export(recipe, how) else SOME_FAILED

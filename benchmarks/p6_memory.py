"""P6, larger than memory: parts of a volume of 50 GB (float32, Zarr) are exported as uint8; the memory has to be that of a small part.

The chunks of the source are eight files of noise under many names (hard links), so that they cost time to decode and no room on the disk. The whole
volume is exported from a source of the same shape without a single chunk: all of it is the fill value, and the result takes no room, either.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
from harness import OURS, Contender, measure
from inputs import FOLDER

SHAPE, CHUNK = (3000, 2048, 2048), (20, 256, 256)
"""50.3 GB of float32."""
OUT = FOLDER / "p6-out"


def source(*, empty):
    """An OME-Zarr of 50 GB; made when it is not there."""
    folder = FOLDER / ("volume-empty.ome.zarr" if empty else "volume.ome.zarr")
    if not folder.exists():
        part = FOLDER / f"{os.getpid()}-{folder.name}"
        shutil.rmtree(part, ignore_errors=True)
        _make(part, empty=empty)
        part.rename(folder)
    return folder


def _make(folder, *, empty):
    import zarr

    group = zarr.create_group(str(folder), zarr_format=3)
    array = group.create_array("0", shape=SHAPE, chunks=CHUNK, dtype="float32", fill_value=0.25)
    axes = [{"name": name, "type": "space"} for name in "zyx"]
    scale = [{"type": "scale", "scale": [1.0, 1.0, 1.0]}]
    group.attrs["ome"] = {"version": "0.5", "multiscales": [{"axes": axes, "datasets": [{"path": "0", "coordinateTransformations": scale}]}]}
    if empty:
        return
    rng = np.random.default_rng(3)
    for number in range(8):
        array[: CHUNK[0], : CHUNK[1], number * CHUNK[2] : (number + 1) * CHUNK[2]] = (rng.poisson(50, CHUNK) / 200).astype(np.float32)
    for place in np.ndindex(*(size // step for size, step in zip(SHAPE, CHUNK, strict=True))):
        target = folder.joinpath("0", "c", *map(str, place))
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            target.hardlink_to(folder.joinpath("0", "c", "0", "0", str(sum(place) % 8)))


def export(output, planes, *, empty=False):
    import segue

    given = source(empty=empty)
    recipe = {"task": "export", "inputs": [str(given)], "renormalize": "0:1->0:255", "dtype": "uint8"}

    def work(count=planes):
        shutil.rmtree(OUT, ignore_errors=True)
        segue.run({**recipe, "output": str(OUT / output), "cutout": f"z=0:{count}"})
        return sum(path.stat().st_size for path in OUT.rglob("*") if path.is_file())

    work(2)
    return work


def facts(size):
    shutil.rmtree(OUT, ignore_errors=True)
    return {"output": f"{size / 1e6:,.0f} MB"}


def contender(output, planes, **more):
    part = 4 * planes * SHAPE[1] * SHAPE[2] / 1e9
    case = f"{part:.1f} GB of 50.3 GB"
    return Contender(f"{Path(output).suffix if '{' not in output else 'sequence of .png'}", lambda: export(output, planes, **more), OURS, case, facts=facts)


OUTPUTS = ("a.h5", "a.ome.zarr", "a.tif", "a_{slice_index}.png")
CONTENDERS = [contender(output, planes) for planes in (40, 320) for output in OUTPUTS]
CONTENDERS += [contender("a.ome.zarr", SHAPE[0], empty=True)]

if __name__ == "__main__":
    measure("P6: a volume of 50 GB, exported in constant memory", CONTENDERS, rounds=1, timeout=1800)

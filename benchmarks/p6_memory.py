"""P6, larger than memory: parts of a volume of 50 GB (float32, Zarr) are exported as uint8; the memory has to be that of a small part.

The chunks of the source are eight files of noise under many names (hard links), so that they cost time to decode and no room on the disk. The whole
volume is computed where it is read, and packs well, so that the result has room, too.

"peak + MB" counts pages of files that are mapped, which the system takes back when it needs them; "own" is the memory that it cannot take back.
"""

from __future__ import annotations

import os
import shutil

import numpy as np
from harness import OURS, Contender, Watch, measure
from inputs import FOLDER

SHAPE, CHUNK = (3000, 2048, 2048), (20, 256, 256)
"""50.3 GB of float32."""
OUT = FOLDER / "p6-out"


class Computed:
    """The whole volume: a pattern of squares, made region by region."""

    shape, chunks, dtype = SHAPE, CHUNK, np.dtype(np.float32)

    def read(self, region):
        z, y, x = (np.arange(one.start, one.stop, dtype=np.float32) % 64 / 192 for one in region)
        return z[:, None, None] + y[:, None] + x


def source():
    """An OME-Zarr of 50 GB; made when it is not there."""
    folder = FOLDER / "volume.ome.zarr"
    if not folder.exists():
        part = FOLDER / f"{os.getpid()}-{folder.name}"
        shutil.rmtree(part, ignore_errors=True)
        _make(part)
        part.rename(folder)
    return folder


def _make(folder):
    import zarr

    group = zarr.create_group(str(folder), zarr_format=3)
    array = group.create_array("0", shape=SHAPE, chunks=CHUNK, dtype="float32", fill_value=0.25)
    axes = [{"name": name, "type": "space"} for name in "zyx"]
    scale = [{"type": "scale", "scale": [1.0, 1.0, 1.0]}]
    group.attrs["ome"] = {"version": "0.5", "multiscales": [{"axes": axes, "datasets": [{"path": "0", "coordinateTransformations": scale}]}]}
    rng = np.random.default_rng(3)
    for number in range(8):
        array[: CHUNK[0], : CHUNK[1], number * CHUNK[2] : (number + 1) * CHUNK[2]] = (rng.poisson(50, CHUNK) / 200).astype(np.float32)
    for place in np.ndindex(*(size // step for size, step in zip(SHAPE, CHUNK, strict=True))):
        target = folder.joinpath("0", "c", *map(str, place))
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            target.hardlink_to(folder.joinpath("0", "c", "0", "0", str(sum(place) % 8)))


def export(output, planes, *, computed=False):
    import segue

    given = Computed() if computed else str(source())
    how = {"renormalize": "0:1->0:255", "dtype": "uint8"} | ({"input_axes": "zyx", "options": OPTIONS.get(output, {})} if computed else {})

    def work(count=planes):
        shutil.rmtree(OUT, ignore_errors=True)
        with Watch() as watch:
            segue.export(given, OUT / output, cutout=f"z=0:{count}", **how)
        return watch.most, sum(path.stat().st_size for path in OUT.rglob("*") if path.is_file())

    work(2)
    return work


def facts(result):
    shutil.rmtree(OUT, ignore_errors=True)
    return {"own MB": round(result[0]), "output MB": f"{result[1] / 1e6:,.0f}"}


def contender(output, planes, *, computed=False):
    part = 4 * planes * SHAPE[1] * SHAPE[2] / 1e9
    name = f"{output.partition('.')[2]}" if "{" not in output else "sequence of png"
    return Contender(name, lambda: export(output, planes, computed=computed), OURS, f"{part:.1f} GB{', computed' if computed else ''}", facts=facts)


OUTPUTS = ("a.h5", "a.ome.zarr", "a.tif", "a_{slice_index}.png")
OPTIONS = {"a.tif": {"compression": "zstd"}}
CONTENDERS = [contender(output, planes) for planes in (40, 320) for output in OUTPUTS]
CONTENDERS += [contender(output, SHAPE[0], computed=True) for output in OUTPUTS]

if __name__ == "__main__":
    measure("P6: a volume of 50 GB, exported in constant memory", CONTENDERS, rounds=1, timeout=1800)

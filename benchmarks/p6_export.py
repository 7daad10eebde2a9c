"""P6: a volume of 1 GB (float32) is cut out, put from 0..1 into 0..255, made uint8, its axes reversed, and written.

The peers cut fractions off, where segue rounds and counts what it clipped and rounded; and they are given their arrays, where segue opens the file.
TIFF is packed by zstd, OME-Zarr has one resolution, PNG is a file per plane. Everybody stores the same chunks, in two threads where that can be had.

"peak + MB" counts pages of the mapped source, which the system takes back when it needs them; "own" is the memory that it cannot take back.
"""

from __future__ import annotations

import itertools
import os
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from harness import LIMIT, OURS, PEER, Contender, Watch, measure
from inputs import FOLDER, volume

WINDOW = (slice(8, 248), slice(32, 992), slice(32, 992))
SHAPE, CHUNK, THREADS = (960, 960, 240), (96, 96, 80), 2
"""Of the result, whose axes are x, y, z of the source; of its chunks."""
VALUES, HDF5, TIFF, ZARR, PNG = "values only, in memory", "HDF5", "TIFF", "OME-Zarr", "PNG, 240 files"
OUT = FOLDER / "p6-export"


def source():
    """(256, 1024, 1024) float32, z y x, mapped; every page was touched before."""
    array = volume()
    array.reshape(-1)[::1024].sum()
    return array


def small(part):
    """The values that are written, in the order of the source."""
    return (np.clip(part, 0, 1) * np.float32(255)).astype(np.uint8)


def part(array, x, y, z):
    """A piece of the result."""
    boxes = (slice(one.start + window.start, one.stop + window.start) for one, window in zip((z, y, x), WINDOW, strict=True))
    return small(array[tuple(boxes)]).transpose(2, 1, 0)


def pieces(step=CHUNK):
    return list(itertools.product(*([slice(at, min(at + size, end)) for at in range(0, end, size)] for size, end in zip(step, SHAPE, strict=True))))


def fresh(name):
    OUT.mkdir(parents=True, exist_ok=True)
    path = OUT / name
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    return path


def facts(result):
    """How much memory it took, and how large the result is."""
    own, path = result
    if path is None or not hasattr(path, "is_dir"):
        return {"own MB": round(own)}
    files = [one for one in path.rglob("*") if one.is_file()] if path.is_dir() else [path]
    return {"own MB": round(own), "written MB": sum(one.stat().st_size for one in files) // 10**6, "files": len(files)}


def contender(name, make, role=PEER, *, case, **more):
    """One whose own memory is watched, too."""

    def watched():
        work = make()

        def whole():
            with Watch() as watch:
                path = work()
            return watch.most, path

        return whole

    return Contender(name, watched, role, case, facts=facts, **more)


def read_once():
    array, line = source(), np.empty(SHAPE[:2], np.float32)

    def work():
        for plane in array[WINDOW]:
            np.copyto(line, plane)

    return work


def numpy_values():
    array = source()
    return lambda: np.ascontiguousarray(small(array[WINDOW]).transpose(2, 1, 0))


def dask_values():
    import dask.array as da

    array = da.from_array(source(), chunks=(64, 256, 256))
    return lambda: (da.clip(array[WINDOW], 0, 1) * np.float32(255)).astype(np.uint8).transpose(2, 1, 0).compute()


def our_values():
    """The regions that HDF5 would be given, in two threads."""
    from segue.model.image import ArrayPixels
    from segue.tasks.workers import Threads
    from segue.transform.change import Change, Range
    from segue.transform.pixels import Changed

    cut = tuple((name, one.start, one.stop) for name, one in zip("zyx", WINDOW, strict=True))
    changed = Changed(ArrayPixels(source()), "zyx", Change(cut, Range(0, 1, 0, 255), np.dtype(np.uint8), "xyz"))
    regions = pieces((96, 192, 240))

    def work():
        for _ in Threads(THREADS).run(changed.read_tallied, regions):
            pass

    work()
    return work


def ours(name, axes="xyz", **options):
    """The whole job as a recipe. TIFF and PNG know no file with these axes, so the axes of the source are called by other letters."""
    import segue

    path = OUT / name
    source()
    letters = dict(zip("zyx", axes, strict=True))
    cut = ",".join(f"{letters[name]}={one.start}:{one.stop}" for name, one in zip("zyx", WINDOW, strict=True))
    order = "xyz" if axes == "zyx" else "zyx"
    recipe = {"task": "export", "inputs": [str(FOLDER / "volume.npy")], "input_axes": axes, "cutout": cut, "axes": order, "dtype": "uint8", "options": options}
    recipe |= {"renormalize": "0:1->0:255", "output": str(path / "{slice_index}.png" if name.endswith("png") else path)}

    def work():
        fresh(name)
        segue.run(recipe)
        return path

    work()
    return work


def h5py_loop():
    import h5py

    array = source()

    def work():
        path = fresh("loop.h5")
        with h5py.File(path, "w") as file:
            data = file.create_dataset("exported_data", SHAPE, "u1", chunks=CHUNK, compression="gzip", compression_opts=4)
            for piece in pieces():
                data[piece] = part(array, *piece)
        return path

    return work


def dask_hdf5():
    import dask.array as da

    array = da.from_array(source(), chunks=CHUNK[::-1])

    def work():
        path = fresh("dask.h5")
        values = (da.clip(array[WINDOW], 0, 1) * np.float32(255)).astype(np.uint8).transpose(2, 1, 0).rechunk(CHUNK)
        values.to_hdf5(path, "/exported_data", chunks=CHUNK, compression="gzip", compression_opts=4)
        return path

    return work


def tifffile_whole():
    import tifffile

    array = source()

    def work():
        path = fresh("tifffile.tif")
        values = small(array[WINDOW]).transpose(2, 1, 0)
        about = {"photometric": "minisblack", "metadata": {"axes": "ZYX"}}
        tifffile.imwrite(path, values, bigtiff=True, compression="zstd", compressionargs={"level": 3}, maxworkers=THREADS, rowsperstrip=SHAPE[1], **about)
        return path

    return work


def imagecodecs_png():
    from imagecodecs import png_encode

    array = source()

    def one(path, z):
        plane = np.ascontiguousarray(small(array[(WINDOW[0].start + z, *WINDOW[1:])]).T)
        path.joinpath(f"{z:04d}.png").write_bytes(png_encode(plane, 1))

    return in_files(one)


def imageio_png():
    from imageio.v3 import imwrite

    array = source()
    return in_files(lambda path, z: imwrite(path / f"{z:04d}.png", np.ascontiguousarray(small(array[(WINDOW[0].start + z, *WINDOW[1:])]).T)))


def in_files(one):
    def work():
        path = fresh("peer-png")
        path.mkdir()
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda z: one(path, z), range(SHAPE[2])))
        return path

    return work


def zarr_slabs():
    import zarr

    array = source()

    def work():
        path = fresh("zarr-python.zarr")
        codec = zarr.codecs.BloscCodec(cname="zstd", clevel=3, shuffle="bitshuffle")
        data = zarr.create_array(str(path), shape=SHAPE, chunks=CHUNK, dtype="u1", zarr_format=3, compressors=codec)
        for piece in pieces((CHUNK[0], SHAPE[1], SHAPE[2])):
            data[piece] = part(array, *piece)
        return path

    return work


def tensorstore_zarr(*, whole=True):
    import tensorstore

    array = source()
    blosc = {"name": "blosc", "configuration": {"cname": "zstd", "clevel": 3, "shuffle": "bitshuffle", "typesize": 1, "blocksize": 0}}
    grid = {"name": "regular", "configuration": {"chunk_shape": list(CHUNK)}}
    metadata = {"shape": list(SHAPE), "data_type": "uint8", "chunk_grid": grid, "codecs": [{"name": "bytes"}, blosc]}

    def work():
        path = fresh("tensorstore.zarr")
        spec = {"driver": "zarr3", "kvstore": {"driver": "file", "path": str(path)}, "metadata": metadata}
        data = tensorstore.open(spec | {"context": {"data_copy_concurrency": {"limit": THREADS}}}, create=True).result()
        if whole:
            data.write(small(array[WINDOW]).transpose(2, 1, 0)).result()
        else:
            with ThreadPoolExecutor(THREADS) as pool:
                list(pool.map(lambda piece: data[piece].write(part(array, *piece)).result(), pieces((CHUNK[0], 2 * CHUNK[1], SHAPE[2]))))
        return path

    return work


def contenders():
    zarr_options = {"chunks": "x=80,y=96,z=96", "scales": 1}
    yield Contender("look at all pixels once", read_once, LIMIT, VALUES, calls=2)
    yield contender("segue", our_values, OURS, case=VALUES, calls=2)
    yield contender("dask", dask_values, case=VALUES, needs=("dask",))
    yield contender("numpy", numpy_values, case=VALUES)
    yield contender("segue", lambda: ours("ours.h5", "zyx", chunks="96,96,80"), OURS, case=HDF5, calls=2)
    yield contender("segue, level 4 by libdeflate", lambda: ours("four.h5", "zyx", chunks="96,96,80", level=4), OURS, case=HDF5, needs=("imagecodecs",))
    yield contender("dask.to_hdf5, level 4", dask_hdf5, case=HDF5, needs=("dask", "h5py"))
    yield contender("h5py, chunk by chunk, level 4", h5py_loop, case=HDF5, needs=("h5py",))
    yield contender("segue", lambda: ours("ours.tif", compression="zstd"), OURS, case=TIFF, calls=2)
    yield contender("tifffile, 2 workers", tifffile_whole, case=TIFF, needs=("tifffile", "imagecodecs"))
    yield contender("segue", lambda: ours("ours-png", "zxy"), OURS, case=PNG, calls=2)
    yield contender("imagecodecs level 1, 2 threads", imagecodecs_png, case=PNG, needs=("imagecodecs",))
    yield contender("imageio, 2 threads", imageio_png, case=PNG, needs=("imageio",), rounds=1)
    yield contender("segue", lambda: ours("ours.ome.zarr", "xyz", **zarr_options), OURS, case=ZARR, calls=2)
    yield contender("tensorstore", tensorstore_zarr, case=ZARR, needs=("tensorstore",))
    yield contender("tensorstore, 2 threads", lambda: tensorstore_zarr(whole=False), case=ZARR, needs=("tensorstore",))
    yield contender("zarr-python, slab by slab", zarr_slabs, case=ZARR, needs=("zarr",))


if __name__ == "__main__":
    os.environ.setdefault("TQDM_DISABLE", "1")
    measure("P6 a volume of 1 GB, cut out, renormalised, turned and written", list(contenders()), rounds=3)
    shutil.rmtree(OUT, ignore_errors=True)

"""P1: statistics of 40,000 segments of 4096 x 4096 pixels on 16 channels of 16 bits: mean, median, standard deviation, min, max, area, centroid."""

from __future__ import annotations

import numpy as np
from harness import LIMIT, OURS, Contender, measure
from inputs import channels, labels

U2, F4 = "A: 16 channels of 16 bits", "B: 16 channels of fractions (float32)"
STATISTICS = ("area", "x", "y", "mean", "median", "std", "min", "max")


def fractions(image):
    return image.astype(np.float32) * np.float32(0.37)


def limit(make=lambda image: image):
    mask, image = labels(), make(channels())
    return lambda: (mask.max(), image.max())


def ours(make=lambda image: image, *, everything=False):
    from segue.measure.measuring import Channel, Wanted, measure
    from segue.measure.values.intensity import MADE_OF
    from segue.model.image import ArrayPixels, Image, LabelImage

    mask, image = labels(), make(channels())
    wanted = Wanted(("area", "x", "y", *MADE_OF) if everything else STATISTICS)

    def work(rows=slice(None)):
        picture = Image(ArrayPixels(image[:, rows]), "cyx")
        return measure(LabelImage(ArrayPixels(mask[rows]), "yx"), [Channel(picture, number) for number in range(len(image))], wanted)

    work(slice(0, 64))
    return work


def polars_group_by(make=lambda image: image):
    import polars as pl

    mask, image = labels().ravel(), make(channels()).reshape(16, -1)

    def work():
        here = np.flatnonzero(mask)
        y, x = np.divmod(here, 4096)
        frame = pl.DataFrame({"label": mask[here], "x": x, "y": y} | {f"{number}": channel[here] for number, channel in enumerate(image)})
        of = [f(pl.col(f"{c}")).alias(f"{c} {f.__name__}") for c in range(16) for f in (pl.Expr.mean, pl.Expr.median, pl.Expr.std, pl.Expr.min, pl.Expr.max)]
        return frame.group_by("label").agg(pl.len(), pl.col("x").mean(), pl.col("y").mean(), *of)

    return work


def skimage_table():
    from skimage.measure import regionprops_table

    mask, image = labels(), np.moveaxis(channels(), 0, -1).copy()

    def median(inside, values):
        return np.median(values[inside], axis=0)

    properties = ("label", "area", "centroid", "intensity_mean", "intensity_std", "intensity_min", "intensity_max")
    return lambda: regionprops_table(mask, image, properties=properties, extra_properties=(median,))


def numpy_bincount():
    mask, image = labels().ravel(), channels().reshape(16, -1)

    def work():
        pixels = np.bincount(mask)
        for channel in image:
            values = channel.astype(float)
            np.bincount(mask, values)
            np.bincount(mask, values * values)
        return pixels

    return work


def nyxus():
    from nyxus import Nyxus

    mask, image = labels().astype(np.uint32), channels().astype(np.uint32)
    names = ["MEAN", "MEDIAN", "STANDARD_DEVIATION", "MIN", "MAX", "AREA_PIXELS_COUNT", "CENTROID_X", "CENTROID_Y"]
    features = Nyxus(names, n_feature_calc_threads=2)
    return lambda: [features.featurize(channel, mask) for channel in image]


def harpy():
    import dask.array as da
    from harpy.utils import RasterAggregator

    mask = da.from_array(labels()[None], chunks=(1, 2048, 2048))
    image = da.from_array(channels()[:, None], chunks=(1, 1, 2048, 2048))
    return lambda: RasterAggregator(mask_dask_array=mask, image_dask_array=image).aggregate_stats(stats_funcs=("mean", "var"))


def facts(result):
    median = np.mean([result.columns["median", number].mean() for number in range(16)])
    return {"segments": len(result.label), "mean of medians": round(float(median), 3)}


def facts_polars(frame):
    return {"segments": frame.height, "mean of medians": round(float(np.mean([frame[f"{number} median"].mean() for number in range(16)])), 3)}


CONTENDERS = [
    Contender("look at all pixels once", limit, LIMIT, U2, calls=3),
    Contender("segue measure", ours, OURS, U2, calls=5, facts=facts),
    Contender("segue measure, all 19 statistics", lambda: ours(everything=True), OURS, U2, rounds=2, facts=facts),
    Contender("polars group_by", polars_group_by, case=U2, needs=("polars",), rounds=3, facts=facts_polars),
    Contender("scikit-image regionprops_table", skimage_table, case=U2, needs=("skimage",), rounds=1, facts=lambda found: {"segments": len(found["label"])}),
    Contender("numpy bincount, mean and std", numpy_bincount, case=U2, rounds=1, exact=False),
    Contender("nyxus", nyxus, case=U2, needs=("nyxus",), rounds=1),
    Contender("harpy RasterAggregator, mean and variance", harpy, case=U2, needs=("harpy", "dask"), rounds=1, exact=False),
    Contender("look at all pixels once", lambda: limit(fractions), LIMIT, F4, calls=3),
    Contender("segue measure", lambda: ours(fractions), OURS, F4, calls=5, facts=facts),
    Contender("polars group_by", lambda: polars_group_by(fractions), case=F4, needs=("polars",), rounds=2, facts=facts_polars),
]

if __name__ == "__main__":
    measure("P1 statistics of segments", CONTENDERS, rounds=4)

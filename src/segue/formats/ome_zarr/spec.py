"""The record of OME-Zarr."""

from __future__ import annotations

from segue.codecs.zarr_types import PIXEL_TYPES
from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.formats.holds import Holds
from segue.model.features import Feature

FORMAT = Format(
    name="ome-zarr",
    title="OME-Zarr",
    suffixes=(".ome.zarr", ".zarr"),
    summary="an image of any size with its label images, region by region: versions 0.1 to 0.5, plates and series; written as 0.5 or 0.4, in resolutions",
    specification=Reference("OME-Zarr (NGFF) 0.1 to 0.5, Zarr 2 and 3, bioformats2raw layout 3", "0.5.2", "2026-11-21"),
    detect="segue.formats.ome_zarr.detect:detect",
    reader="segue.formats.ome_zarr.read:read",
    fit="segue.formats.ome_zarr.fit:fit",
    writer="segue.formats.ome_zarr.write:write",
    blocks="segue.formats.ome_zarr.write:blocks",
    holds=Holds(axes=("tczyx",)),
    aliases={"multi-scale ome-zarr": {}, "single-scale ome-zarr": {"scales": "1"}},
    read_options="segue.formats.ome_zarr.options:ReadOptions",
    write_options="segue.formats.ome_zarr.options:WriteOptions",
    accepts=frozenset({Accepts.PIXELS, Accepts.LABELS}),
    folder=True,
    identity="the label numbers are the pixel values of each label image; ids and names of objects have no place",
    opened_by=("napari", "Fiji (MoBIE, BigDataViewer, n5-ij)", "QuPath", "ilastik", "vizarr and other viewers in browsers", "Python (ome-zarr, zarr)"),
    keeps={
        Feature.IMAGE_SET_NAME: exact("group and position are lost", limit=Limit(choices=("name",))),
        Feature.GRID_SIZE: exact("axes without a picture are lost", limit=Limit(axes="tzyx")),
        Feature.PIXEL_SIZE: exact(),
        Feature.ORIGIN: exact("a rotation or shear to the world is lost", limit=Limit(choices=("translation",))),
        Feature.IMAGES: exact("a group holds one image, the first", limit=Limit(at_most=1, dtypes=PIXEL_TYPES)),
        Feature.PIXEL_TYPE: exact(),
        Feature.IMAGE_NAME: exact(),
        Feature.CHANNEL_NAMES: exact(),
        Feature.DATA_RANGE: exact(),
        Feature.INVERTED: exact(),
        Feature.LABELS: exact(),
        Feature.LAYER: exact(),
        Feature.LABEL_TIME: exact(),
        Feature.DISPLAY: approximate("the settings of the image set are kept, presets are lost"),
        Feature.OBJECTS: approximate("the label numbers in the pixels are the objects"),
        Feature.OBJECT_LABEL: approximate("the label numbers in the pixels are the objects"),
    },
)
KEPT = frozenset(feature for feature, kept in FORMAT.keeps.items() if kept.exactly)

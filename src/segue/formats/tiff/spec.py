"""The record of TIFF."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.formats.holds import NUMBERS, Holds
from segue.formats.ome_files.features import DRAWN
from segue.formats.roi_files.features import HELD
from segue.model.features import Feature

INTEGERS = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64")
PIXEL_TYPES = (*INTEGERS, "float16", "float32", "float64")

_DRAWN = "on an image, as its overlay in ImageJ's layout, as OME ROIs in layout ome (names that end in .ome.tif)"

FORMAT = Format(
    name="tiff",
    title="TIFF",
    suffixes=(".tif", ".tiff", ".ome.tif", ".ome.tiff", ".btf"),
    summary="one image or label image of up to five dimensions: ImageJ hyperstacks, OME-TIFF, plain and BigTIFF",
    specification=Reference("TIFF 6.0, BigTIFF, ImageJ 1.54 (TiffDecoder, TiffEncoder), OME-TIFF 2016-06, tifffile 2026.3", "6.0", "2026-11-20"),
    detect="segue.formats.tiff.detect:detect",
    reader="segue.formats.tiff.read:read",
    fit="segue.formats.tiff.fit:fit",
    writer="segue.formats.tiff.write:write",
    read_options="segue.formats.tiff.options:ReadOptions",
    write_options="segue.formats.tiff.options:WriteOptions",
    implied={suffix: {"layout": "ome"} for suffix in (".ome.tif", ".ome.tiff", ".ome.btf")},
    accepts=frozenset({Accepts.PIXELS, Accepts.LABELS}),
    blocks="segue.formats.tiff.write:blocks",
    holds=Holds(
        dtypes=("bool", *NUMBERS, "float16"),
        axes=("tzcyx", "tczyx"),
        sequence=True,
        instead="layout=plain stores every number type, layout=ome all but 64-bit integers and float16",
    ),
    aliases={"multipage tiff": {"layout": "ome"}, "tif": {}},
    identity="the label numbers are the pixel values; what is drawn on an image carries ids as its ROIs do",
    opened_by=("Fiji and ImageJ", "QuPath", "napari", "CellProfiler", "ilastik", "Cellpose", "MATLAB", "Python (tifffile, scikit-image)"),
    keeps={
        Feature.IMAGE_SET_NAME: exact("group and position are lost", limit=Limit(choices=("name",))),
        Feature.GRID_SIZE: exact("axes without a picture are lost", limit=Limit(axes="tzyx")),
        Feature.PIXEL_SIZE: exact(),
        Feature.ORIGIN: exact("a rotation or shear to the world is lost", limit=Limit(choices=("translation",))),
        Feature.IMAGES: exact("a file holds one picture: labels before images, the first before others", limit=Limit(at_most=1, dtypes=PIXEL_TYPES)),
        Feature.PIXEL_TYPE: exact("True and False become 1 and 0", limit=Limit(dtypes=PIXEL_TYPES)),
        Feature.IMAGE_NAME: exact(),
        Feature.CHANNEL_NAMES: exact(),
        Feature.DATA_RANGE: exact(),
        Feature.INVERTED: exact(),
        Feature.LABELS: exact("a file holds one picture: labels before images, the first before others", limit=Limit(at_most=1)),
        Feature.LAYER: exact(),
        Feature.LABEL_TIME: exact(),
        **{feature: approximate(_DRAWN) for feature in (*DRAWN, *HELD) if feature is not Feature.LAYER},
        Feature.OBJECTS: approximate(f"the label numbers in the pixels are the objects; {_DRAWN}"),
        Feature.OBJECT_LABEL: approximate(f"the label numbers in the pixels are the objects; {_DRAWN}"),
    },
)
KEPT = frozenset(feature for feature, kept in FORMAT.keeps.items() if kept.exactly)

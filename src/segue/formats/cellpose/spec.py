"""The record of Cellpose's _seg.npy."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.model.features import Feature

MOST_LABELS = 2**32 - 1

FORMAT = Format(
    name="cellpose",
    title="Cellpose segmentation",
    suffixes=("_seg.npy",),
    summary="the _seg.npy of Cellpose's program and window: masks, colours and settings; read without running anything that is in it",
    specification=Reference("cellpose: cellpose/io.py (masks_flows_to_seg), cellpose/gui/io.py (_save_sets, _load_seg)", "4.0 (849ca11f)", "2026-11-21"),
    detect="segue.formats.cellpose.detect:detect",
    reader="segue.formats.cellpose.read:read",
    fit="segue.formats.cellpose.fit:fit",
    writer="segue.formats.cellpose.write:write",
    read_options="segue.formats.cellpose.options:ReadOptions",
    write_options="segue.formats.cellpose.options:WriteOptions",
    accepts=frozenset({Accepts.LABELS}),
    identity="the label numbers are the mask values; ids, names and colours stand under the key segue, which Cellpose ignores and drops when it saves",
    opened_by=("Cellpose's window (open the image beside it, or the file)", "Cellpose training", "Python: np.load(path, allow_pickle=True).item()"),
    keeps={
        Feature.IMAGE_SET_NAME: exact("group and position are lost", limit=Limit(choices=("name",))),
        Feature.GRID_SIZE: exact("one plane or z stack: several time points are refused", limit=Limit(axes="zyx")),
        Feature.PIXEL_SIZE: exact(),
        Feature.ORIGIN: exact("a rotation or shear to the world is lost", limit=Limit(choices=("translation",))),
        Feature.LABELS: exact(
            "a file holds one label image, of labels up to 4,294,967,295; negative ones and several time points are refused",
            limit=Limit(at_most=1, axes="zyx", lowest=0, highest=MOST_LABELS),
        ),
        Feature.LAYER: exact(),
        Feature.LABEL_TIME: exact(),
        Feature.OBJECTS: exact("objects of other label images are lost", limit=Limit(lowest=0)),
        Feature.OBJECT_ORDER: exact(),
        Feature.OBJECT_ID: exact(),
        Feature.OBJECT_LABEL: exact(),
        Feature.TRACK: exact(),
        Feature.OBJECT_NAME: exact(),
        Feature.OBJECT_COLOUR: exact(),
        Feature.OBJECT_LOCKED: exact(),
        Feature.EXTRAS: approximate("the settings that Cellpose keeps in the file; not what other formats added"),
    },
)
KEPT = frozenset(FORMAT.keeps)

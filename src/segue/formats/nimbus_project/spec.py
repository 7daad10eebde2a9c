"""The record of published projects."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Kept, Limit, Reference, approximate, exact
from segue.formats.nimbus_files.keeps import KEEPS
from segue.model.features import Feature

_TYPES = ("uint8", "uint16", "uint32", "int8", "int16", "int32", "float32", "float64")
OF_IMAGES: dict[Feature, Kept] = {
    Feature.IMAGES: exact("each in an OME-TIFF; complex numbers are lost, images=false leaves all out", limit=Limit(dtypes=_TYPES)),
    Feature.PIXEL_TYPE: approximate("64-bit integers become the smallest type of OME-TIFF that holds them, half floats become floats"),
    Feature.IMAGE_NAME: exact(),
    Feature.CHANNEL_NAMES: exact(),
    Feature.DATA_RANGE: exact(),
    Feature.INVERTED: exact(),
}
"""What goes with images=false."""

FORMAT = Format(
    name="nimbus-project",
    title="NimbusImage project (Zenodo)",
    suffixes=(".nimbus-project",),
    summary="a published project: manifest.json, images, DATASET_annotations.json of each dataset, COLLECTION_config.json",
    specification=Reference("NimbusImage's source: publishing of projects (facts only)", "818835ac (2026-08-07)", "2026-11-22"),
    detect="segue.formats.nimbus_project.detect:detect",
    reader="segue.formats.nimbus_project.read:read",
    fit="segue.formats.nimbus_project.fit:fit",
    writer="segue.formats.nimbus_project.write:write",
    read_options="segue.formats.nimbus_project.options:ReadOptions",
    write_options="segue.formats.nimbus_project.options:WriteOptions",
    advice="segue.formats.nimbus_project.advice:advice",
    accepts=frozenset({Accepts.PIXELS, Accepts.SHAPES}),
    folder=True,
    many=True,
    identity="as in the JSON of one dataset",
    opened_by=("NimbusImage, file by file", "Fiji, QuPath, napari and every other viewer of OME-TIFF (the images)"),
    keeps={
        **KEEPS,
        **OF_IMAGES,
        Feature.IMAGE_SETS: exact("those of one group are the stage positions of one dataset, and stand together; each other is a dataset"),
        Feature.DISPLAY: approximate("the first preset: channels with colours (opaque), visibility, and limits where both are stated"),
        Feature.STUDY_EXTRAS: approximate("further members of NimbusImage's files, not what other formats added"),
    },
)

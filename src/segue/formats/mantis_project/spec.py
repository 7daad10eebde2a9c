"""The record of projects of Mantis Viewer."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.model.features import Feature

_TYPES = ("uint8", "uint16", "uint32", "int8", "int16", "int32", "float32", "float64")
_BESIDE = "in a table of the database that Mantis passes over"
_REGION = "as the pixels of a region; areas of other objects have no place"
_DRAWN = "a region of one outline; others as the pixels of a region; areas of other objects have no place"
_AREAS = (
    *(Feature.RECTANGLE, Feature.ROTATED_RECTANGLE, Feature.OVAL, Feature.ELLIPSE, Feature.POLYGON),
    *(Feature.FREEHAND, Feature.TRACED, Feature.SPLINE, Feature.MASK),
)

FORMAT = Format(
    name="mantis-project",
    title="Mantis Viewer project",
    suffixes=(".mantis",),
    summary="a project of Mantis Viewer or ark-analysis: image sets with channels and segmentation, features, populations, regions, settings",
    specification=Reference("Mantis Viewer's source: Db, SettingStore, ImageSetStore, documentation (facts only)", "0.9.5 to 1.2.4-alpha.3", "2026-11-21"),
    detect="segue.formats.mantis_project.detect:detect",
    reader="segue.formats.mantis_project.read:read",
    fit="segue.formats.mantis_project.fit:fit",
    writer="segue.formats.mantis_project.write:write",
    read_options="segue.formats.mantis_project.options:ReadOptions",
    write_options="segue.formats.mantis_project.options:WriteOptions",
    accepts=frozenset({Accepts.PIXELS, Accepts.LABELS, Accepts.TABLE}),
    folder=True,
    many=True,
    unsigned=True,
    identity=f"a segment is its label; other ids stand {_BESIDE}",
    opened_by=("Mantis Viewer 1.1 and later",),
    keeps={
        Feature.IMAGE_SETS: exact(),
        Feature.IMAGE_SET_NAME: exact(f"the names of folders; what these cannot say, group and position stand {_BESIDE}", limit=Limit(text="plain")),
        Feature.GRID_SIZE: exact("width and height of one plane; z planes and time points are lost", limit=Limit(axes="yx")),
        Feature.PIXEL_SIZE: exact(f"of x and y, {_BESIDE}", limit=Limit(axes="yx")),
        Feature.ORIGIN: exact(f"of x and y, {_BESIDE}", limit=Limit(choices=("translation", "world"))),
        Feature.IMAGES: exact(
            "the first image of one plane, a file per channel; further images, stacks and complex numbers are lost",
            limit=Limit(at_most=1, axes="cyx", dtypes=_TYPES),
        ),
        Feature.PIXEL_TYPE: approximate("64-bit integers become the smallest type that Mantis reads, half floats become floats"),
        Feature.CHANNEL_NAMES: exact(f"in OME-XML, and {_BESIDE}", limit=Limit(text="plain")),
        Feature.LABELS: exact(
            "the first label image of one plane, of labels below 2**53; those above 4,294,967,295 are floats",
            limit=Limit(at_most=1, axes="yx", lowest=0, highest=2**53 - 1),
        ),
        Feature.LAYER: approximate(f"that of the segmentation, {_BESIDE}; regions are in the layer regions"),
        Feature.OBJECTS: approximate("segments by their numbers, and the regions of populations; objects that nothing refers to, without a label, are lost"),
        Feature.OBJECT_ID: approximate(f"of segments, {_BESIDE}; of regions beside their population"),
        Feature.OBJECT_LABEL: approximate("members of populations and objects with values that have no label get the next free numbers"),
        Feature.OBJECT_NAME: approximate(f"of segments, {_BESIDE}; of regions beside their population"),
        Feature.OBJECT_COLOUR: approximate(f"of segments, {_BESIDE}"),
        **dict.fromkeys(_AREAS, approximate(_REGION)),
        **dict.fromkeys((Feature.POLYGON, Feature.FREEHAND, Feature.TRACED), approximate(_DRAWN)),
        Feature.VALUES: approximate("numbers of segments come back exactly, in one table; texts, NaN and tables about anything else have no place"),
        Feature.COLUMNS: approximate("names; what Mantis computed is recognised by its name"),
        Feature.POPULATIONS: approximate("those of equal name and kind in different image sets are one; regions that no population names become one"),
        Feature.POPULATION_COLOUR: exact("without how transparent it is", limit=Limit(choices=("opaque",))),
        Feature.POPULATION_SETTINGS: approximate("what Mantis has no words for stands in a member 'segue' that it passes over"),
        Feature.RULES: approximate("regions as Mantis selects with them (mantis-1.1); other rules stand in a member 'segue' that it passes over"),
        Feature.MEMBERSHIP: approximate("segments, in the order of the list; populations of a segment are in the order of the project"),
        Feature.DISPLAY: approximate("channel mappings, and one display for all image sets: seven channels, their colours and ranges, three opacities"),
        Feature.EXTRAS: approximate("what else Mantis says of populations and image sets, and stale members; not what other formats added"),
        Feature.STUDY_EXTRAS: approximate("settings of Mantis; not what other formats added"),
    },
)

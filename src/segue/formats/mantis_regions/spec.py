"""The record of Mantis Viewer's regions."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.model.features import Feature

_AREAS = (Feature.RECTANGLE, Feature.ROTATED_RECTANGLE, Feature.OVAL, Feature.ELLIPSE, Feature.POLYGON, Feature.FREEHAND, Feature.TRACED, Feature.MASK)

FORMAT = Format(
    name="mantis-regions",
    title="Mantis Viewer regions (TIFF and CSV)",
    suffixes=(".regions",),
    summary="a folder with a picture whose pixels are numbers of regions, and a CSV with their names; such pictures are read alone, too",
    specification=Reference("Mantis Viewer: regions to and from TIFF; ark-analysis: population masks", "1.2.4-alpha.3 (54afc51); 0.6", "2026-11-21"),
    detect="segue.formats.mantis_regions.detect:detect",
    reader="segue.formats.mantis_regions.read:read",
    fit="segue.formats.mantis_regions.fit:fit",
    writer="segue.formats.mantis_regions.write:write",
    read_options="segue.formats.mantis_regions.options:ReadOptions",
    write_options="segue.formats.mantis_regions.options:WriteOptions",
    accepts=frozenset({Accepts.SHAPES, Accepts.LABELS}),
    folder=True,
    written_as="_regions",
    identity="a region is known by its number",
    opened_by=("Mantis Viewer (File > Import > Regions from TIFF)", "ark-analysis", "every program that opens TIFF"),
    enabled_by="export regions",
    keeps={
        Feature.GRID_SIZE: exact("planes and time points are lost", limit=Limit(axes="yx")),
        Feature.OBJECTS: approximate("regions that have pixels in the image"),
        Feature.OBJECT_NAME: approximate("the name of the population that a region selects, else its own"),
        Feature.LAYER: approximate("all are regions"),
        **dict.fromkeys(_AREAS, approximate("as the pixels whose centres are inside")),
        Feature.POPULATIONS: approximate("those that regions select, by one name each; empty and repeated names are changed"),
        Feature.POPULATION_SETTINGS: approximate("the number, where no other has it, and if it is from 1"),
        Feature.RULES: approximate("centroids in the pixels of one region, as Mantis v1.1 selects"),
    },
)

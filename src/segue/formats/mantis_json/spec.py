"""The record of Mantis Viewer's populations in JSON."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.model.features import Feature

_SIDE = "in a member 'segue' that Mantis passes over"
_REGION = "the region of a population, as one ring"
_RING = Limit(choices=("no holes",), at_most=1)
_AREAS = (Feature.RECTANGLE, Feature.ROTATED_RECTANGLE, Feature.OVAL, Feature.ELLIPSE, Feature.SPLINE, Feature.MASK)
_KINDS = (Feature.FREEHAND, Feature.POLYGON, Feature.TRACED)
_JOINED = "holes and further parts are joined to the outline by a line there and back, which encloses nothing; only regions of populations are held"

FORMAT = Format(
    name="mantis-json",
    title="Mantis Viewer populations",
    suffixes=(".json", ".mantis.json"),
    summary="populations of segments and the regions that select them, as Mantis Viewer exported them until v1.0; read from v0.5 on",
    specification=Reference("Mantis Viewer's source: PopulationStore, project import and export (facts only)", "0.5 to 1.2.4-alpha.1", "2026-11-21"),
    detect="segue.formats.mantis_json.detect:detect",
    reader="segue.formats.mantis_json.read:read",
    fit="segue.formats.mantis_json.fit:fit",
    writer="segue.formats.mantis_json.write:write",
    read_options="segue.formats.mantis_json.options:ReadOptions",
    write_options="segue.formats.mantis_json.options:WriteOptions",
    accepts=frozenset({Accepts.SHAPES, Accepts.LABELS}),
    identity=f"a segment is its label; other ids stand {_SIDE}",
    opened_by=("Mantis Viewer 0.9.5 to 1.0.1",),
    enabled_by="export populations json",
    unsigned=True,
    keeps={
        Feature.OBJECTS: approximate("segments with a label that are in a population, and the regions of populations"),
        Feature.OBJECT_ID: exact(_SIDE),
        Feature.OBJECT_LABEL: exact(),
        Feature.LAYER: approximate("segments are in the layer labels, regions in the layer regions"),
        Feature.OBJECT_NAME: approximate(f"names of regions stand {_SIDE}, where they are not that of the population; segments have none"),
        **dict.fromkeys(_KINDS, exact(f"{_REGION}; {_JOINED}", limit=_RING)),
        **dict.fromkeys(_AREAS, approximate(f"{_REGION}, a polygon")),
        Feature.POPULATIONS: exact(
            f"paths of names stand {_SIDE}; a region alone becomes one; those that only other image sets have are left out", limit=Limit(at_most=99)
        ),
        Feature.POPULATION_COLOUR: exact("without how transparent it is", limit=Limit(choices=("opaque",))),
        Feature.POPULATION_SETTINGS: exact(f"what is not Mantis' stands {_SIDE}; as the image set has them, where an image set of a project has its own"),
        Feature.RULES: approximate(
            f"regions as Mantis selects with them; other rules stand {_SIDE}; several regions of a population become one; without a region here it is a list"
        ),
        Feature.MEMBERSHIP: approximate("segments of one layer, in the order of the list; populations of a segment are in the order of the file"),
        Feature.EXTRAS: approximate("further members of Mantis' populations, and stale members; not what other formats added"),
    },
)

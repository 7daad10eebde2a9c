"""What tables of NimbusImage keep."""

from __future__ import annotations

from segue.formats.format import Kept, approximate
from segue.model.features import SHAPE_FEATURES, Feature

_SHAPE = "only which kind it is, its channel and its slice; --set columns=wkt keeps points, lines, rectangles and outlines"

KEEPS: dict[Feature, Kept] = {
    Feature.IMAGE_SETS: approximate("each is a stage position (XY); one without objects has no row"),
    Feature.IMAGE_SET_NAME: approximate("the position, not name and group"),
    Feature.OBJECTS: approximate("all of them, each at a time point; of connections only those that are connected"),
    Feature.OBJECT_ORDER: approximate("their order; of connections the order in which they are named"),
    Feature.OBJECT_ID: approximate("an id that another image set uses, too, or that is empty, is replaced"),
    Feature.OBJECT_TIME: approximate("what is at no time point is at the first"),
    Feature.OBJECT_NAME: approximate("an empty name is none"),
    Feature.TRACK: approximate("only with --set kind=tracks, numbered by the connections"),
    **dict.fromkeys(SHAPE_FEATURES, approximate(_SHAPE)),
    Feature.SHAPE_PLANE: approximate("of the first shape of an object; what is on all planes is on the first"),
    Feature.CONNECTIONS: approximate("only with --set kind=connections; with --set kind=tracks those along the tracks"),
    Feature.VALUES: approximate("only of tables about objects; types are not stored: texts that look like numbers are numbers, NaN is missing"),
    Feature.COLUMNS: approximate("only their names, in one table"),
    Feature.POPULATIONS: approximate("as tags, those that have members; a nested name is joined with ' / ', and ', ' in a name parts it"),
    Feature.MEMBERSHIP: approximate("in the order of the objects; not the labels that they were made on"),
    Feature.PROPERTIES: approximate("only their names, in those of columns"),
    Feature.EXTRAS: approximate("shape, channel and slice of objects without a shape stand there"),
}

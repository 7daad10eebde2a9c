"""Words of NimbusImage's files."""

from __future__ import annotations

import uuid

NAME = "nimbus"
"""Under which foreign details and ids are kept."""
TABLE = "properties"
"""The table of values of properties."""
JOIN = " / "
"""Between the names of nested values, and of nested populations, as NimbusImage shows them."""
TAG = "tag"
"""Kind of the populations that are tags."""
HOLE, PART = "hole", "part"
"""Tags of annotations that are holes of another one, or one of several parts; and of the connections between them."""
DATASET = "image set"
"""Entity of the alias that is the id of the dataset."""
ANNOTATION, CONNECTION, STUDY = "object", "connection", "study"
"""Entities of extras."""
POINT, LINE, POLYGON, RECTANGLE = "point", "line", "polygon", "rectangle"
SHAPES = (POINT, LINE, POLYGON, RECTANGLE)
PROPERTY_SHAPES = (POINT, LINE, POLYGON)
NAMESPACE = uuid.UUID("5e67ee00-6e69-5bb5-8a1a-9e000a7d0001")
"""Of the ids that are made where a file needs one and the study has none that can be used."""
MADE_BY_HAND = "properties/none:latest"
"""The image of properties that no worker computes."""
RESERVED = (
    *("_id", "id", "shape", "channel", "location", "tags", "coordinates", "datasetId", "color", "name", "segue"),
    *("parentId", "childId", "label", "access", "creatorId", "creator", "createdBy", "owner", "ownerId", "userId", "user", "users", "groups", "email", "login"),
)
"""Members of documents that are known, or that are about an account."""
KNOWN_TOP = (
    *("annotations", "annotationConnections", "annotationProperties", "annotationPropertyValues", "connections", "properties", "propertyValues"),
    *("segue", "datasetId", "propertyIdMap", "access", "creatorId", "creator", "createdBy", "owner", "ownerId", "userId", "user", "users", "groups"),
    *("email", "login"),
)
"""Members of a file that are known, or that are about an account."""

"""Words of the format, and what segue adds to them."""

from __future__ import annotations

import uuid

NAMESPACE = uuid.UUID("6f1c8a52-93a5-5d0e-9c5f-2f0c6f9f5e5a")
"""Of the UUIDs that ids become which are none."""
PREFIX = "segue."
"""Of the metadata keys that are segue's; QuPath keeps metadata as texts."""
ID, LABEL, LAYER, TRACK = "segue.id", "segue.label", "segue.layer", "segue.track"
KIND, NUCLEUS_KIND, ROLE, PART = "segue.kind", "segue.nucleus", "segue.role", "segue.part"
ALL, POPULATIONS = "segue.all", "segue.populations"
"""``segue.kind``: kind of the shape where the geometry does not say it; ``segue.part``: number of a further shape of the same object, from 2;
``segue.all``: axes of the plane that mean "all" though a number stands there; ``segue.populations``: ids as a JSON list where the class does not
say them."""
MEMBER = "segue"
"""Of the feature collection."""

MEASUREMENTS, METADATA = "measurements", "metadata"
"""Names of the tables of numbers and texts in files of others."""
CLASS_JOINT = ": "
"""Between the names of a derived class."""
MANY = 5000
"""More areas than this are detections: QuPath gets slow with annotations."""
OLD_CLASSES = {
    "PathAnnotationObject": "annotation",
    "PathDetectionObject": "detection",
    "PathCellObject": "cell",
    "PathTileObject": "tile",
    "TMACoreObject": "tmaCore",
    "PathRootObject": "root",
}
"""What QuPath 0.2 wrote as the id of every object."""

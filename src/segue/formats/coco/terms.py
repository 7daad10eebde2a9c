"""Words of the format, and limits."""

from __future__ import annotations

NAME = "coco"
KNOWN = frozenset({"id", "image_id", "category_id", "segmentation", "area", "bbox", "iscrowd", "keypoints", "num_keypoints", "attributes", "segue"})
"""Members of an annotation that have a meaning."""
KNOWN_IMAGE = frozenset({"id", "file_name", "width", "height", "segue"})
KNOWN_CATEGORY = frozenset({"id", "name", "supercategory", "segue"})
KNOWN_TOP = frozenset({"images", "annotations", "categories", "segue"})
KEYPOINTS = "keypoints"
"""Role of the points that stand beside an outline."""
VISIBILITY = "visibility"
"""Column of keypoints that are hidden or not labelled: a JSON list of COCO's flags (0 not labelled, 1 hidden, 2 visible)."""
AREA, CROWD = "area", "iscrowd"
"""Columns: an area that is not that of the outline; whether it is a crowd."""
UNCLASSIFIED = "unclassified"
"""The category of objects that are in no population: COCO has none without."""
LARGEST = 1 << 33
"""Bytes of a file."""
SIDE = 2**31 - 1
"""Pixels along an edge."""
MOST_CELLS = 100_000_000
"""Values of all annotations together, missing ones counted."""

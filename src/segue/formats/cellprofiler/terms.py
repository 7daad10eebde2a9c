"""Names in CellProfiler's tables, and the columns that segue adds to them."""

from __future__ import annotations

import re

IMAGE_NUMBER, OBJECT_NUMBER = "ImageNumber", "ObjectNumber"
IMAGE, EXPERIMENT, RELATIONSHIPS = "Image", "Experiment", "Object relationships"
"""Names of the files that are not about objects, behind the prefix."""
RELATION_COLUMNS = (
    "Module",
    "Module Number",
    "Relationship",
    "First Object Name",
    "First Image Number",
    "First Object Number",
    "Second Object Name",
    "Second Image Number",
    "Second Object Number",
)
OF_IMAGES = ("Metadata_", "FileName_", "PathName_", "URL_", "ObjectsFileName_", "ObjectsPathName_", "ObjectsURL_")
"""Columns of object tables that begin so are about the image set."""
PATHS = ("PathName_", "URL_", "ObjectsPathName_", "ObjectsURL_")
CENTRE = ("Location_Center_X", "Location_Center_Y")
TRACK = "TrackObjects_Label"
CLASS = "Classify_"
COUNT = "Count_"
PARENT = "Parent_"

NAME, GROUP, POSITION = "Metadata_ImageSet", "Metadata_Plate", "Metadata_Position_"
HEIGHT, WIDTH = "Height_", "Width_"
OWN = "Metadata_Object_"
"""Beginning of the columns about objects that segue adds; programs take what begins with Metadata_ for no measurement."""
FACTS = {"id": f"{OWN}Id", "layer": f"{OWN}Layer", "label": f"{OWN}Label", "t": f"{OWN}Time", "name": f"{OWN}Name"}

ROLE = "centre"
"""Role of the points at the centres of objects."""
NO_LAYER = "Objects"
"""What the table of objects without a layer is called."""
HALF = 0.5
"""CellProfiler counts from the centre of the first pixel, the model from its corner."""
FARTHEST = 1e9

ABSOLUTE = re.compile(r"^(?:file:|https?:|s3:|gs:|omero:|[A-Za-z]:[\\/]|/|\\\\)")
"""How texts begin that say where a file was on somebody's computer."""
ANY_PATH = re.compile(r"(?:file:/|[A-Za-z]:\\|(?<![\w.)\]])/(?=[\w.~-]+/))[^\n|,'\"]*")
"""Absolute paths within a text."""

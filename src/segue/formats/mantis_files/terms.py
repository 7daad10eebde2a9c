"""The words of Mantis Viewer, and where segue keeps what the model has no word for."""

from __future__ import annotations

from segue.model.rules import REGIONS as REGIONS

OWN = "mantis"
"""``format`` of rows of extras and aliases; their entity is ``population``, their id that of the population.

An alias is the id by which Mantis knows the population in that image set, where it is another. The payload of extras is a JSON object of the members
of its row that differ in that image set (``renderOrder``, ``color``, ``visible``) or that the model has no word for (``notes``, ...); ``{}`` says that
the population exists there, though it has no members.
"""
SEGMENTS = "labels"
"""Layer of segments, as long as no label image says another."""
KIND = "population"
"""Kind of Mantis' populations."""
SIDE = "segue"
"""Member of a row with what Mantis has no words for; its importer passes over it. Also the ``format`` of what segue itself keeps beside a population."""
KNOWN = ("id", "renderOrder", "name", "color", "visible", "selectedSegments", "selectedRegion", "regionOutline", "pixelIndexes", SIDE)
"""Members of a row that have a meaning here."""
DRAWN = ("regionGraphics", "segmentGraphics")
"""Members that hold only how a population was last drawn."""
JOINT = ": "
"""Between the names of a path of populations."""

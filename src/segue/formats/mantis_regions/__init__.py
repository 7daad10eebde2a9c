"""Regions of Mantis Viewer: a TIFF whose pixels are numbers of regions, and their names in a CSV beside it."""

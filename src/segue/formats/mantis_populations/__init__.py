"""Populations of Mantis Viewer as CSV: segments and the names of their populations, of one image or of a project."""

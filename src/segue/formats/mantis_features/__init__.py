"""Segment features of Mantis Viewer as CSV: values of segments, of one image or of a project."""

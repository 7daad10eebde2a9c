"""Segmentations of Mantis Viewer as text: the pixels of a segment in each line."""

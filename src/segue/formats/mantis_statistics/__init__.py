"""Segment statistics of Mantis Viewer (CSV)."""

"""Folders of the Cell Tracking Challenge."""

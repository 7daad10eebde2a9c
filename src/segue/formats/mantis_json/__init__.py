"""Populations and regions in the JSON of Mantis Viewer until v1.0."""

"""Analyses as scripts: the same work for ImageJ, or for Python."""

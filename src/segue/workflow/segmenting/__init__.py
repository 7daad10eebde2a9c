"""Segmenting images: a threshold, and the particles of what lies beyond it."""

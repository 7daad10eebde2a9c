"""Thresholds, and the particles of what lies beyond them."""

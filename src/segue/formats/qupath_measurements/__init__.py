"""Measurement tables of QuPath."""

"""Measuring segments on images: what is asked for, what is read, measured, and written."""

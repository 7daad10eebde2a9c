"""Cells of a MERSCOPE run (Vizgen)."""

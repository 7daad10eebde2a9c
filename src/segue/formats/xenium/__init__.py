"""Cells and nuclei of a Xenium run (10x Genomics)."""

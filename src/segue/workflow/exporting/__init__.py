"""Exporting the pixels of images: described and planned before a pixel is read, then written block by block."""

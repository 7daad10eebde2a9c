"""What folders with one file per channel share: which files are channels, what these are called, and how they become one image."""

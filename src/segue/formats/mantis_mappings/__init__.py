"""Channel marker mappings of Mantis Viewer as CSV: presets of display."""

"""Gates of Mantis Viewer as CSV: ranges of features, joined by name."""

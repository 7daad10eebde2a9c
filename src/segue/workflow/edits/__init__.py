"""Editing what a study holds: records of edits, and the patches that they make."""

"""Importing results into a study that exists."""

"""Where a job keeps its record: beside its outputs, and never an input."""

from __future__ import annotations

from pathlib import Path

FOLDER = "segue-job"


def of_a_record(file: Path) -> bool:
    """Whether a file lies in the record of a job."""
    return FOLDER in file.parts

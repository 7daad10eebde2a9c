"""``segue.clean``."""

from __future__ import annotations

from pathlib import Path

from segue.workflow.cleaning.finding import find
from segue.workflow.cleaning.removal import Cleaned, remove
from segue.workflow.cleaning.survey import survey


def clean(place: Path | str, *, dry_run: bool = False) -> Cleaned:
    """Delete exactly what runs wrote, as their record says: files, sequences, folders, tables, the record itself at last.

    Inputs, files of somebody else, and files that were changed since stay, and so do folders that are not empty then. A second call finds nothing.

    Parameters
    ----------
    place
        A folder with the record of a batch, the record ``segue-job``, its manifest, or a saved recipe: then only what that recipe wrote.
    dry_run
        Delete nothing; say what would be.

    Returns
    -------
    What was deleted, what stays and why, and what could not be deleted.

    Raises
    ------
    segue.SegueError
        It is the recipe of a single output, which keeps no record; or a run is writing there.
    """
    chosen = find(Path(place))
    if chosen is None:
        return Cleaned(dry_run=dry_run)
    found = survey(chosen)
    return Cleaned(found.goes, found.stays, dry_run=True) if dry_run else remove(found)

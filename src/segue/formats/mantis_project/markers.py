"""Names of channels from a file beside the images (Mantis' marker names override)."""

from __future__ import annotations

from pathlib import Path

from segue.codecs.mantis_csv import read_rows
from segue.errors import SegueError
from segue.formats.mantis_project.layout import is_plain
from segue.formats.mantis_project.settings import Settings, override_of
from segue.storage.source import Source


def marker_names(root: Path, folder: Path, option: str, settings: Settings) -> tuple[str, ...]:
    """Line n names page n of a stack: its first column, without a header; empty where there is no such file.

    Parameters
    ----------
    root, folder
        The project, and the image set.
    option
        The name of the file that the user gives; empty = the setting of the project decides.
    settings
        Of the project: ``{"basename": ..., "project": whether the file lies in the project, else in each image set}``.
    """
    name, for_all = override_of(settings)
    homes = [root, folder] if option else [root if for_all else folder]
    wanted = option or name
    if not is_plain(wanted):
        return ()
    path = next((home / wanted for home in homes if (home / wanted).is_file()), None)
    return () if path is None else _first_column(path)


def _first_column(path: Path) -> tuple[str, ...]:
    try:
        rows = read_rows(Source(path), bool)
    except SegueError:
        return ()
    return tuple((name or "").strip() for name in rows.columns[0]) if rows.columns else ()

"""What the channels in a folder are called, by the rules of Mantis Viewer 1.2."""

from __future__ import annotations

from collections import Counter

from segue.formats.channel_files.files import stem
from segue.formats.channel_files.pictures import Picture


def channel_names(pictures: list[Picture], *, always: bool = False) -> list[str]:
    """One name per channel, in the order of the files and their pages.

    What the file states (OME-XML, MIBItiff, names of pages), if that tells the channels apart; else of a file with one channel its name
    without the suffix (with it where two share it), of pages ``Marker 1``, ``Marker 2``, ... Names that are still equal get ``_2``, ``_3``, ...

    Parameters
    ----------
    pictures
        In order.
    always
        Whether what a file states counts also where it does not tell the channels apart, as it does in Mantis Viewer.
    """
    stated = [list(one.names) if len(one.names) == one.size("c") else [] for one in pictures]
    counts = Counter(name for names in stated for name in names)
    of_file = Counter(one.source.path for one in pictures)
    stems = Counter(stem(path) for path in of_file)
    found: list[str] = []
    for one, names in zip(pictures, stated, strict=True):
        path = one.source.path
        if names and (always or all(counts[name] == 1 for name in names)):
            found += names
        elif one.size("c") == 1 and of_file[path] == 1:
            found.append(stem(path) if stems[stem(path)] == 1 else path.name)
        else:
            found += names or [f"Marker {nth + 1}" for nth in range(one.size("c"))]
    return _unlike(found)


def _unlike(names: list[str]) -> list[str]:
    taken: set[str] = set()
    found = []
    for name in names:
        nth, free = 1, name
        while free in taken:
            nth += 1
            free = f"{name}_{nth}"
        taken.add(free)
        found.append(free)
    return found

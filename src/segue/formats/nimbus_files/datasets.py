"""Which image sets are a dataset, and what its file is called."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from segue.codecs.nimbus_documents import SIDE, Documents
from segue.model.study import ImageSet, Study
from segue.storage.names import safe_names

ENDING = ".json"
UNNAMED = "dataset"


def datasets(study: Study, ending: str = ENDING) -> list[tuple[str, Study]]:
    """(name of its file, the study of its image sets) of each dataset, in the order in which they first occur.

    Image sets of one group are a dataset; one without a group is a dataset of its own, called as it is.

    Parameters
    ----------
    study
        Any.
    ending
        Of the names of files.
    """
    found: dict[str | int, list[ImageSet]] = {}
    for nth, s in enumerate(study.image_sets):
        found.setdefault(nth if s.group is None else s.group, []).append(s)
    names = safe_names([_shown(many[0].group or many[0].name or UNNAMED) for many in found.values()], ending)
    return [(name, replace(study, image_sets=tuple(many))) for name, many in zip(names, found.values(), strict=True)]


def named_after(study: Study, documents: Documents, name: str) -> Study:
    """The study of a file that says nothing of image sets, called as the file is: its only image set, or the dataset of its positions."""
    return study if SIDE in documents.members else called(study, stem_of(name))


def stem_of(name: str, ending: str = ENDING) -> str:
    """What a file in an archive is called, without the folder that it is in, and without its ending."""
    return PurePosixPath(name.replace("\\", "/")).name.removesuffix(ending)


def called(study: Study, stem: str) -> Study:
    """The study of a file that says nothing of image sets: its only image set, or the dataset of its positions, is called as the file is."""
    if len(study.image_sets) == 1:
        return study.map(lambda s: replace(s, name=s.name or stem))
    return study.map(lambda s: replace(s, group=stem))


def _shown(name: str) -> str:
    """A name that no system takes for that of a hidden file."""
    return f"_{name}" if name.startswith(".") else name

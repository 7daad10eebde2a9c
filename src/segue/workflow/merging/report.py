"""What became of an import, in sentences."""

from __future__ import annotations

from segue.notes import Kind, Note, Notes
from segue.workflow.merging.drafting import Counts

SENTENCES = (
    (Kind.DONE, "objects", "{count object} imported"),
    (Kind.DONE, "known", "{count object} in the study already"),
    (Kind.DONE, "replaced", "{count object} drawn anew"),
    (Kind.DONE, "gone", "{count object} of the study removed"),
    (Kind.CHANGED, "renamed", "{count object} got another id: the study has another object of theirs"),
    (Kind.CHANGED, "unlabelled", "{count object} came without a label number: it belongs to a segment of the study"),
    (Kind.DONE, "connections", "{count connection} imported"),
    (Kind.DONE, "known_connections", "{count connection} in the study already"),
    (Kind.SKIPPED, "loose", "{count connection} with an end that is not there"),
    (Kind.DONE, "memberships", "{count membership} imported"),
    (Kind.SKIPPED, "classes", "{count object} kept the class that the study says, although another came"),
    (Kind.DONE, "values", "{count value} imported"),
    (Kind.SKIPPED, "differing", "{count value} kept as in the study, although another came (--overwrite ids takes the other)"),
    (Kind.SKIPPED, "details", "{count foreign detail} about something that the study has already, or about the image"),
)
"""Kind of note, name in ``Counts``, sentence."""


def notes_of(counts: Counts) -> Notes:
    """The notes about one image set."""
    return Notes(tuple(Note(kind, what, count=count) for kind, name, what in SENTENCES if (count := getattr(counts, name))))

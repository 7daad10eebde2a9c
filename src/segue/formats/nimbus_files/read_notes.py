"""What is said about a file that has been read."""

from __future__ import annotations

import polars as pl

from segue.codecs.nimbus_documents import Documents
from segue.formats.nimbus_files.read_objects import colours
from segue.model.features import Feature
from segue.notes import Kind, Note


def left_out(documents: Documents) -> list[Note]:
    """Members about somebody's account."""
    notes = []
    for frame, what in ((documents.annotations, "annotation"), (documents.connections, "connection")):
        count = int(frame["account"].sum() or 0)
        if count:
            notes.append(Note(Kind.SKIPPED, f"who may see or change {{count {what}}} ('access') is about accounts and is left out", count=count))
    return notes


def about_properties(repeated: int, nameless: int, undefined: int, *, account: bool) -> list[Note]:
    """Definitions of properties."""
    notes = []
    if account:
        notes.append(Note(Kind.SKIPPED, "who may see or change definitions of properties ('access') is about accounts and is left out"))
    if repeated:
        notes.append(Note(Kind.REPAIRED, "of several definitions with one id the last counts", Feature.PROPERTIES, count=repeated))
    if nameless:
        notes.append(Note(Kind.REPAIRED, "definitions without an id get one", Feature.PROPERTIES, count=nameless))
    if undefined:
        notes.append(Note(Kind.ASSUMED, "properties that have values but no definition are called by their id", Feature.PROPERTIES, count=undefined))
    return notes


def about_documents(documents: Documents, odd: int) -> list[Note]:
    """Tags, colours and data sets."""
    notes = []
    if odd:
        notes.append(Note(Kind.REPAIRED, "tags that are no list of different texts are read as one", Feature.MEMBERSHIP, count=odd))
    datasets = pl.concat([documents.annotations["dataset"], documents.connections["dataset"]]).drop_nulls().n_unique()
    if datasets > 1:
        notes.append(Note(Kind.ASSUMED, f"annotations of {datasets} data sets are read as those of one", Feature.IMAGE_SETS))
    given = documents.annotations["colour"]
    wrong = int(given.is_not_null().sum()) - int(colours(given).is_not_null().sum())
    if wrong:
        notes.append(Note(Kind.SKIPPED, "what stands as a colour is none", Feature.OBJECT_COLOUR, count=wrong))
    return notes

"""Which format a file is of, and why not another."""

from __future__ import annotations

from dataclasses import dataclass

from segue.errors import AmbiguousFormat, WrongFormat
from segue.formats.catalog import FORMATS, by_suffix
from segue.formats.format import Evidence, Format
from segue.formats.lossy_files import LOSSY, refusal
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

LEAD = 10
"""How far the best score must be ahead of the next one."""


@dataclass(frozen=True)
class Candidate:
    """One format with the evidence for it."""

    format: Format
    evidence: Evidence


def candidates(source: Source) -> list[Candidate]:
    """Every format that could have written the file, the likeliest first."""
    found = [Candidate(record, record.evidence(source)) for record in FORMATS.values() if record.reads and (record.inside or not source.inside)]
    return sorted((one for one in found if one.evidence.score > 0), key=lambda one: -one.evidence.score)


def detect(source: Source) -> tuple[Format, Notes]:
    """The format of a file, from its content and its name.

    Raises
    ------
    AmbiguousFormat
        Two formats fit equally well; the message names the option that decides.
    WrongFormat
        No format fits; the message says what was found.
    """
    found = candidates(source)
    if not found:
        raise WrongFormat(f"{source.path} cannot be read: {_reason(source)}", path=source.path, found=_reason(source))
    best, rest = found[0], found[1:]
    if rest and best.evidence.score - rest[0].evidence.score < LEAD:
        names = [best.format.name] + [one.format.name for one in rest if best.evidence.score - one.evidence.score < LEAD]
        raise AmbiguousFormat(f"{source.path} could be {' or '.join(names)}; say which with --from {names[0]}", path=source.path, candidates=names)
    if best.format in by_suffix(source.path.name):
        return best.format, Notes()
    return best.format, Notes.of(Note(Kind.ASSUMED, f"read as {best.format.name}: {best.evidence.reason}", where=source.path.name))


def _reason(source: Source) -> str:
    if source.inside:
        return f"it has no {source.inside} inside; only files that hold several pictures have paths inside (HDF5)"
    if source.path.suffix.lower() in LOSSY:
        return refusal(source.path.suffix.lower())
    if source.is_folder:
        return "it is a folder, but not a study (NAME.segue); give the files in it"
    if source.size == 0:
        return "it is empty"
    near = by_suffix(source.path.name)
    if len(near) == 1:
        return f"it is named like {near[0].title}, but its content is not; it may be damaged or incomplete"
    if near:
        return f"its name could be that of {_listed([one.title for one in near])}, but its content is none of them; it may be damaged, or of another program"
    return "it is none of the formats that segue reads (segue formats lists them)"


def _listed(titles: list[str]) -> str:
    """The first three, and how many more."""
    more = len(titles) - 3
    return " or ".join(titles) if more <= 0 else f"{', '.join(titles[:3])} and {more} others"

"""What a gate is called, and which image set its rows are about: by name, by number, by the name of its file; never by guessing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from segue.errors import Incompatible
from segue.formats.gate_files import NUMBERED
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note
from segue.storage.source import split_suffix
from segue.workflow.pairing import mask_of

_EXPORTED = "export_"
"""What FlowJo puts before the names of files that it exports."""


def gate_name(path: Path, images: Collection[str]) -> str:
    """The name of the population that a file holds: ``T cells`` of ``export_roi 1_T cells.fcs`` where ``roi 1`` is an image."""
    stem = split_suffix(path.name)[0]
    name = stem.removeprefix(_EXPORTED)
    image = _image_in(name, images)
    return name[len(image) + 1 :] if image and len(name) > len(image) + 1 else name or stem


def _image_in(stem: str, images: Collection[str]) -> str:
    """The longest name of an image that a name of a file begins with, as it stands there."""
    spelled = {one for name in images if name for one in (name, split_suffix(name)[0], _short(name), name.replace(" ", "_"))}
    return max((one for one in spelled if stem.casefold().startswith(one.casefold() + "_")), key=len, default="")


def _short(name: str) -> str:
    return mask_of(Path(name).with_name(Path(name).name or name)) or split_suffix(name)[0]


def partners(study: Study, gated: Sequence[ImageSet], names: Collection[str], where: str, *, shared: bool) -> tuple[list[int | None], list[Note]]:
    """For each image set of a gate the place of the same one in the study, None = it is not there; and what was assumed.

    Raises
    ------
    Incompatible
        Nothing says which image set of the study it is about; or none of them is in the study, and the file is not one of several (``shared``).
    """
    ours = [{one.casefold() for name in (s.name, *(names if len(study.image_sets) == 1 else ())) if name for one in _spellings(name)} for s in study.image_sets]
    found = [_named(s.name, ours) for s in gated]
    assumed = []
    if len(gated) == 1 and found[0] is None:
        found = [_alone(study, gated[0], ours, where, shared=shared)]
        if found[0] is not None and gated[0].name and any(ours):
            assumed.append(Note(Kind.ASSUMED, f"{where} is about {gated[0].name!r}, which is taken for {called(study, names)}"))
    step = _step(gated, found)
    found = [_numbered(s, step, len(study.image_sets)) if place is None and not s.name else place for s, place in zip(gated, found, strict=True)]
    if all(place is None for place in found) and gated and not shared:
        raise Incompatible(f"{where} is about {_listed(gated)}, and {called(study, names)} is none of them; {HINT}", path=where)
    taken = [place for place in found if place is not None]
    if len(set(taken)) < len(taken):
        raise Incompatible(f"{where} names image sets that are all the same one here ({called(study, names)}); {HINT}", path=where)
    return found, assumed


HINT = "name the gates of one image with a template such as 'gates/{nickname}*.fcs', or join them to the study that the events were written from"


def _spellings(name: str) -> set[str]:
    return {name, split_suffix(name)[0], _short(name)}


def _named(name: str, ours: Sequence[set[str]]) -> int | None:
    wanted = {one.casefold() for one in _spellings(name)} if name else set()
    exact = [place for place, mine in enumerate(ours) if name and name.casefold() in mine]
    fitting = exact if len(exact) == 1 else [place for place, mine in enumerate(ours) if wanted & mine]
    return fitting[0] if len(fitting) == 1 else None


def _alone(study: Study, s: ImageSet, ours: Sequence[set[str]], where: str, *, shared: bool) -> int | None:
    """The image set of a file about one image, which is not named like any: the only one, or the one that the file is named after."""
    if len(study.image_sets) == 1 and not shared:
        return 0
    if s.name or (_number(s) is not None and len(study.image_sets) > 1):
        return None
    stem = split_suffix(where)[0].removeprefix(_EXPORTED).casefold()
    fitting = [(len(one), place) for place, mine in enumerate(ours) for one in mine if stem == one or stem.startswith(one + "_")]
    if fitting or (shared and len(study.image_sets) == 1):
        return max(fitting)[1] if fitting else None
    raise Incompatible(f"{where} does not say which image its rows are about, and there are several that they could be; {HINT}", path=where)


def _step(gated: Sequence[ImageSet], found: Sequence[int | None]) -> int:
    """What the numbers of image sets are ahead of their places in the study: as those show that have a name, else 1."""
    steps = {number - place for s, place in zip(gated, found, strict=True) if place is not None and (number := _number(s)) is not None}
    return steps.pop() if len(steps) == 1 else 1


def _number(s: ImageSet) -> int | None:
    return dict(s.position).get(NUMBERED)


def _numbered(s: ImageSet, step: int, count: int) -> int | None:
    number = _number(s)
    return number - step if number is not None and count > 1 and 0 <= number - step < count else None


def called(study: Study, names: Collection[str]) -> str:
    """What the image sets of a study are called, for messages."""
    found = [repr(s.name) for s in study.image_sets if s.name] or [repr(one) for one in list(names)[:1]] or ["this image"]
    return ", ".join(found[:3]) + (f" and {len(found) - 3:,} more" if len(found) > 3 else "")


def _listed(gated: Sequence[ImageSet]) -> str:
    found = [repr(s.name) if s.name else f"image number {_number(s)}" if _number(s) is not None else "an image without a name" for s in gated]
    return ", ".join(found[:3]) + (f" and {len(found) - 3:,} more" if len(found) > 3 else "")

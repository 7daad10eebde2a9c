"""Segmenting what a study holds: images in; the same image sets with a label image and an object per particle out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from segue.errors import InvalidOption, UnsupportedVariant
from segue.model.image import Image, size_of
from segue.model.objects import Objects
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.workflow.derive import with_new_objects
from segue.workflow.enabling import require
from segue.workflow.measuring.channels import channels_of
from segue.workflow.roles import is_colour
from segue.workflow.segmenting.choice import Segmenting, checked
from segue.workflow.segmenting.image import segmented

if TYPE_CHECKING:
    from segue.measure.measuring import Channel
    from segue.tasks.workers import Workers
    from segue.workflow.measuring.channels import Named


def segmented_study(study: Study, how: Segmenting, where: str = "", workers: Workers | None = None) -> tuple[Study, Notes]:
    """Find the particles of every image set.

    Parameters
    ----------
    study
        With an image in each image set.
    how
        The threshold, and which particles are wanted.
    where
        What sentences call the study.
    workers
        Who works on the planes; None = threads.

    Returns
    -------
    The image sets with their images, a label image ``labels`` and an object per particle; nothing else of what they held.

    Raises
    ------
    InvalidOption
        What is asked for does not go together, or there is no such channel.
    SourceError
        There is no image, several channels and none was named, or no threshold.
    """
    checked(how)
    if not study.image_sets:
        require("segment", study, where=where)
    results = [_image_set(s, how, s.name or where or "the image", workers) for s in study.image_sets]
    several = len(results) > 1
    notes = Notes.joined(notes.at(s.name) if several else notes for s, notes in results)
    return replace(study, image_sets=tuple(s for s, _ in results), populations=(), properties=()), notes


def _image_set(s: ImageSet, how: Segmenting, where: str, workers: Workers | None) -> tuple[ImageSet, Notes]:
    if not s.images:  # a mask that its file calls labels
        s = replace(s, images=tuple(Image(one.pixels, one.axes, one.name) for one in s.labels))
    channel, name = _channel(s, how.channel, where)
    found = segmented(channel, how, how.wish(s.grid, where), where, workers)
    objects = with_new_objects(Objects.empty(), found.segments)
    fresh = ImageSet(s.name, s.grid, s.group, s.position, s.images, (found.labels,), objects, display=s.display, history=s.history)
    return fresh, found.notes + Notes.of(*([Note(Kind.DONE, f"channel {name}")] if name else []))


def _channel(s: ImageSet, wanted: str | int | None, where: str) -> tuple[Channel, str]:
    """The channel to segment, and its name where there are several."""
    found = channels_of(s, (), where)
    if not found:
        require("segment", Study(), s, where)
    if wanted is None:
        return _only(s, found, where), ""
    names = [one.name for one in found]
    if str(wanted) in names:
        place = names.index(str(wanted))
    elif str(wanted).isdecimal() and int(wanted) < len(found):
        place = int(wanted)
    else:
        allowed = ", ".join(name for name in names if name) or f"0 to {len(found) - 1}"
        raise InvalidOption(f"{where} has no channel {wanted}; there are: {allowed}", option="channel", allowed=allowed)
    return found[place].channel, names[place] if len(found) > 1 else ""


def _only(s: ImageSet, found: tuple[Named, ...], where: str) -> Channel:
    if len(found) == 1:
        return found[0].channel
    image = s.images[0]
    count = size_of(image.pixels, image.axes, "c")
    if len(s.images) == 1 and is_colour(image, count):
        sentence = f"{where} is a colour picture; choose a channel with --channel 0 (red), 1 (green) or 2 (blue)"
        raise UnsupportedVariant(sentence, where=where, channels=len(found))
    names = ", ".join(one.name for one in found[:8]) + (", ..." if len(found) > 8 else "")
    raise UnsupportedVariant(f"{where} has {len(found)} channels ({names}); choose one with --channel {found[0].name!r}", where=where, channels=len(found))

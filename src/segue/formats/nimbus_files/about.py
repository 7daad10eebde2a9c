"""Facts about the image that annotations were made on: names of channels, fingerprints of label images. Information that goes with a file.

It is kept in the history of the image set, which is never compared: a file that says more about its image loses nothing.
"""

from __future__ import annotations

from typing import Any

from segue.codecs.json_text import loads
from segue.codecs.nimbus_plain import json_of
from segue.errors import Malformed
from segue.model.study import Event, ImageSet

WHAT = "described"
"""What the entry of the history is called."""


def about_image(s: ImageSet) -> dict[str, Any]:
    """``channels`` (names in order) and ``labels`` (layer -> fingerprint), as far as they are known: of the pixels, else as a file stated them."""
    found = next((object_of(event.recipe) for event in reversed(s.history) if event.what == WHAT), {})
    channels = next((list(image.channels) for image in s.images if image.channels), None)
    labels = {one.name: one.fingerprint() for one in s.labels}
    return found | ({"channels": channels} if channels else {}) | ({"labels": labels} if labels else {})


def history_of(facts: dict[str, Any]) -> tuple[Event, ...]:
    """The history that says it."""
    return (Event(WHAT, "", json_of(facts)),) if facts else ()


def object_of(text: str | None) -> dict[str, Any]:
    """The JSON object that a text is; an empty one for anything else."""
    try:
        value = loads((text or "null").encode())
    except Malformed:
        return {}
    return value if isinstance(value, dict) else {}

"""Pictures that are no place for data, and why not."""

from __future__ import annotations

_CHANGES, _FEW = "changes pixel values", "holds 256 colours at most"
LOSSY = {
    **dict.fromkeys((".jpg", ".jpeg", ".jpe", ".jfif"), ("JPEG", _CHANGES)),
    **dict.fromkeys((".jp2", ".j2k"), ("JPEG 2000", _CHANGES)),
    ".webp": ("WebP", _CHANGES),
    ".heic": ("HEIC", _CHANGES),
    ".avif": ("AVIF", _CHANGES),
    ".gif": ("GIF", _FEW),
    ".mp4": ("MP4", _CHANGES),
    ".avi": ("AVI", _CHANGES),
}
"""Suffixes of pictures that are no place for data: what people call them, and why not."""


def refusal(suffix: str) -> str:
    """Why a picture of that suffix is not taken for data, as the end of a sentence."""
    name, why = LOSSY[suffix]
    return f"it is a {name} picture, which {why}; go back to the original, or save it as TIFF or PNG if there is no other"


def refusal_as_labels(name: str) -> str:
    """Why a picture of a format that changes values is no label image, as the end of a sentence."""
    return f"it is a {name} picture, which {_CHANGES}, so its numbers are no labels; go back to the original, or make labels of it with segue segment"


def refusal_as_written_labels(name: str) -> str:
    """Why labels are not written into such a picture, as the end of a sentence."""
    return f"a {name} picture {_CHANGES}, so labels would be destroyed; write .png or .tif"

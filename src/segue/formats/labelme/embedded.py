"""Pictures inside the text: masks and the image, as PNG or JPEG files in base64."""

from __future__ import annotations

import base64
import binascii
import io
from pathlib import Path
from typing import Any

import numpy as np

from segue.codecs.pixel_facts import Facts
from segue.codecs.png import decoded_bytes
from segue.codecs.png_chunks import SIGNATURE
from segue.codecs.png_write import write_png
from segue.errors import Malformed, TooLarge, UnsupportedVariant
from segue.formats.labelme.terms import MOST_PIXELS
from segue.model.image import ArrayPixels

Array = np.ndarray[Any, np.dtype[Any]]


def unpacked(text: str, path: Path) -> Array:
    """The picture (y, x) or (y, x, samples) of a base64 text.

    Raises
    ------
    Malformed, TooLarge, UnsupportedVariant
    """
    try:
        data = base64.b64decode(text.encode("ascii"), validate=False)
    except (binascii.Error, ValueError) as error:
        raise Malformed(f"{path} is damaged: a picture in it is no base64 text", path=path, position="base64", expected="base64") from error
    if data.startswith(SIGNATURE):
        return decoded_bytes(data, path, MOST_PIXELS)
    return _by_pillow(data, path)


def _by_pillow(data: bytes, path: Path) -> Array:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "BMP", "GIF")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise TooLarge(f"{path} holds an image of {picture.width:,} x {picture.height:,} pixels, too many", path=path, limit=MOST_PIXELS)
            whole: Array = np.array(picture.convert("L" if picture.mode in ("1", "L") else "RGB"))
    except UnidentifiedImageError as error:
        raise UnsupportedVariant(f"{path} holds an image that is neither PNG, JPEG, BMP nor GIF", path=path) from error
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise Malformed(f"{path} holds a damaged image ({error})", path=path, position="imageData", expected="a picture") from error
    return whole


def packed(picture: Array) -> str:
    """A picture (y, x) or (y, x, samples) uint8 as base64 of a PNG file; the same picture gives the same text."""
    file = io.BytesIO()
    write_png(file, ArrayPixels(picture), "yxc"[: picture.ndim], Facts())
    return base64.b64encode(file.getvalue()).decode("ascii")

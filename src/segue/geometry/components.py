"""Connected parts of label images and masks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.errors import InvalidOption, Malformed

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMALL = 2_000_000
"""Pixels below which the numpy twin runs: loading compiled code would take longer."""

TOUCHING = {2: (4, 8), 3: (6, 26)}
"""Number of axes -> connectivity by edges (faces), connectivity also by corners."""


def components(labels: NDArray[np.generic], connectivity: int) -> tuple[NDArray[np.unsignedinteger], int]:
    """Number the connected parts. Touching pixels of different values belong to different parts.

    Parameters
    ----------
    labels : (y, x) or (z, y, x) integer or bool, any byte order
        0 is background.
    connectivity
        In an image 4 (pixels touch by edges) or 8 (also by corners); in a volume 6 or 26.

    Returns
    -------
    parts : same shape, smallest sufficient unsigned type
        0 is background; 1 to ``count`` in the raster order of the first pixel of each part, as ImageJ and scikit-image number them.
    count

    Raises
    ------
    Malformed
        Neither an image nor a volume of whole numbers.
    InvalidOption
        A connectivity that such an image does not have.
    """
    image = np.asarray(labels)
    if image.ndim not in TOUCHING or image.dtype.kind not in "biu":
        raise Malformed(f"parts are counted in an image or volume of whole numbers, not in {image.ndim} axes of {image.dtype}", expected="(y, x) integers")
    allowed = TOUCHING[image.ndim]
    if connectivity not in allowed:
        raise InvalidOption(f"connectivity is {allowed[0]} or {allowed[1]} here, not {connectivity}", option="connectivity", allowed=allowed)
    if image.size < SMALL:
        from segue.geometry.components_reference import number
    else:
        from segue.geometry.components_kernel import number
    native = np.ascontiguousarray(image, image.dtype.newbyteorder("="))
    volume = native.view(f"u{native.itemsize}").reshape((1, *image.shape)[-3:])
    parts, count = number(volume, corners=connectivity == allowed[1])
    return parts.reshape(image.shape), count

"""An independent composition of pictures, in plain numpy."""

from __future__ import annotations

import numpy as np


def border(mask):
    padded = np.pad(mask, 1)
    return mask & ~(padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:])


def over(picture, where, colour, opacity):
    picture[where] = picture[where] * (1 - opacity) + np.array(colour, float) * opacity


def rounded(picture):
    return np.floor(picture + 0.5 + 1e-6).astype(np.uint8)

"""Text: letters of Pillow's font, and what is made of others."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from segue.render.drawn import Window
from segue.render.lettering import LONGEST, paint_writing, readable, written
from segue.render.stamps import Entry, legend, paint_stamp, scale_bar, text_width

WHOLE = Window(0, 40, 0, 80)


def shown(texts, at, size=12, window=WHOLE, **how):
    canvas = np.full((window.height, window.width, 3), 60.0)
    paint_writing(canvas, window, written(texts, np.array(at, float), size, centred=True), **how)
    return canvas


@pytest.mark.parametrize(
    ("given", "becomes"),
    [("CD3/CD8", "CD3/CD8"),
     ("\u03b2-catenin", "beta-catenin"), ("IFN-\u0393", "IFN-Gamma"), ("Zellgr\u00f6\u00dfe", "Zellgrosse"), ("20 \u03bcm", "20 \u00b5m"),
     ("x\u0301y", "xy"), ("\u7d30\u80de", "??"), ("a\nb", "a b"), ("", ""), ("a" * 200, "a" * LONGEST), ("37 \u00b0C", "37 \u00b0C"), ("2 \u00d7 3", "2 x 3")],
)  # fmt: skip
def test_letters_that_the_font_lacks(given, becomes):
    assert readable(pl.Series([given])).to_list() == [becomes]


def test_text_is_white_with_a_dark_rim(way):
    canvas = shown(["CD3"], [(40, 20)])
    assert canvas.max() > 250
    assert canvas.min() < 10
    bare = shown(["CD3"], [(40, 20)], rim=False)
    assert bare.min() == 60


def test_it_stands_in_the_middle(way):
    seen = np.argwhere(shown(["HHHH"], [(40, 20)], rim=False)[..., 0] > 100)
    assert np.abs(seen.mean(axis=0) - (20, 40)).max() < 2


def test_the_micro_sign_is_a_u_with_a_stem():
    u, micro = (shown([text], [(40, 20)], 24, rim=False)[..., 0] > 150 for text in ("u", "\u00b5"))
    assert (micro & ~u).sum() > 8
    assert not (u & ~micro).any()
    assert np.argwhere(micro & ~u)[:, 1].max() <= np.argwhere(u)[:, 1].mean()


def test_a_tile_shows_what_the_whole_shows(way):
    texts, at = ["12", "345", "\u03b1", "Quite long"], [(5, 5), (40, 20), (79, 39), (60, 30)]
    whole = shown(texts, at)
    for top, left in ((0, 0), (13, 31), (20, 40), (35, 70)):
        tile = Window(top, min(top + 20, 40), left, min(left + 33, 80))
        assert np.array_equal(shown(texts, at, window=tile), whole[tile.top : tile.bottom, tile.left : tile.right])


def test_no_text_is_no_text():
    assert (shown([], np.zeros((0, 2))) == 60).all()
    assert (shown([""], [(3, 3)]) == 60).all()


def test_a_legend_holds_its_texts_and_squares():
    stamp = legend([Entry("title"), Entry("CD3", 0xFF0000FF), Entry("a longer name", 0x00FF00FF)], 12)
    canvas = np.full((120, 200, 3), 60.0)
    paint_stamp(canvas, Window(0, 120, 0, 200), stamp)
    for colour in ((255, 0, 0), (0, 255, 0)):
        square = np.argwhere((canvas == colour).all(axis=2))
        assert np.ptp(square, axis=0).tolist() == [11, 11]
    changed = np.argwhere((canvas != 60).any(axis=2))
    assert changed[:, 1].max() <= 6 + 12 + 18 + text_width("a longer name", 12) + 12


@pytest.mark.parametrize("pixels", [1, 30, 99.6, 180])
def test_a_scale_bar_is_as_long_as_it_says(pixels):
    canvas = np.full((60, 200, 3), 60.0)
    paint_stamp(canvas, Window(0, 60, 0, 200), scale_bar(pixels, "20 \u00b5m", 12, 60, 200))
    bar = canvas[-8]
    assert (bar == 255).all(axis=1).sum() == round(pixels)
    assert (canvas[:, 199] == 60).all()

"""Pictures of studies, pixel by pixel as an independent composition in numpy makes them."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import segue
from segue.errors import Incompatible, InvalidOption, UsageError
from segue.geometry.rings import Rings
from segue.model.display import ChannelDisplay, Display
from segue.model.grid import Axis, Grid
from segue.model.image import ArrayPixels, Image, LabelImage
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.rules import RegionRule
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.render.colours import segment_colours
from segue.workflow.rendering.choice import Rendering
from segue.workflow.rendering.scene import picture_of

_spec = importlib.util.spec_from_file_location("composition", Path(__file__).with_name("composition.py"))
by_hand = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(by_hand)
border, over, rounded = by_hand.border, by_hand.over, by_hand.rounded

SIZE = 40
RED, BLUE, ORANGE = 0xFF0000FF, 0x0000FFFF, 0xE69F00FF
BARE = {"outlines": False}


@pytest.fixture
def study():
    """Two channels, five square cells in two populations, and a region that selects for the second."""
    rng = np.random.default_rng(7)
    image = Image(ArrayPixels(rng.integers(0, 1000, (2, SIZE, SIZE)).astype(np.uint16)), "cyx", "raw", ("DAPI", "CD3"))
    labels = np.zeros((SIZE, SIZE), np.uint16)
    for nth, (y, x) in enumerate([(2, 2), (2, 12), (2, 18), (20, 2), (20, 30)], 1):
        labels[y : y + 6, x : x + 6] = nth * 100
    frame = pl.DataFrame(
        {
            "id": ["100", "200", "300", "400", "500", "r"],
            "layer": ["cells"] * 5 + ["regions"],
            "label": [100, 200, 300, 400, 500, None],
            "colour": [None, ORANGE, *[None] * 4],
        }
    )
    corners = Rings.simple([(15.5, 15.5), (35.5, 15.5), (35.5, 38.0), (15.5, 38.0)], [0, 4])
    shapes = Shapes(pl.DataFrame({"object": [5], "kind": ["polygon"]}, schema_overrides={"object": pl.Int32}), corners)
    populations = (
        Population("p", ("T cells",), colour=RED),
        Population("q", ("in it",), colour=BLUE, rule=RegionRule(("r",))),
        Population("h", ("hidden",), colour=1, visible=False),
    )
    members = Membership.of(pl.DataFrame({"population": ["p", "p", "q", "h"], "object": [0, 1, 1, 3]}))
    grid = Grid((Axis("y", SIZE, 0.5, "um", 7.0), Axis("x", SIZE, 0.5, "um")))
    s = ImageSet(
        "field", grid, images=(image,), labels=(LabelImage(ArrayPixels(labels), "yx", "cells"),), objects=Objects(frame), shapes=shapes, membership=members
    )
    return Study((s,), populations)


def values(study, nth):
    return study.image_sets[0].images[0].pixels.array[nth].astype(float)


def labels_of(study):
    return study.image_sets[0].labels[0].pixels.array


def base(study, *channels):
    """(y, x, 3) float: channels (number, colour, low, high), added up."""
    picture = np.zeros((SIZE, SIZE, 3))
    for nth, colour, low, high in channels:
        picture += np.clip((values(study, nth) - low) / (high - low), 0, 1)[..., None] * np.array(colour)
    return np.clip(picture, 0, 255)


def test_channels_with_colours_and_contrast(study):
    found = segue.render(study, channels=("DAPI=blue:100:900", "CD3=#ff8000:0:500"), **BARE, regions=False, population_outlines=False)
    assert found.dtype == np.uint8
    assert np.array_equal(found, rounded(base(study, (0, (0, 0, 255), 100, 900), (1, (255, 128, 0), 0, 500))))


def test_everything_at_once(study):
    found = segue.render(study, channels=("CD3=white:0:1000",), fill=0.3, outline_opacity=0.7, outline_colour="white", population_fill=0.5, region_fill=0.25)
    labels, expected = labels_of(study), base(study, (1, (255, 255, 255), 0, 1000))
    for label in (100, 200, 300, 400, 500):
        own = (230, 159, 0) if label == 200 else segment_colours(np.array([label]))[0]
        over(expected, labels == label, own, 0.3)
        population = {100: (255, 0, 0), 200: (0, 0, 255)}.get(label)
        if population:
            over(expected, labels == label, population, 0.5)
        over(expected, border(labels == label), population or (255, 255, 255), 1 if population else 0.7)
    inside = np.zeros((SIZE, SIZE), bool)
    inside[15:38, 16:36] = True  # of centres on an edge, x counts on the right and y at the top
    over(expected, inside, (0, 0, 255), 0.25)
    over(expected, border(inside), (0, 0, 255), 1)
    assert np.array_equal(found, rounded(expected))


def test_outlines_in_their_own_colours_reach_inwards(study):
    found = segue.render(study, channels=("DAPI=:0:1000",), outline_width=2, population_outlines=False, regions=False)
    labels, expected = labels_of(study), base(study, (0, (255, 255, 255), 0, 1000))
    for label in (100, 200, 300, 400, 500):
        y, x = np.argwhere(labels == label).min(axis=0)
        ring = labels == label
        ring[y + 2 : y + 4, x + 2 : x + 4] = False
        over(expected, ring, (230, 159, 0) if label == 200 else segment_colours(np.array([label]))[0], 1)
    assert np.array_equal(found, rounded(expected))


def test_later_populations_lie_over_earlier_ones(study):
    how = {"channels": ("DAPI=black",), **BARE, "regions": False}
    cell = labels_of(study) == 200
    corner = tuple(np.argwhere(cell)[0])
    assert segue.render(study, **how)[corner].tolist() == [0, 0, 255]
    assert segue.render(study, **how, show_populations=("in it", "T cells"))[corner].tolist() == [255, 0, 0]
    assert segue.render(study, **how, show_populations=("p",))[corner].tolist() == [255, 0, 0]
    hidden = segue.render(study, **how, show_populations=("hidden",))
    assert set(map(tuple, hidden[labels_of(study) == 400])) == {(0, 0, 0)}  # its colour is black, and its outline is drawn
    assert not segue.render(study, **how, show_populations=()).any()


def test_automatic_contrast_is_between_percentiles_of_the_whole_plane(study):
    picture = picture_of(study, study.image_sets[0], Rendering(), "field")
    ranked = np.sort(values(study, 0).reshape(-1))
    assert (picture.display.channels[0].low, picture.display.channels[0].high) == (ranked[1], ranked[-2])  # floor(1.599), ceil(1597.4)
    assert "DAPI, CD3 shown between the percentiles 0.1 and 99.9 of the plane" in "; ".join(map(str, picture.notes))
    part = segue.render(study, crop="x=5:30,y=7:20")
    assert np.array_equal(part, segue.render(study)[7:20, 5:30])


def test_what_a_file_says_about_contrast_counts(study):
    s = study.image_sets[0]
    stated = replace(s, images=(replace(s.images[0], data_range=(10.0, 700.0)),))
    picture = picture_of(Study((stated,), study.populations), stated, Rendering(), "field")
    assert [(one.low, one.high) for one in picture.display.channels] == [(10, 700)] * 2
    assert not picture.notes


@pytest.mark.parametrize("kind", ["json", "mantis"])
def test_settings_give_the_same_picture_again(study, tmp_path, kind):
    how = {"channels": ("CD3=red", "DAPI=cyan:50:800"), "outline_colour": "white", "outline_opacity": 0.7}
    first = segue.render(study, tmp_path / "a.png", settings=kind, **how, **({"fill": 0.2, "legend": True} if kind == "json" else {}))
    file = tmp_path / ("a.display.json" if kind == "json" else "a.csv")
    again = segue.render(study, display_file=str(file))
    assert np.array_equal(again, segue.render(study, **how, **({"fill": 0.2, "legend": True} if kind == "json" else {})))
    assert first == tmp_path / "a.png"
    if kind == "mantis":
        assert file.read_text().splitlines()[0] == "Channel,Marker,Low Threshold,High Threshold"
        assert file.read_text().splitlines()[1] == "cChannel,DAPI,50,800"


def test_a_display_equals_the_picture(study):
    picture = picture_of(study, study.image_sets[0], Rendering(changes={"label_opacity": 0.4, "label_text": True}), "field")
    again = picture_of(study, study.image_sets[0], Rendering(), "field", display=picture.display)
    assert again.display == picture.display
    assert not again.notes
    region = (slice(0, SIZE), slice(0, SIZE), slice(0, 3))
    assert np.array_equal(again.scene.read(region), picture.scene.read(region))


def test_presets_are_of_the_study_or_of_the_image_set(study):
    night = Display("night", (ChannelDisplay("CD3", RED, 0, 10), ChannelDisplay("CD8", BLUE), ChannelDisplay("DAPI", visible=False)), label_outlines=False)
    plain = Study((replace(study.image_sets[0], display=Display(label_outlines=False, regions=False)),), study.populations, displays=(night,))
    picture = picture_of(plain, plain.image_sets[0], Rendering(preset="night"), "field")
    assert [one.channel for one in picture.display.channels] == ["CD3", "CD8", "DAPI"]
    assert len(picture.scene.channels) == 1
    assert "1 channel of the display is not in the image: CD8" in str(picture.notes.to_json())
    assert picture_of(plain, plain.image_sets[0], Rendering(), "field").display.regions is False
    with pytest.raises(InvalidOption, match="no display 'day'; there are 'night'"):
        segue.render(plain, display="day")


def test_zoom_repeats_pixels(study):
    how = {"channels": ("DAPI=blue:0:900",), "fill": 0.5}
    once = segue.render(study, **how)
    assert np.array_equal(segue.render(study, **how, zoom=3), once.repeat(3, 0).repeat(3, 1))


def test_planes(study):
    stack = np.stack([np.full((SIZE, SIZE), 10 * z, np.uint8) for z in range(5)])
    found = segue.render(stack, channels=("image=white:0:255",))
    assert (found == 20).all()
    assert (segue.render(stack, plane="z=4", channels=("image=white:0:255",)) == 40).all()
    with pytest.raises(InvalidOption, match="has no plane z=5: z goes from 0 to 4"):
        segue.render(stack, plane="z=5")


def test_colour_pictures_stay_as_they_are():
    photo = np.random.default_rng(3).integers(0, 256, (20, 30, 3)).astype(np.uint8)
    assert np.array_equal(segue.render(photo, input_axes="yxc"), photo)


def test_labels_alone_are_filled():
    labels = np.kron(np.array([[0, 1], [2, 3]]), np.ones((5, 5), int)).astype(np.uint8)
    found = segue.render(LabelImage(ArrayPixels(labels), "yx"))
    expected = np.zeros((10, 10, 3), np.uint8)
    for label in (1, 2, 3):
        expected[labels == label] = segment_colours(np.array([label]))[0]
    assert np.array_equal(found, expected)


def test_labels_restart_at_each_time():
    labels = np.ones((2, 6, 6), np.uint8)
    objects = Objects(pl.DataFrame({"id": ["a", "b"], "layer": ["labels"] * 2, "label": [1, 1], "t": [0, 1], "colour": [RED, BLUE]}))
    s = ImageSet("", Grid((Axis("t", 2), Axis("y", 6), Axis("x", 6))), labels=(LabelImage(ArrayPixels(labels), "tyx", persists=False),), objects=objects)
    assert segue.render(s, plane="t=0")[3, 3].tolist() == [255, 0, 0]
    assert segue.render(s, plane="t=1")[3, 3].tolist() == [0, 0, 255]


def test_the_scale_bar(study):
    found = segue.render(study, channels=("DAPI=black",), **BARE, drawings=False, regions=False, show_populations=(), scale_bar="5um", zoom=4, text_size=10)
    white = (found == 255).all(axis=2)
    longest = max(len(run) for row in white for run in "".join("x" if one else " " for one in row).split())
    assert longest == 5 / 0.5 * 4
    pixels = segue.render(study, scale_bar="12px", channels=("DAPI=black",), **BARE, drawings=False, regions=False, show_populations=(), zoom=4)
    assert (pixels == 255).all(axis=2).sum(axis=1).max() == 48


@pytest.mark.parametrize(("width", "text"), [(40, "2 \u00b5m"), (1000, "100 \u00b5m"), (90_000, "5000 \u00b5m")])
def test_an_automatic_scale_bar_is_a_round_length(width, text):
    from segue.render.drawn import Window
    from segue.workflow.rendering.lettering import _scale
    from segue.workflow.rendering.place import Place

    s = ImageSet("", Grid((Axis("y", 10, 0.5, "um"), Axis("x", width, 0.5, "um"))))
    pixels, said = _scale(s, Display(), Place(Window(0, 10, 0, width), ()), "x")
    assert said == text
    assert 0.08 * width <= pixels <= 0.2 * width


def test_without_a_pixel_size_there_is_no_scale_bar():
    image = np.zeros((50, 60), np.uint8)
    with pytest.raises(Incompatible, match="nothing says how large a pixel of image is, so a scale bar has no length; say it"):
        segue.render(image, scale_bar="auto")
    assert segue.render(image, scale_bar="20um", pixel_size="0.5um").any()
    assert segue.render(image, scale_bar="20px").any()
    with pytest.raises(Incompatible, match="would be 200 pixels long, and the picture is 60 wide"):
        segue.render(image, scale_bar="100um", pixel_size="0.5um")


def test_names_are_written_where_there_are_some(study):
    s = study.image_sets[0]
    named = replace(s, objects=s.objects.with_columns(name=pl.Series(["a", None, "", None, None, None], dtype=pl.Utf8)), shapes=Shapes.empty())
    picture = picture_of(study, named, Rendering(changes={"label_text": True}), "field")
    writing = picture.scene.writing[0]
    rows = dict(zip(np.unique(writing.places[:, 0]).tolist(), ("above", "below"), strict=True))
    assert len(writing) == 1 + 3 + 3 + 3 + 3  # a, 200, 300, 400, 500
    assert rows


def test_drawings(study):
    s = study.image_sets[0]
    kinds = ["line", "point", "rectangle", "arrow", "text", "image"]
    coords = np.array([(1, 1), (9, 1), (30.5, 25.5), (2, 30), (8, 36), (30, 5), (36, 5), (12, 12), (20, 20), (0, 0), (3, 3)], float)
    rings = Rings.simple(coords, [0, 2, 3, 5, 7, 9, 11])
    frame = pl.DataFrame(
        {"object": range(6), "kind": kinds, "stroke": [RED, BLUE, None, RED, None, None], "text": [None, None, None, None, "Hi", None]},
        schema_overrides={"object": pl.Int32, "stroke": pl.UInt32},
    )
    drawn = ImageSet("", s.grid, objects=Objects(pl.DataFrame({"id": list("abcdef")})), shapes=Shapes(frame, rings))
    found = segue.render(drawn, fill=0.0)
    assert {tuple(one) for one in found[0, 1:9]} == {(255, 0, 0)}
    assert found[25, 26:35].tolist() == [[0, 0, 255]] * 9
    assert found[21:30, 30].tolist() == [[0, 0, 255]] * 9
    own = segment_colours(np.array([3]))[0].tolist()
    assert found[30, 2:8].tolist() == [own] * 6
    assert not found[32, 4:6].any()
    assert (found[5, 30:36] == (255, 0, 0)).all()
    assert (found[12:22, 12:22] > 200).any()
    assert segue.render(drawn, fill=0.5)[32, 5].tolist() == [int(one / 2 + 0.5) for one in own]
    assert not segue.render(drawn, drawings=False).any()
    assert "1 shape that are pictures" in str(picture_of(Study((drawn,)), drawn, Rendering(), "x").notes.to_json())


def test_shapes_of_segments_on_the_picture_are_not_drawn_again(study):
    s = study.image_sets[0]
    frame = pl.DataFrame({"object": [0, 5], "kind": ["rectangle", "polygon"]}, schema_overrides={"object": pl.Int32})
    both = replace(s, shapes=Shapes(frame, Rings.simple([(30, 2), (38, 8), *s.shapes.rings.coords], [0, 2, 6])))
    assert np.array_equal(segue.render(Study((both,), study.populations)), segue.render(study))


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"channels": ("CD4",)}, "has no channel 'CD4'; there are DAPI, CD3"),
        ({"channels": ("CD3=pinkish",)}, "'pinkish' is no colour; write #rrggbb"),
        ({"channels": ("CD3=red:1",)}, "write NAME=COLOUR or NAME=COLOUR:LOW:HIGH"),
        ({"channels": ("CD3=red:a:b",)}, "is no number"),
        ({"channels": ("CD3", "cd3")}, "the channel CD3 is named twice"),
        ({"show_populations": ("B cells",)}, "there is no population 'B cells'; there are 'T cells'"),
        ({"crop": "x=10:90"}, "is not inside the image"),
        ({"crop": "z=1:2"}, "a picture is cut along x and y"),
        ({"plane": "c=1"}, "'c=1' is no plane"),
        ({"scale_bar": "long"}, "is no length of a scale bar"),
        ({"legend_parts": ("title", "poem")}, "a legend has no part 'poem'"),
        ({"fill": 2}, "fill"),
    ],
)
def test_what_is_refused(study, how, sentence):
    with pytest.raises(segue.SegueError, match=sentence):
        segue.render(study, **how)


def test_numbers_that_cannot_be_painted(study):
    nan, inf = float("nan"), float("inf")
    channels = (ChannelDisplay("DAPI", RED, nan, inf), ChannelDisplay("CD3", BLUE, -inf, 900.0))
    numbers = {"label_opacity": 7, "outline_width": 1e12, "outline_opacity": -1, "region_opacity": nan, "text_size": nan, "population_opacity": inf}
    wild = Display("", channels, label_text=True, **numbers)
    picture = picture_of(study, study.image_sets[0], Rendering(), "field", display=wild)
    shown = picture.display
    assert [getattr(shown, name) for name in numbers] == [1, 64, 0, 0.4, 12, 1]
    assert all(np.isfinite((one.low, one.high)).all() for one in shown.channels)
    assert picture.scene.read((slice(0, SIZE), slice(0, SIZE), slice(0, 3))).any()
    s = study.image_sets[0]
    thick = replace(s, shapes=s.shapes.with_columns(stroke_width=1e15))
    assert segue.render(Study((thick,), study.populations)).any()
    for bad in (nan, inf, 1e300):
        nowhere = replace(s, shapes=Shapes(s.shapes.frame, Rings.simple([(bad, 1), (5, 5), (5, 9), (2, bad)], [0, 4])))
        assert np.array_equal(segue.render(Study((nowhere,), study.populations), text=True), segue.render(study, regions=False, text=True))


def test_sizes_have_to_agree(study):
    s = study.image_sets[0]
    other = replace(s, labels=(LabelImage(ArrayPixels(np.zeros((20, 20), np.uint8)), "yx", "cells"),))
    with pytest.raises(Incompatible, match="cells has y=20, but 40 are expected"):
        segue.render(other)
    with pytest.raises(Incompatible, match="nothing says how large the image is"):
        segue.render(ImageSet("", objects=s.objects, shapes=s.shapes))
    with pytest.raises(Incompatible, match="only if it has an image, a segmentation or a drawing, and"):
        segue.render(ImageSet("", s.grid))
    with pytest.raises(UsageError, match="the study has 2 image sets"):
        segue.render(Study((s, replace(s, name="b")), study.populations))
    assert segue.render(Study((s, replace(s, name="b")), study.populations), image_set="b").shape == (SIZE, SIZE, 3)

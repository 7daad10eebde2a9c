"""THE generator: tiny studies with anything in them, steered by what a format says it can hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from segue.model.features import Feature as F
from segue.model.image import Image, LabelImage
from segue.model.keep import keep
from segue.model.study import ImageSet, Study
from segue.testing import groups, pictures, things, values
from segue.testing.allowed import Allowed
from segue.testing.scalars import texts

MOST_OBJECTS = 8


def studies(allowed: Allowed | None = None) -> st.SearchStrategy[Study]:
    """A study of at most 3 image sets, each of at most 8 objects and 24 x 24 pixels.

    Parameters
    ----------
    allowed
        The features it may use and their limits (None = all, without limits); what it may not use has its neutral value
        (``segue.model.keep``).
    """
    return _studies(allowed or Allowed())


def everything() -> st.SearchStrategy[Study]:
    """A study that may use every feature, without any limit."""
    return studies()


@st.composite
def _studies(draw: st.DrawFn, allowed: Allowed) -> Study:
    populations = groups.populations(draw, allowed)
    most = allowed.at_most(F.IMAGE_SETS, 3) if F.IMAGE_SETS in allowed else 1
    count = draw(st.sampled_from([count for count in (1, 1, 1, 2, 3) if count <= most]))
    study = Study(
        image_sets=tuple(_image_set(draw, allowed) for _ in range(count)),
        properties=groups.properties(draw, allowed),
        displays=groups.displays(draw, allowed, most=2),
        extras=groups.study_details(draw, allowed),
    )
    members = tuple(replace(one, membership=groups.membership(draw, allowed, one.objects, populations)) for one in study.image_sets)
    return keep(replace(study, populations=populations, image_sets=members), allowed.features)


def _image_set(draw: st.DrawFn, allowed: Allowed) -> ImageSet:
    count = draw(st.sampled_from((0, 1, 1, 2, 3, MOST_OBJECTS))) if F.OBJECTS in allowed else 0
    layers = things.layers(draw, allowed)
    tiles = max(count, draw(st.integers(1, MOST_OBJECTS))) if layers else 0
    sizes = pictures.frame(draw, allowed, tiles)
    objects, segments = things.objects(draw, allowed, count, sizes, layers)
    things.stray_segments(draw, allowed, range(count, tiles), sizes, layers)
    images: tuple[Image, ...] = ()
    if F.IMAGES in allowed:
        images = tuple(pictures.image(draw, allowed, sizes) for _ in range(draw(st.integers(int(F.IMAGES in allowed.needed), allowed.at_most(F.IMAGES, 2)))))
    connections = values.connections(draw, allowed, count)
    return ImageSet(
        **_context(draw, allowed),
        grid=pictures.grid(draw, allowed, sizes, known=bool(images or layers)),
        images=images,
        labels=tuple(_labels(draw, allowed, sizes, layer) for layer in layers),
        objects=objects,
        shapes=things.shapes(draw, allowed, count, segments),
        connections=connections,
        tables=values.tables(draw, allowed, count, len(connections)),
        display=next(iter(groups.displays(draw, allowed, most=1)), None),
        **groups.foreign(draw, allowed, objects),
    )


def _labels(draw: st.DrawFn, allowed: Allowed, sizes: pictures.Frame, layer: things.Layer) -> LabelImage:
    return pictures.label_image(draw, allowed, sizes, layer.name, layer.dtype, layer.segments)


def _context(draw: st.DrawFn, allowed: Allowed) -> dict[str, Any]:
    text = texts(allowed.limit(F.IMAGE_SET_NAME))
    found: dict[str, Any] = {"name": draw(text) if allowed.may(F.IMAGE_SET_NAME, "name") else ""}
    if allowed.may(F.IMAGE_SET_NAME, "group"):
        found["group"] = draw(st.none() | text)
    if allowed.may(F.IMAGE_SET_NAME, "position"):
        found["position"] = tuple(draw(st.lists(st.tuples(st.sampled_from("tzyx"), st.integers(0, 9)), max_size=2, unique_by=lambda one: one[0])))
    return found

"""Exports as nobody would write them: odd names, nested, missing and huge values, orphans, cycles of connections, planes outside of any image."""

from __future__ import annotations

from hypothesis import strategies as st

WORDS = st.sampled_from(["a", "b", "Area", "99.9th", "$x", "", "a / b", "\u00b5m\u00b2", 'q"', "row", "^a$", "\x00", "x" * 300]) | st.text(max_size=4)
LEAVES = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | WORDS | st.just([1, "x", None])
VALUES = st.recursive(LEAVES, lambda inner: st.dictionaries(WORDS, inner, max_size=3), max_leaves=6)
IDS = st.sampled_from(["a", "b", "c", "656e37f8b98181709b141186", "gone", ""])
PLACES = st.integers(0, 3) | st.integers(-(2**31) + 1, 2**31 - 1)
VERTICES = st.lists(st.fixed_dictionaries({"x": st.floats(-1e9, 1e9), "y": st.floats(-1e9, 1e9)}), max_size=5)


@st.composite
def documents(draw):
    """An export as nobody would write it: odd names, nested values, orphans, cycles, planes outside of any image."""
    annotations = [
        {
            "_id": draw(IDS),
            "shape": draw(st.sampled_from(["point", "line", "polygon", "rectangle", "circle", "?"])),
            "channel": draw(PLACES),
            "location": {"XY": draw(st.integers(-1, 1)), "Z": draw(PLACES), "Time": draw(PLACES)},
            "tags": draw(st.lists(WORDS, max_size=3)),
            "coordinates": draw(VERTICES),
            **draw(st.fixed_dictionaries({}, optional={"name": st.none() | WORDS, "color": st.sampled_from(["#12aBcd", "red", None]), "score": VALUES})),
        }
        for _ in range(draw(st.integers(0, 4)))
    ]
    links = [{"_id": draw(IDS), "parentId": draw(IDS), "childId": draw(IDS), "tags": draw(st.lists(WORDS, max_size=2))} for _ in range(draw(st.integers(0, 4)))]
    definitions = [{"_id": one, "name": draw(WORDS), "shape": draw(st.sampled_from(["polygon", "rectangle", 3]))} for one in draw(st.lists(IDS, max_size=2))]
    found = draw(st.dictionaries(IDS, st.dictionaries(IDS, VALUES, max_size=3), max_size=4))
    return {"annotations": annotations, "annotationConnections": links, "annotationProperties": definitions, "annotationPropertyValues": found}

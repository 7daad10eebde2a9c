"""What is gone is called lost, what is there in another form changed."""

from __future__ import annotations

import pytest

from segue.formats.catalog import FORMATS
from segue.model.features import Feature
from segue.notes import Kind
from segue.testing.canonical import canonical
from segue.workflow.compare import losses


@pytest.mark.parametrize(
    ("target", "feature", "kind"),
    [
        ("tiff", Feature.OBJECT_NAME, Kind.LOST),  # a TIFF with an image holds names; this one is a label image
        ("tiff", Feature.POPULATIONS, Kind.LOST),
        ("tiff", Feature.CONNECTIONS, Kind.LOST),  # no TIFF holds them
        ("qupath-geojson", Feature.MEMBERSHIP, Kind.CHANGED),
        ("qupath-geojson", Feature.CONNECTIONS, Kind.LOST),  # only containment becomes its hierarchy
        ("coco", Feature.OVAL, Kind.CHANGED),
        ("coco", Feature.TEXT, Kind.LOST),
    ],
)
def test_a_note_says_whether_anything_is_left(target, feature, kind):
    record, study = FORMATS[target], canonical()
    (note,) = [one for one in losses(study, record.fitted(study), record) if one.feature is feature]
    assert note.kind is kind

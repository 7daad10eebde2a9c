"""Between any two formats: what a dry run announces is what reading the result back finds, no more and no less."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import tifffile

from segue.errors import Incompatible
from segue.formats.catalog import FORMATS
from segue.formats.format import Accepts
from segue.model.diff import diff
from segue.testing.canonical import canonical
from segue.workflow.compare import like
from segue.workflow.convert import Item, Settings, convert_item, write_study
from segue.workflow.derive import Policy
from segue.workflow.enabling import reason
from segue.workflow.judging import with_judgement
from segue.workflow.opening import open_path, with_grid_of
from segue.workflow.prepare import prepare

BOTH_WAYS = [record for record in FORMATS.values() if record.reads and record.writes]


@pytest.fixture(scope="module")
def source_of(tmp_path_factory):
    """A file of each format with the canonical study in it, as far as it goes in."""
    folder = tmp_path_factory.mktemp("sources")
    made = {}

    def make(record):
        if record.name not in made:
            if record.enabled_by and (why := reason(record.enabled_by, canonical())):
                pytest.skip(f"the canonical study is no source of it: {why}")
            made[record.name] = folder / f"canonical-{record.name}{record.ending}"
            write_study(canonical(), made[record.name], Settings(to=record.name))
        return made[record.name]

    return make


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """An image of the size of the canonical one, for sources that do not say how large theirs is."""
    path = tmp_path_factory.mktemp("image") / "zero.tif"
    tifffile.imwrite(path, np.zeros((24, 24), np.uint8))
    return path


@pytest.mark.parametrize("target", BOTH_WAYS, ids=lambda record: record.name)
@pytest.mark.parametrize("source", BOTH_WAYS, ids=lambda record: record.name)
def test_a_dry_run_announces_exactly_what_the_result_differs_in(tmp_path, source_of, image, source, target):
    item = Item(source_of(source), tmp_path / f"out{target.ending}")
    try:
        announced = convert_item(item, Settings(to=target.name, dry_run=True))
    except Incompatible as refusal:
        if "--image" not in refusal.message:
            return refused_alike(item, target, refusal.message)
        item = replace(item, image=image)
        announced = convert_item(item, Settings(to=target.name, dry_run=True))
    assert list(tmp_path.iterdir()) == []
    written = convert_item(item, Settings(to=target.name))
    assert written.notes.refused == announced.notes.refused

    opened = with_judgement(open_path(item.source, source.name))
    study = with_grid_of(opened.study, open_path(image)) if item.image else opened.study
    before, _, _ = prepare(study, target, Policy(), {})
    found = diff(before, like(open_path(item.target, target.name).study, before))
    on_reading = opened.notes.counts()
    predicted = {feature: count - on_reading.get(feature, 0) for feature, count in announced.notes.counts().items()}
    assert {feature: count for feature, count in predicted.items() if count} == found
    return None


def refused_alike(item, target, message):
    """What a dry run refuses, the run refuses with the same sentence, and writes nothing."""
    with pytest.raises(Incompatible) as caught:
        convert_item(item, Settings(to=target.name))
    assert caught.value.message == message
    assert list(item.target.parent.iterdir()) == []
    assert Accepts.LABELS in target.accepts or target.enabled_by  # only what needs areas, or something else that there has to be
    assert " can be written from an image set only if it has " in message

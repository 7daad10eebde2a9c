"""Between any two formats: what a dry run announces is what reading the result back finds, no more and no less."""

from __future__ import annotations

import pytest

from segue.formats.catalog import FORMATS
from segue.model.diff import diff
from segue.testing.canonical import canonical
from segue.workflow.compare import like
from segue.workflow.convert import Item, Settings, convert_item, write_study
from segue.workflow.derive import Policy
from segue.workflow.opening import open_path
from segue.workflow.prepare import prepare

BOTH_WAYS = [record for record in FORMATS.values() if record.reads and record.writes]


@pytest.fixture(scope="module")
def source_of(tmp_path_factory):
    """A file of each format with the canonical study in it, as far as it goes in."""
    folder = tmp_path_factory.mktemp("sources")
    made = {}

    def make(record):
        if record.name not in made:
            made[record.name] = folder / f"canonical-{record.name}{record.ending}"
            write_study(canonical(), made[record.name], Settings(to=record.name))
        return made[record.name]

    return make


@pytest.mark.parametrize("target", BOTH_WAYS, ids=lambda record: record.name)
@pytest.mark.parametrize("source", BOTH_WAYS, ids=lambda record: record.name)
def test_a_dry_run_announces_exactly_what_the_result_differs_in(tmp_path, source_of, source, target):
    item = Item(source_of(source), tmp_path / f"out{target.ending}")
    announced = convert_item(item, Settings(to=target.name, dry_run=True))
    assert list(tmp_path.iterdir()) == []
    written = convert_item(item, Settings(to=target.name))
    assert written.notes.refused == announced.notes.refused

    opened = open_path(item.source, source.name)
    before, _, _ = prepare(opened.study, target, Policy(), {})
    found = diff(before, like(open_path(item.target, target.name).study, before))
    on_reading = opened.notes.counts()
    predicted = {feature: count - on_reading.get(feature, 0) for feature, count in announced.notes.counts().items()}
    assert {feature: count for feature, count in predicted.items() if count} == found

"""Between any two formats: what is announced is what reading the result back finds, no more and no less; and the page about it is true.

Every conversion is done once. What it announces is known before anything is written, and a dry run is the same code up to there; so only
some of the pairs, with every format among them on both sides, are also run dry.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from segue.errors import Incompatible
from segue.formats.format import Accepts
from segue.model.diff import diff
from segue.testing.pairs import BOTH_WAYS, Sources, convert, sources
from segue.workflow.compare import like
from segue.workflow.derive import Policy
from segue.workflow.prepare import prepare

ROOT = Path(__file__).resolve().parents[2]
NTH = {record.name: nth for nth, record in enumerate(BOTH_WAYS)}


def some_pairs():
    """Each source with three targets, and each target with three sources."""
    pairs = [(one, two) for one in sources() for two in BOTH_WAYS if (NTH[two.name] - NTH[one.name]) % 16 == 5]
    return [pytest.param(one, two, id=f"{one.name}-{two.name}") for one, two in pairs]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return Sources(tmp_path_factory.mktemp("sources"))


@pytest.fixture(scope="module")
def any_to_any():
    """The page's generator."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "docs/generate"))
        import any_to_any

        yield any_to_any


@pytest.fixture(scope="module")
def page():
    return (ROOT / "docs/formats/any-to-any.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def stated(any_to_any, page):
    """(source, target) -> its line of the page."""
    return {name: dict(zip(NTH, lines, strict=True)) for name, lines in any_to_any.rows(page).items()}


@pytest.mark.parametrize("target", BOTH_WAYS, ids=lambda record: record.name)
@pytest.mark.parametrize("source", sources(), ids=lambda record: record.name)
def test_a_conversion_announces_exactly_what_its_result_differs_in(tmp_path, files, any_to_any, stated, source, target):
    pair = converted(files, source, target, tmp_path)
    if isinstance(pair, Incompatible):
        assert list(tmp_path.iterdir()) == []  # nothing is written
        assert re.search(" can be written from an image set only if it has | cannot hold .*; write ", pair.message)
        assert Accepts.LABELS in target.accepts or target.enabled_by  # only what needs areas, or something else that there has to be
        assert any_to_any.refused(pair, files, source).row(target.name) == stated[source.name][target.name]
        return
    assert any_to_any.outcome_of(pair).row(target.name) == stated[source.name][target.name]
    before, _, _ = prepare(pair.source, target, Policy(), {})
    found = diff(before, like(pair.back, before))
    on_reading = pair.opened.notes.counts()
    predicted = {feature: count - on_reading.get(feature, 0) for feature, count in pair.notes.counts().items()}
    assert {feature: count for feature, count in predicted.items() if count} == found


@pytest.mark.parametrize(("source", "target"), some_pairs())
def test_a_dry_run_announces_the_same_and_writes_nothing(tmp_path, files, source, target):
    dry = converted(files, source, target, tmp_path, dry_run=True)
    assert list(tmp_path.iterdir()) == []
    assert announced(dry) == announced(converted(files, source, target, tmp_path))


def converted(files, source, target, folder, *, dry_run=False):
    """The pair, or why there is none."""
    try:
        return convert(files, source, target, folder, dry_run=dry_run)
    except Incompatible as refusal:
        return refusal


def announced(pair):
    return pair.message if isinstance(pair, Incompatible) else pair.notes


def test_the_page_has_every_conversion_and_no_other(any_to_any, page):
    assert any_to_any.again(page) == page

"""Every format obeys every law. A new format is tested by existing; one that cannot even be imported fails alone."""

from __future__ import annotations

from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

import segue
from segue.errors import MissingDependency
from segue.testing import damage, laws
from segue.testing.allowed import LIMITS, forms
from segue.testing.canonical import canonical
from segue.testing.strategies import studies
from segue.testing.trips import Trip

FOLDER = Path(segue.__file__).parent / "formats"
FUZZING = settings().max_examples > 100
AS_DRAWN = settings(phases=list(Phase) if FUZZING else [Phase.explicit, Phase.generate])
"""Making a failing study smaller takes minutes; it is left to ``make fuzz``."""

NAMES = sorted(path.parent.name for path in FOLDER.glob("*/spec.py"))


def record_of(name):
    return import_module(f"segue.formats.{name}.spec").FORMAT


def writers():
    """(folder of a format, write options); a format whose record cannot be loaded is left to fail in its own tests."""
    return [pytest.param(name, options, id=title) for name, options, title in _writers()]


def _writers():
    for name in NAMES:
        try:
            found = laws.interesting_options(record_of(name)) if record_of(name).writes else []
        except Exception:
            found = [{}]
        for options in found:
            yield name, options, "-".join([name, *(f"{key}={value}" for key, value in options.items())])


@pytest.mark.parametrize("name", NAMES)
def test_every_limit_is_one_that_studies_are_drawn_by(name):
    limits = {feature: kept.limit for feature, kept in record_of(name).keeps.items() if kept.limit is not None}
    used = {feature: [one.name for one in fields(limit) if getattr(limit, one.name) not in (None, ())] for feature, limit in limits.items()}
    assert {feature: names for feature, names in used.items() if not all(one in LIMITS.get(feature, "") for one in names)} == {}


@pytest.mark.parametrize("name", NAMES)
@AS_DRAWN
@given(data=st.data())
def test_what_is_declared_exact_comes_back_equal(name, data):
    record = record_of(name)
    if not record.writes:
        pytest.skip("this format is only read")
    for allowed in forms(record):
        with Trip(record, data.draw(studies(allowed))) as one:
            assume(not one.refused)
            laws.exact(one)


@pytest.mark.parametrize("name", NAMES)
@AS_DRAWN
@given(data=st.data())
def test_any_study_is_kept_or_its_losses_are_noted(name, data):
    any_study(name, {}, data)


@pytest.mark.parametrize(("name", "options"), [one for one in writers() if one.values[1]])
@settings(AS_DRAWN, max_examples=max(8, settings().max_examples // 4))
@given(data=st.data())
def test_any_study_is_kept_with_other_options_too(name, options, data):
    any_study(name, options, data)


def any_study(name, options, data):
    record = record_of(name)
    if not record.writes:
        pytest.skip("this format is only read")
    try:
        with Trip(record, data.draw(st.one_of(studies(), *map(studies, forms(record)))), options) as one:
            laws.every_law(one)
    except MissingDependency as missing:
        pytest.skip(str(missing))


@pytest.mark.parametrize(("name", "options"), writers())
def test_the_canonical_study_obeys_every_law(name, options):
    try:
        with Trip(record_of(name), canonical(), options) as one:
            laws.every_law(one)
    except MissingDependency as missing:
        pytest.skip(str(missing))


@pytest.mark.parametrize("name", NAMES)
@settings(AS_DRAWN, max_examples=max(1, settings().max_examples // 30))
@given(data=st.data())
def test_damaged_files_are_refused_or_read_but_nothing_else(name, data):
    record = record_of(name)
    if not record.writes:
        pytest.skip("this format is only read; its own tests damage real files")
    for allowed in forms(record):
        for study in (canonical(allowed), data.draw(studies(allowed))):
            with Trip(record, study) as one:
                if not one.refused:
                    damage.survives(one, seed=data.draw(st.integers(0, 2**32)))

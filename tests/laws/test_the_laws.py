"""The laws themselves: an honest format obeys them, and every kind of liar is caught."""

from __future__ import annotations

import importlib.util
import itertools
import json
import time
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.formats.format import exact
from segue.model.features import Feature as F
from segue.model.image import ArrayPixels, LabelImage
from segue.model.objects import Objects
from segue.model.study import ImageSet, Study
from segue.model.tables import Table
from segue.testing import damage, laws
from segue.testing.allowed import declared_exact
from segue.testing.strategies import studies
from segue.testing.trips import Trip

_spec = importlib.util.spec_from_file_location("toy", Path(__file__).with_name("toy.py"))
toys = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(toys)

TWO = Study((ImageSet("", objects=Objects(pl.DataFrame({"id": ["a", "b"], "name": ["SEPT7", "=1+1"]}))),))


def broken(law, record, study=TWO):
    with pytest.raises(laws.Broken) as caught, Trip(record, study) as trip:
        law(trip)
    return str(caught.value)


class TestAnHonestFormat:
    @given(data=st.data())
    def test_keeps_what_it_declares(self, data):
        record = toys.toy()
        with Trip(record, data.draw(studies(declared_exact(record)))) as trip:
            laws.exact(trip)

    @given(study=studies())
    def test_obeys_every_law_for_any_study(self, study):
        with Trip(toys.toy(), study) as trip:
            laws.every_law(trip)

    def test_survives_damage(self):
        with Trip(toys.toy(), TWO) as trip:
            damage.survives(trip)


class TestALiarIsCaught:
    def test_who_forgets_something_when_writing(self):
        def write(study, sink, options):
            toys.write(study.map(lambda s: replace(s, objects=s.objects.with_columns(name=None))), sink, options)

        message = broken(laws.nothing_silent, toys.toy(write=write))
        assert "toy" in message
        assert "2 object names" in message
        assert "2 object names" in broken(laws.exact, toys.toy(write=write))

    def test_who_does_not_keep_what_it_declares(self):
        keeps = {**toys.KEEPS, F.OBJECT_COLOUR: exact()}
        study = TWO.map(lambda s: replace(s, objects=s.objects.with_columns(colour=5)))
        assert "fit changes what is declared exact: 2 object colours" in broken(laws.exact, toys.toy(keeps=keeps), study)
        assert "2 object colours" in broken(laws.nothing_in_vain, toys.toy(keeps=keeps), study)

    def test_who_announces_in_vain(self):
        def fit(study, options):
            return toys.fit(study, options).map(lambda s: replace(s, objects=s.objects.with_columns(name=None)))

        assert "2 object names" in broken(laws.nothing_in_vain, toys.toy(fit=fit))

    def test_who_invents_something_when_reading(self):
        def read(source, options):
            study, notes = toys.read(source, options)
            return study.map(lambda s: replace(s, name=source.name)), notes

        assert "1 image set name" in broken(laws.nothing_silent, toys.toy(read=read))

    def test_who_never_settles(self):
        def fit(study, options):
            return toys.fit(study, options).map(lambda s: replace(s, objects=s.objects.with_columns(name=pl.col("name") + "!")))

        assert "fitting twice" in broken(laws.settled, toys.toy(fit=fit))

    def test_who_changes_more_on_a_second_trip(self):
        def read(source, options):
            study, notes = toys.read(source, options)
            return study.map(lambda s: replace(s, objects=s.objects.with_columns(name=pl.col("name") + "!"))), notes

        assert "a second trip" in broken(laws.settled, toys.toy(read=read))

    def test_who_changes_the_tables_it_was_given(self):
        def fit(study, options):
            study.image_sets[0].tables["mine"] = Table("image set", pl.DataFrame())
            return toys.fit(study, options)

        assert "has changed" in broken(laws.untouched, toys.toy(fit=fit))

    def test_who_changes_the_pixels_it_was_given(self, rng_labels):
        array, study = rng_labels

        def fit(study, options):
            array[0, 0] += 1
            return toys.fit(study, options)

        assert "has changed" in broken(laws.untouched, toys.toy(fit=fit), study)

    @pytest.fixture
    def rng_labels(self):
        import numpy as np

        array = np.zeros((3, 3), np.uint8)
        return array, Study((ImageSet("", labels=(LabelImage(ArrayPixels(array), "yx"),)),))

    def test_who_writes_the_time(self):
        def write(study, sink, options):
            import time

            with sink.open() as file:
                file.write(json.dumps([toys.rows_of(s) for s in study.image_sets]).encode() + b" " * (int(time.time()) // 86400 % 1000))

        assert "other bytes in cells.toy" in broken(laws.same_bytes, toys.toy(write=write))

    def test_who_writes_in_random_order(self):
        order = itertools.cycle((1, -1))

        def write(study, sink, options):
            with sink.open() as file:
                file.write(json.dumps([toys.rows_of(s)[:: next(order)] for s in study.image_sets]).encode())

        assert "other bytes" in broken(laws.same_bytes, toys.toy(write=write))

    def test_who_raises_for_a_valid_study(self):
        def fit(study, options):
            raise KeyError("colour")

        assert "KeyError('colour')" in broken(laws.nothing_silent, toys.toy(fit=fit))

    def test_who_raises_a_bare_error_for_a_damaged_file(self):
        def read(source, options):
            return Study(tuple(toys.image_set_of(rows) for rows in json.loads(source.read_bytes()))), None

        message = broken(damage.survives, toys.toy(read=read))
        assert "cells.toy empty" in message
        assert "JSONDecodeError" in message

    def test_who_hangs_on_a_damaged_file(self, monkeypatch):
        def read(source, options):
            if source.size == 0:
                while True:
                    pass
            return toys.read(source, options)

        monkeypatch.setattr(damage, "SECONDS", 0.2)
        assert "no answer" in broken(damage.survives, toys.toy(read=read))

    def test_who_works_too_long_on_a_damaged_file(self, monkeypatch):
        def read(source, options):
            began = time.process_time()
            while source.size == 0 and time.process_time() - began < 0.2:
                pass
            return toys.read(source, options)

        monkeypatch.setattr(damage, "SECONDS", 0.1)
        assert "more than 0.1 s of processor time" in broken(damage.survives, toys.toy(read=read))

    def test_but_not_who_only_waits_for_a_busy_machine(self, monkeypatch):
        def read(source, options):
            if source.size == 0:
                time.sleep(0.3)
            return toys.read(source, options)

        monkeypatch.setattr(damage, "SECONDS", 0.2)
        monkeypatch.setattr(damage, "_peak", lambda: 0.0)
        with Trip(toys.toy(read=read), TWO) as one:
            damage.survives(one)

    def test_who_eats_the_memory_on_a_damaged_file(self, monkeypatch):
        def read(source, options):
            bytearray(b"x") * (64 << 20)
            return toys.read(source, options)

        monkeypatch.setattr(damage, "MEGABYTES", -1)
        assert "MB" in broken(damage.survives, toys.toy(read=read))


def test_only_options_with_few_choices_are_tried_out():
    from typing import Literal

    from segue.formats.options import Options

    class Choices(Options):
        compress: bool = True
        level: int = 3
        kind: Literal["a", "b", "c"] = "a"

    record = toys.toy(Choices=Choices)
    record = replace(record, write_options=f"{record.fit.partition(':')[0]}:Choices")
    assert laws.interesting_options(record) == [{}, {"compress": False}, {"kind": "b"}, {"kind": "c"}]

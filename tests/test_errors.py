"""Every error has a place in one tree, one sentence, and the facts behind it."""

from __future__ import annotations

import inspect
import json
import pickle
from pathlib import Path

import pytest

from segue import errors
from segue.errors import Malformed, SegueError, SourceError, UsageError

CLASSES = [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, SegueError)]


def test_every_class_is_in_the_tree_at_the_top_of_the_module():
    assert [kind.__name__ for kind in CLASSES if kind.__name__ not in (errors.__doc__ or "")] == []
    assert all(kind.__doc__ for kind in CLASSES)


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_survives_the_way_to_another_process(kind):
    error = pickle.loads(pickle.dumps(kind("cells.tif is cut off", path=Path("cells.tif"), position=17)))
    assert type(error) is kind
    assert str(error) == "cells.tif is cut off"
    assert error.fields == {"path": Path("cells.tif"), "position": 17}


def test_an_error_is_plain_data():
    found = Malformed("bad", path=Path("a"), position=3, ratio=0.5, expected=None, flag=True, names=["x"]).to_json()
    assert json.loads(json.dumps(found)) == {
        "error": "Malformed",
        "message": "bad",
        "path": "a",
        "position": 3,
        "ratio": 0.5,
        "expected": None,
        "flag": True,
        "names": "['x']",
    }


def test_whose_fault_it_is_can_be_told_from_the_class():
    assert issubclass(errors.InvalidOption, UsageError)
    assert issubclass(errors.TooLarge, SourceError)
    assert not issubclass(errors.SinkError, SourceError)
    assert not issubclass(errors.NotesRefused, SourceError)

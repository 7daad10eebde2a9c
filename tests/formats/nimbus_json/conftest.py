"""What the tests of NimbusImage's JSON share."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.formats.nimbus_json.nimbus_checklist import problems

from segue.formats.catalog import named
from segue.storage.source import Source

NIMBUS = named("nimbus-json")


class Sink:
    """A file that is only a file."""

    def __init__(self, path):
        self.path = path
        self.name = path.name

    def open(self):
        return self.path.open("wb+")


@pytest.fixture(scope="session")
def checklist():
    """``problems(bytes)``: what NimbusImage would refuse."""
    return problems


@pytest.fixture
def nimbus(tmp_path):
    """Reading and writing in a line."""

    class Nimbus:
        record = NIMBUS

        def read(self, given):
            """A study and its notes, of a path, bytes or a JSON value."""
            if isinstance(given, Path):
                return NIMBUS.read(Source(given))
            path = tmp_path / "given.json"
            path.write_bytes(given if isinstance(given, bytes) else json.dumps(given).encode())
            return NIMBUS.read(Source(path))

        def write(self, study, **options):
            """The bytes of a file."""
            chosen = NIMBUS.options("write", options)
            path = tmp_path / "written.json"
            NIMBUS.write(NIMBUS.fitted(study, chosen), Sink(path), chosen)
            return path.read_bytes()

    return Nimbus()

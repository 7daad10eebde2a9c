"""OME-XML from text, and there and back."""

from __future__ import annotations

import pytest

from segue.formats.ome_roi.spec import FORMAT
from segue.storage.source import Source
from segue.testing.trips import PlainSink

HEAD = '<?xml version="1.0" encoding="UTF-8"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">'


@pytest.fixture
def file(tmp_path):
    def named(text, name="a.ome.xml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return named


@pytest.fixture
def read(file):
    return lambda *parts: FORMAT.read(Source(file(HEAD + "".join(parts) + "</OME>")))


@pytest.fixture
def there_and_back(tmp_path):
    def trip(study, **options):
        chosen = FORMAT.options("write", options)
        fitted = FORMAT.fitted(study, chosen)
        path = tmp_path / f"trip{len(list(tmp_path.iterdir()))}.ome.xml"
        FORMAT.write(fitted, PlainSink(path), chosen)
        return fitted, FORMAT.read(Source(path))[0], path

    return trip

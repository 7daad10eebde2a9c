"""Formats by the names that users give them, and what is said where a name says nothing: one sentence, however many formats there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from segue.errors import UnknownFormat, WrongFormat
from segue.formats.catalog import FORMATS, by_suffix, named
from segue.formats.detect import detect
from segue.storage.source import Source
from segue.workflow.targets import COMMON, folder_format, target_format

LONGEST = 260
"""Characters of a sentence that is still read."""
LONGEST_SENTENCE = rf"^.{{10,{LONGEST}}}$"


@pytest.mark.parametrize("name", ["tiff", "TIFF", "Imagej-ROI", "imagej_roi", "ImageJ roi", " ome zarr "])
def test_capitals_and_spaces_do_not_matter(name: str) -> None:
    assert named(name).name == "-".join(name.lower().replace("_", " ").split())


@pytest.mark.parametrize(
    ("name", "said"), [("tif", "did you mean tiff?"), ("imagej-rio", "did you mean imagej-roi"), ("???", "'???'; segue formats lists them all")]
)
def test_of_unknown_names_the_nearest_are_named(name: str, said: str) -> None:
    with pytest.raises(UnknownFormat, match=LONGEST_SENTENCE) as found:
        named(name)
    assert said in str(found.value)


@pytest.mark.parametrize(
    ("target", "said"), [("x.foo", "such as .tif, .zip"), ("x", "such as .tif, .zip"), ("x.tifff", "did you mean .tiff"), ("a.geojsn", "did you mean .geojson")]
)
def test_of_unknown_endings_the_nearest_are_named(target: str, said: str) -> None:
    with pytest.raises(UnknownFormat, match=LONGEST_SENTENCE) as found:
        target_format(Path(target), None)
    assert said in str(found.value)


def test_endings_that_are_proposed_can_be_written() -> None:
    assert all(any(record.writes for record in by_suffix("x" + ending)) for ending in COMMON)


def test_a_folder_has_no_ending_that_counts() -> None:
    with pytest.raises(UnknownFormat, match=r"to write into masks\.tif, which is a folder; add --to FORMAT"):
        folder_format("masks.tif", None)
    assert folder_format("masks.tif", "tiff") is FORMATS["tiff"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("notes.outline", "it is none of the formats that segue reads (segue formats lists them)"),
        ("list.json", "its name could be that of "),
        ("cells.geojson", "it is named like QuPath GeoJSON, but its content is not"),
    ],
)
def test_a_name_is_not_held_against_a_file(tmp_path: Path, name: str, said: str) -> None:
    """Eight formats end in .json: that the first of them was meant is no more than a guess."""
    (tmp_path / name).write_bytes(b"\x00\x01 of another program")
    with pytest.raises(WrongFormat) as found:
        detect(Source(tmp_path / name))
    assert said in str(found.value)
    assert len(found.value.fields["found"]) < LONGEST

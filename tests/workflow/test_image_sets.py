"""``--image-set``: one image set of several, everywhere the same."""

from __future__ import annotations

import pytest

from segue.errors import InvalidOption
from segue.formats.catalog import FORMATS
from segue.model.count import counts
from segue.testing.canonical import canonical
from segue.workflow.image_sets import number_of, only, reader_option


def test_by_name_or_by_number_from_1():
    study = canonical()
    assert [number_of(study.image_sets, wanted, "it") for wanted in ("field 1", "field 2", "2", 1)] == [0, 1, 1, 0]


@pytest.mark.parametrize("wanted", ["field 3", "3", "0", "", "-1", "²"])
def test_an_unknown_one_is_an_error_that_names_all(wanted):
    with pytest.raises(InvalidOption, match=r"x has no image set .*; there are field 1, field 2"):
        only(canonical(), wanted, "x")


def test_populations_that_are_only_elsewhere_go():
    study = canonical()
    assert only(study, None) is study
    assert [one.id for one in only(study, "field 1").populations] == ["p1", "p2", "p3", "p4"]
    assert [one.id for one in only(study, "field 2").populations] == ["p3", "p4"]  # gates and sets can select there


def test_readers_of_large_projects_read_nothing_else():
    assert reader_option(FORMATS["mantis-project"], "a") == {"image_set": "a"}
    assert reader_option(FORMATS["mantis-project"], None) == reader_option(FORMATS["tiff"], "a") == {}


def test_what_there_is_in_how_many_image_sets():
    told = {one.what: str(one) for one in counts(canonical())}
    assert told == {
        "images": "1 in 1 of 2 image sets; none in field 2",
        "segmentations": "1 in 1 of 2 image sets; none in field 2",
        "features": "5 in 1 of 2 image sets; none in field 2",
        "populations": "2 in 1 of 2 image sets; none in field 2",
        "regions": "0",
    }

"""Projects do not say on which segmentation their lists were made: the regions beside them do."""

from __future__ import annotations

import pytest
from tests.formats.mantis_project.conftest import LABELS, Made, row

from segue.notes import Kind
from segue.workflow.judging import with_judgement
from segue.workflow.opening import open_path


@pytest.fixture
def judged(tmp_path):
    def judging(*populations):
        made = Made(tmp_path / "project").image_set("a", "CD3").database({"segmentationBasename": "segmentation.tif"}, {"a": populations})
        return with_judgement(open_path(made.root))

    return judging


def around(label):
    y, x = (label == LABELS).nonzero()
    return (y * LABELS.shape[1] + x).tolist()


def test_lists_beside_a_region_that_fits_belong_to_the_labels(judged):
    opened = judged(row("drawn", "x", pixels=around(3), segments=[3]), row("plot", "y", order=2, segments=[7, 20]))
    s = opened.study.image_sets[0]
    assert set(s.membership.frame["labels"]) == {s.labels[0].fingerprint()}
    assert not opened.notes.refused


def test_lists_beside_one_that_does_not_are_said(judged):
    opened = judged(row("drawn", "x", pixels=around(3), segments=[7, 20]))
    assert opened.study.image_sets[0].membership.frame["labels"].null_count() == 2
    assert "list 2 segments and select 1" in str(next(iter(opened.notes.of_kind(Kind.CHANGED))))


def test_without_a_region_nothing_can_be_told(judged):
    opened = judged(row("plot", "y", segments=[7, 20]))
    assert opened.study.image_sets[0].membership.frame["labels"].null_count() == 2
    assert not opened.notes.refused


def test_segments_that_are_not_there_are_counted_and_kept(judged):
    opened = judged(row("plot", "y", segments=[7, 500, 501]))
    (note,) = opened.notes.of_kind(Kind.SKIPPED)
    assert (note.count, note.where) == (2, "a")
    assert len(opened.study.image_sets[0].membership) == 3


def test_one_image_set_by_its_number(judged, tmp_path):
    made = Made(tmp_path / "two").image_set("a", "CD3").image_set("b", "CD3").database()
    assert [s.name for s in open_path(made.root, image_set=2).study.image_sets] == ["b"]
    assert [s.name for s in open_path(made.root, image_set="a").study.image_sets] == ["a"]

"""A real project, to a study and back: nothing is lost, and Mantis finds its own rows."""

from __future__ import annotations

import sqlite3

import numpy as np
import pytest
from tests.formats.mantis_project.conftest import row, tables

from segue.formats.detect import detect
from segue.formats.mantis_project.spec import FORMAT
from segue.model.diff import diff
from segue.model.image import in_memory
from segue.storage.source import Source
from segue.testing.trips import PlainSink, content


@pytest.mark.golden
def test_a_project_comes_back_with_every_population_region_value_and_setting(real, written):
    study, notes = FORMAT.read(Source(real))
    assert detect(Source(real))[0].name == "mantis-project"
    assert [str(note) for note in notes] == []
    one, two = study.image_sets
    assert (one.name, two.name) == ("set_one", "set_two")
    assert one.images[0].channels == ("191Ir", "b-catenin", "cd3", "cd4")
    assert (len(one.objects), one.tables["features"].frame.shape) == (49, (48, 18))
    assert [(each.id, each.name, each.colour, each.order) for each in study.populations] == [
        ("ryxT3vK1H", ("Tumor",), 0xFF0000FF, 1),
        ("H1gPz0Kk8", ("CD4 High Cells",), 0x00FF7FFF, 2),
    ]
    back, again = written(study)
    assert diff(study, FORMAT.fitted(study)) == {}
    assert diff(study, again) == {}
    assert tables(back) == tables(real)


@pytest.mark.golden
def test_rows_of_populations_are_mantis_own_byte_for_byte(real, written):
    texts = []
    for root in (real, written(FORMAT.read(Source(real))[0])[0]):
        connection = sqlite3.connect(root / ".mantisDb")
        texts.append(connection.execute("SELECT * FROM selections ORDER BY rowid").fetchall())
        connection.close()
    assert texts[0] == texts[1]


@pytest.mark.golden
def test_pixels_come_back_in_their_number_type(real, written):
    study = FORMAT.read(Source(real))[0]
    _, again = written(study)
    for s, other in zip(study.image_sets, again.image_sets, strict=True):
        assert other.images[0].pixels.dtype == np.float32
        assert np.array_equal(in_memory(s.images[0].pixels), in_memory(other.images[0].pixels))
        assert np.array_equal(in_memory(s.labels[0].pixels), in_memory(other.labels[0].pixels))


def everything(project):
    return (
        project.image_set("a", "CD3", "CD4")
        .image_set("b", "CD3", "CD4")
        .database(
            settings={
                "activeImageSet": "b",
                "segmentationBasename": "segmentation.tif",
                "channelMarker": {"rChannel": "CD3", "gChannel": "CD4", "bChannel": None},
                "channelMappings": {"day": {"markers": {"rChannel": "CD4", "kChannel": "CD3"}, "colors": {"rChannel": 65280, "kChannel": 16777215}}},
                "globalPopulationAttributes": {"T cells": {"color": 16711680, "visible": False}, "gone": {"color": 1, "visible": True}},
                "plotTransformCoefficient": 100,
                "regionsFilesLoaded": [],
            },
            populations={
                "a": [
                    row("T cells", "x1", segments=[7, 3], color=16711680),
                    row("drawn", "x2", order=2, pixels=[12, 13, 22, 23], segments=[3]),
                    row("empty", "x3", order=3),
                ],
                "b": [row("drawn", "y9", order=5, color=0, pixels=[], segments=[]), row("T cells", "x1", order=6, color=16711680, visible=False)],
            },
            features=[("a", "CD3 Mean", 3, 1.5), ("a", "CD3 Mean", 7, 0.1), ("a", "Age", 20, 1e-7), ("b", "CD3 Mean", 3, 2.0)],
            generated=["a"],
        )
    )


def test_a_made_project_comes_back_too(project, written):
    everything(project)
    study = project.study()
    back, again = written(study)
    assert diff(study, again) == {}
    assert tables(back) == tables(project.root)


def test_the_same_study_makes_the_same_bytes_and_leaves_no_journal(project, written, tmp_path):
    study = everything(project).study()
    first = content(written(study, "one.mantis")[0])
    second = content(written(study, "two.mantis")[0])
    assert first == second
    assert sorted(first) == [".mantisDb", *(f"{name}/{file}.tif" for name in "ab" for file in ("CD3", "CD4", "segmentation"))]


def test_what_mantis_saved_after_us_is_what_counts(project, written):
    """Mantis knows nothing of our tables and drops the member ``segue`` of a population that it saves."""
    study = everything(project).study()
    root, _ = written(study)
    connection = sqlite3.connect(root / ".mantisDb")
    changed = '{"id":"x1","renderOrder":1,"name":"renamed","color":3,"visible":true,"selectedSegments":[20]}'
    connection.execute("UPDATE selections SET selection_json = ? WHERE id = 'ax1'", (changed,))
    connection.execute("INSERT INTO features VALUES ('b', 'new', 3, 4.5)")
    connection.commit()
    connection.close()
    again = FORMAT.read(Source(root))[0]
    assert again.populations[0].name == ("renamed",)
    assert again.image_sets[1].tables["features"].frame["new"].to_list() == [4.5]


def test_an_empty_study_is_a_project_without_image_sets(tmp_path):
    from segue.errors import WrongFormat
    from segue.model.study import Study

    FORMAT.write(FORMAT.fitted(Study()), PlainSink(tmp_path / "none.mantis"))
    with pytest.raises(WrongFormat, match="no image sets"):
        FORMAT.read(Source(tmp_path / "none.mantis"))

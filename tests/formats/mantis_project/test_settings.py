"""Settings: displays and mappings of channels, what is kept as it is, what is left out."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest
from tests.formats.mantis_project.conftest import tables

from segue.model.diff import diff
from segue.model.display import ChannelDisplay, Display
from segue.notes import Kind

VIEW = {
    "channelMarker": {"rChannel": "CD3", "gChannel": None, "kChannel": "CD4"},
    "channelColor": {"rChannel": 16711680, "gChannel": 65280, "kChannel": 10},
    "channelDomainValue": {"rChannel": [5, 300], "kChannel": [0, 0.7]},
    "channelVisibility": {"rChannel": False},
    "segmentationFillAlpha": 0.25,
    "selectedRegionAlpha": 0.5,
}


def test_the_view_is_the_display_of_every_image_set(project, written):
    study = project.image_set("a", "CD3").image_set("b", "CD3").database(VIEW).study()
    display = study.image_sets[0].display
    assert display == study.image_sets[1].display
    assert display.channels == (ChannelDisplay("CD4", 0x00000AFF), ChannelDisplay("CD3", 0xFF0000FF, 5.0, 300.0, visible=False))
    assert (display.label_opacity, display.outline_opacity, display.region_opacity) == (0.25, 0.7, 0.5)
    assert display.outline_colour == 0xFFFFFFFF
    back = tables(written(study)[0])["settings"]
    assert {name: back[name] for name in VIEW} == VIEW


def test_mappings_are_presets(project, written):
    mappings = {
        "day": {"markers": {"rChannel": "CD3", "gChannel": "CD4"}, "colors": {"rChannel": 16711680, "gChannel": 65280}},
        "odd": {"markers": {"rChannel": "CD3", "bChannel": None}, "colors": {"rChannel": 65280, "bChannel": 3}},
    }
    study = project.image_set("a", "CD3").database({"channelMappings": mappings}).study()
    assert [(one.name, one.channels) for one in study.displays] == [
        ("day", (ChannelDisplay("CD4", 0x00FF00FF), ChannelDisplay("CD3", 0xFF0000FF))),
        ("odd", (ChannelDisplay("CD3", 0x00FF00FF),)),
    ]
    assert tables(written(study)[0])["settings"]["channelMappings"] == mappings


def test_presets_of_a_study_become_mappings(project, written):
    study = project.image_set("a", "CD3").database().study()
    channels = tuple(ChannelDisplay(f"m{nth}", (nth * 1000) << 8 | 0xFF) for nth in range(9))
    made = replace(study, displays=(Display("night", (ChannelDisplay("DAPI", 0x0000FFFF), ChannelDisplay("CD3", 0x123456FF))), Display("many", channels)))
    root, again = written(made)
    told = tables(root)["settings"]["channelMappings"]
    assert told["night"]["markers"] == {**dict.fromkeys(told["night"]["markers"]), "bChannel": "DAPI", "rChannel": "CD3"}
    assert told["night"]["colors"]["rChannel"] == 0x123456
    assert sorted(again.displays[0].channels, key=lambda one: one.channel) == [ChannelDisplay("CD3", 0x123456FF), ChannelDisplay("DAPI", 0x0000FFFF)]
    assert len(again.displays[1].channels) == 7
    assert again.extras["id"].to_list() == ["many"]  # its channels do not have the colours of Mantis' own


def test_a_display_of_a_study_becomes_the_view(project, written):
    study = project.image_set("a", "CD3").database().study()
    display = Display("", (ChannelDisplay("CD3", 0xFF0000FF, 2.0, 40.0, visible=False),), label_opacity=0.5, outline_colour=0xFFFFFFFF, outline_opacity=0.1)
    made = study.map(lambda s: replace(s, display=display))
    root, again = written(made)
    assert again.image_sets[0].display == display
    assert tables(root)["settings"]["channelDomainValue"]["rChannel"] == [2.0, 40.0]
    assert diff(made, again) == {}


def test_other_settings_are_kept_as_they_are(project, written):
    others = {
        "plotTransform": "log",
        "plotHiddenPopulations": ["a", "b"],
        "zoomCoefficient": 2.5,
        "imagePositionAndScales": {"a": {"scale": {"x": 1}}},
        "new": None,
    }
    study = project.image_set("a", "CD3").database(others).study()
    back = tables(written(study)[0])["settings"]
    assert {name: back[name] for name in others if name != "new"} == {name: value for name, value in others.items() if name != "new"}


@pytest.mark.parametrize("value", ["/home/me/project/a.csv", "C:\\data\\x", "~/x/y", "file:///a", {"deep": ["/Users/x/y"]}, {"/Users/x/y": 1}, "\\\\server\\x"])
def test_places_on_a_computer_are_left_out(project, written, value):
    study, notes = project.image_set("a", "CD3").database({"last": value, "plotType": "scatter"}).read()
    (note,) = notes.of_kind(Kind.SKIPPED)
    assert "last names a place" in str(note)
    assert "last" not in tables(written(study)[0])["settings"]


def test_texts_that_only_look_like_paths_stay(project, written):
    study = project.image_set("a", "CD3").database({"selectedPlotFeatures": ["CD3/CD8", "/", "a:b", "~x"]}).study()
    assert tables(written(study)[0])["settings"]["selectedPlotFeatures"] == ["CD3/CD8", "/", "a:b", "~x"]


@pytest.mark.parametrize("text", ["{", "nan", "[" * 5000, '{"a": 1e999}', ""])
def test_a_setting_that_cannot_be_read_is_passed_over(project, text):
    project.image_set("a", "CD3").database({"plotType": "scatter"})
    connection = sqlite3.connect(project.root / ".mantisDb")
    connection.execute("INSERT INTO settings VALUES ('odd', ?)", (text,))
    connection.commit()
    connection.close()
    study, notes = project.read()
    assert study.extras["id"].to_list() == ["plotType"]
    assert "1 setting that cannot be read" in str(next(iter(notes.of_kind(Kind.SKIPPED))))


@pytest.mark.parametrize("value", [1, [], "x", {"day": 3}, {"day": {"markers": 1, "colors": []}}, {"day": {"markers": {"rChannel": {}}}}])
def test_odd_mappings_are_no_error(project, written, value):
    study = project.image_set("a", "CD3").database({"channelMappings": value, "channelMarker": value, "globalPopulationAttributes": value}).study()
    assert diff(study, written(study)[1]) == {}

"""Configurations of collections: layers, scales, and what is only kept."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

from segue.errors import SegueError, WrongFormat
from segue.formats.detect import detect
from segue.formats.nimbus_collection.spec import FORMAT
from segue.model.diff import diff
from segue.model.display import ChannelDisplay, Display
from segue.model.grid import Axis, Grid
from segue.model.study import ImageSet, Study
from segue.storage.sink import FileSink
from segue.storage.source import Source

ACCOUNT = "5f0a11ce0000c0ffee00acc7"
PLANE = {"type": "current", "value": None}
LAYERS: list[dict[str, Any]] = [
    {"id": "l1", "name": "Nuclei", "color": "#0000ff", "channel": 0, "xy": PLANE, "z": {"type": "max-merge", "value": None}, "time": PLANE, "visible": True,
     "contrast": {"mode": "absolute", "blackPoint": 120, "whitePoint": 4000.5}, "layerGroup": "g"},
    {"id": "l2", "name": "Green", "color": "#00ff00", "channel": 1, "visible": False, "contrast": {"mode": "percentile", "blackPoint": 0.1, "whitePoint": 99}},
]  # fmt: skip
META = {
    "subtype": "contrastConfiguration",
    "compatibility": {"xyDimensions": "one", "zDimensions": "multiple", "tDimensions": "one", "channels": {"0": "DAPI", "1": "GFP"}},
    "layers": LAYERS,
    "tools": [{"id": "t", "creatorId": ACCOUNT}],
    "propertyIds": ["p" * 24],
    "snapshots": [],
    "scales": {"pixelSize": {"value": 0.219, "unit": "µm"}, "zStep": {"value": 2, "unit": "µm"}, "tStep": {"value": 1.5, "unit": "m"}},
}
BODY = {"name": "Spots", "description": "two channels", "meta": META, "access": {"users": [{"id": ACCOUNT}]}, "creatorId": ACCOUNT}


@pytest.fixture
def read(tmp_path):
    def reading(body: Any, name: str = "spots_config.json") -> Study:
        (tmp_path / name).write_bytes(body if isinstance(body, bytes) else json.dumps(body).encode())
        return FORMAT.read(Source(tmp_path / name))[0]

    return reading


@pytest.fixture
def written(tmp_path):
    def writing(study: Study) -> dict[str, Any]:
        options = FORMAT.options("write")
        with FileSink(tmp_path / "out_config.json", overwrite=True) as sink:
            FORMAT.write(FORMAT.fitted(study, options), sink, options)
            return json.loads(sink.keep().read_bytes())

    return writing


def test_layers_are_channels(read):
    (display,) = read(BODY).displays
    assert display == Display("Spots", (ChannelDisplay("DAPI", 0x0000FFFF, 120, 4000.5), ChannelDisplay("GFP", 0x00FF00FF, visible=False)))


def test_it_is_recognised(read, tmp_path):
    read(BODY)
    assert detect(Source(tmp_path / "spots_config.json"))[0].name == "nimbus-collection"


def test_scales_are_pixel_sizes(read, written):
    grid = read(BODY).image_sets[0].grid
    assert grid.axes == (Axis("t", scale=1.5, unit="min"), Axis("z", scale=2, unit="um"), Axis("y", scale=0.219, unit="um"), Axis("x", scale=0.219, unit="um"))
    oblong = Study((ImageSet("", Grid((Axis("y", scale=1.0, unit="um"), Axis("x", scale=2.0, unit="um")))),))
    assert written(oblong)["meta"]["scales"] == {}


def test_there_and_back_everything_is_as_it_was(read, written):
    study = read(BODY)
    found = written(study)
    assert diff(study, read(found)) == {}
    assert found["description"] == "two channels"
    assert {key: found["meta"][key] for key in ("subtype", "compatibility", "propertyIds", "snapshots", "scales")} == {
        key: META[key] for key in ("subtype", "compatibility", "propertyIds", "snapshots", "scales")
    }
    first, second = found["meta"]["layers"]
    assert first == {**LAYERS[0], "name": "DAPI"}
    assert (second["id"], second["contrast"]) == ("l2", {"mode": "percentile", "blackPoint": 0, "whitePoint": 100})


def test_accounts_are_dropped(read, written):
    assert ACCOUNT not in str(read(BODY).extras["payload"].to_list())
    assert ACCOUNT not in json.dumps(written(read(BODY)))


def test_a_display_becomes_a_configuration(written):
    display = Display("view", (ChannelDisplay("CD3", 0xFF000080, 1, 2), ChannelDisplay("CD8", low=3), ChannelDisplay("CD3")))
    meta = written(Study((ImageSet("a", display=display),)))["meta"]
    assert meta["compatibility"]["channels"] == {"0": "CD3", "1": "CD8"}
    assert [(one["channel"], one["color"], one["contrast"]["mode"]) for one in meta["layers"]] == [
        (0, "#ff0000", "absolute"),
        (1, "#ffffff", "percentile"),
        (0, "#ffffff", "percentile"),
    ]


@pytest.mark.parametrize("color", ["red", "#12345", "#gggggg", None, 7])
def test_what_is_not_understood(read, color):
    layers = [{"color": color, "channel": 3, "contrast": "auto"}, "no layer", {"name": "x"}]
    (display,) = read({"meta": {"layers": layers, "scales": {"pixelSize": {"value": -1, "unit": "µm"}, "zStep": {"value": 1, "unit": "parsec"}}}}).displays
    assert display.channels == (ChannelDisplay("3"), ChannelDisplay("x"))
    assert read({"meta": {"scales": []}}).image_sets[0].grid == Grid()


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"meta": 1}', b'{"name": "x"}'])
def test_other_json_is_refused(read, body):
    with pytest.raises(SegueError):
        read(body)
    with pytest.raises(WrongFormat):
        read({"name": "x"})


def test_extras_of_others_are_not_written(written):
    extras = pl.DataFrame([{"format": "else", "entity": "collection", "id": "", "payload": '{"secret": 1}'}])
    assert "secret" not in json.dumps(written(Study((ImageSet(""),), extras=extras)))

"""The guide's page on NimbusImage does what it says, in its order."""

from __future__ import annotations

import json
import re
import shlex
import zipfile
from pathlib import Path

import numpy as np
import pytest
import tifffile
from tests.formats.nimbus_json.test_rejoin import through_nimbus

import segue
from segue.cli import main

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "nimbus.md").read_text(encoding="utf-8")
LINES = re.findall(r"^    (segue .*)$", TEXT, re.M)


def run(line, capsys):
    with pytest.raises(SystemExit) as end:
        main(shlex.split(line)[1:])
    output = capsys.readouterr()
    assert end.value.code == 0, f"{line}\n{output.err}"
    return output


def annotation(own, x, t=0, tags=()):
    corners = [(x, 2), (x + 4, 2), (x + 4, 6), (x, 6)]
    place = {"XY": 0, "Z": 0, "Time": t}
    return {"_id": own, "shape": "polygon", "channel": 0, "location": place, "tags": list(tags), "coordinates": [{"x": x, "y": y} for x, y in corners]}


def document(annotations, links):
    connections = [{"_id": f"c{nth}", "parentId": one, "childId": other, "tags": []} for nth, (one, other) in enumerate(links)]
    return json.dumps({"annotations": annotations, "annotationConnections": connections, "annotationProperties": [], "annotationPropertyValues": {}})


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A mask with a hole and a cell of two parts; annotations with an orphan; a film with a division."""
    mask = np.zeros((40, 50), np.uint16)
    mask[3:17, 4:20], mask[20:33, 25:45], mask[36:39, 25:45] = 1, 2, 2
    mask[8:10, 8:12] = 0
    monkeypatch.chdir(tmp_path)
    tifffile.imwrite("cells-mask.tif", mask)
    tifffile.imwrite("cells.tif", np.zeros((40, 50), np.uint8))
    tifffile.imwrite("film.tif", np.zeros((3, 20, 40), np.uint8), imagej=True, metadata={"axes": "TYX"})
    Path("annotations.json").write_text(document([annotation("a", 1, tags=["SAM"]), annotation("b", 9)], [("a", "b"), ("a", "gone")]))
    frames = [annotation("m", 10, 0), annotation("n", 10, 1), annotation("o", 5, 2), annotation("p", 15, 2)]
    Path("film.json").write_text(document(frames, [("m", "n"), ("n", "o"), ("n", "p")]))
    Path("record").mkdir()
    Path("record", "dish_annotations.json").write_text(document([annotation("a", 1)], []))
    tifffile.imwrite("record/dish--field.tif", np.ones((20, 40), np.uint8))
    Path("dishes").mkdir()
    for name in ("dish 1", "dish 2"):
        Path("dishes", f"{name}_annotations.json").write_text(document([annotation(name, 1)], []))
    with zipfile.ZipFile("collection.zip", "w") as made:
        for nth, name in enumerate(("dish 1", "dish 2")):
            made.writestr(f"{name}.json", document([annotation(f"{nth}{nth}", 1), annotation(f"{nth}x", 9)], []))
    return mask


def corners(path):
    return [[vertex["x"] for vertex in one["coordinates"]] for one in json.loads(Path(path).read_text())["annotations"]]


def test_the_commands_of_the_guide(here, capsys):
    outputs = {}
    for line in LINES:
        if " back.json " in line:  # what NimbusImage makes of it between the two commands
            Path("back.json").write_text(json.dumps(through_nimbus(json.loads(Path("parts.json").read_text()))))
        outputs[line] = run(line, capsys)
    told = {line: output.out + output.err for line, output in outputs.items()}
    assert "1" in told["segue inspect annotations.json"]
    assert "skipped" in told["segue inspect annotations.json"]
    again = json.loads(Path("again.json").read_text())
    assert [(one["_id"], one["tags"]) for one in again["annotations"]] == [("a", ["SAM"]), ("b", [])]
    assert "8 pixels of 1 segment differ" in told["segue convert cells-mask.tif cells.json --to nimbus-json"]
    filled = here.copy()
    filled[8:10, 8:12] = 1
    assert np.array_equal(tifffile.imread("cells-back.tif"), filled)
    for name in ("keyhole.json", "parts.json"):
        segue.convert(name, f"{name}.tif", image="cells.tif", role="labels")
        assert np.array_equal(tifffile.imread(f"{name}.tif"), here)
    assert np.array_equal(tifffile.imread("back-mask.tif"), here)
    published = {name: sorted(path.suffix for path in Path(f"{name}.nimbus-project").iterdir()) for name in ("again", "annotations")}
    assert published == {"again": [".json"] * 3 + [".tif"], "annotations": [".json"] * 3}
    (table,) = segue.read("both.json").image_sets[0].tables.values()
    assert table.frame.rows() == [(0, 224), (1, 320)]
    names = {name: zipfile.ZipFile(f"{name}.nimbus.zip").namelist() for name in ("tables", "one", "dishes")}
    assert names == {"tables": ["dish 1.csv", "dish 2.csv"], "one": ["datasets.csv"], "dishes": ["dish 1.json", "dish 2.json"]}
    assert corners("mended.json") == [[1.5, 5.5, 5.5, 1.5], [9, 13, 13, 9]]
    assert "1 division kept" in told["segue convert film.json film_RES --to ctc --image film.tif -v"]
    assert len(json.loads(Path("film-back.json").read_text())["annotationConnections"]) == 3


def test_the_table_of_the_guide_lists_every_way_to_write_holes():
    from segue.formats.catalog import named
    from segue.testing.laws import interesting_options

    choices = {options["holes"] for options in interesting_options(named("nimbus-json")) if "holes" in options} | {"fill"}
    assert set(re.findall(r"^\| `(\w+)` \|", TEXT, re.M)) == choices

"""The guide's page on importing into a study does what it says, in its order."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import tifffile

import segue
from segue.cli import main
from segue.cli.merge import command
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, Image
from segue.model.objects import Objects
from segue.model.rings import Rings
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "merge.md").read_text(encoding="utf-8")
LINES = re.findall(r"^    (segue .*)$", TEXT, re.M)


def run(line, capsys):
    with pytest.raises(SystemExit) as end:
        main(shlex.split(line)[1:])
    output = capsys.readouterr()
    assert end.value.code == 0, f"{line}\n{output.err}"
    return output.out


def triangle(**columns):
    """One object on its own."""
    rings = Rings(np.array([[30.0, 2], [38, 2], [38, 9]]), np.array([0, 3]), np.array([0, 1]), np.array([0, 1]))
    shapes = Shapes(
        pl.DataFrame(
            {
                "object": [0],
                "kind": ["polygon"],
                "z": pl.Series([columns.pop("z", None)], dtype=pl.Int32),
                "c": pl.Series([columns.pop("c", None)], dtype=pl.Int32),
            }
        ),
        rings,
    )
    return ImageSet("", objects=Objects(pl.DataFrame({"id": ["drawn"], "t": pl.Series([columns.pop("t", None)], dtype=pl.Int32)})), shapes=shapes)


@pytest.fixture
def here(tmp_path, monkeypatch, capsys):
    """A mask of two cells; their outlines with one more; an object of a late time point; a table; a film of 4 time points."""
    mask = np.zeros((40, 50), np.uint16)
    mask[3:17, 4:20], mask[20:33, 25:45] = 1, 2
    monkeypatch.chdir(tmp_path)
    tifffile.imwrite("cells-mask.tif", mask)
    run("segue convert cells-mask.tif outlines.segue --set role=labels", capsys)
    run("segue convert outlines.segue outlines.geojson", capsys)
    with segue.read("outlines.geojson") as study:
        new = triangle()
        both = replace(
            study.image_sets[0],
            objects=Objects(pl.concat([study.image_sets[0].objects.frame, new.objects.frame])),
            shapes=Shapes(
                pl.concat([study.image_sets[0].shapes.frame, new.shapes.frame.with_columns(object=pl.lit(2, pl.Int32))]),
                Rings(
                    np.concatenate([study.image_sets[0].shapes.rings.coords, new.shapes.rings.coords]),
                    np.append(study.image_sets[0].shapes.rings.ring_start, len(study.image_sets[0].shapes.rings.coords) + 3),
                    np.arange(4),
                    np.arange(4),
                ),
            ),
        )
        segue.write(replace(study, image_sets=(both,)), "reviewed.geojson")
    segue.write(Study((triangle(t=0, c=0, z=0),)), "late.geojson")
    image = Image(ArrayPixels(np.zeros((4, 2, 40, 50), np.uint8)), "tcyx", "image", ("CD3", "DAPI"))
    segue.write(Study((ImageSet("film", grid_of("tyx", (4, 40, 50)), images=(image,)),)), "film.segue")
    tifffile.imwrite("field_2.ome.tif", np.zeros((40, 50), np.uint8))
    segue.write(
        Study((ImageSet("field 3", images=(Image(ArrayPixels(np.zeros((40, 50), np.uint8)), "yx", "image"),), grid=grid_of("yx", (40, 50))),)), "more.segue"
    )
    Path("values.csv").write_text("label,brightness\n1,5\n2,7\n3,9\n")


def test_the_commands_of_the_guide(here, capsys):
    outputs = {line: run(line, capsys) for line in LINES}
    shown = re.sub("^    ", "", TEXT.partition("as it does with edits.\n\n")[2].partition("\n\n##")[0], flags=re.M)
    assert outputs["segue merge reviewed.geojson cells.segue --dry-run"].split() == shown.split()
    with segue.read("cells.segue") as study:
        s = study.image_sets[0]
        assert len(s.objects) == 2
        assert next(iter(s.tables.values())).frame["brightness"].to_list() == [5, 7]
    with segue.read("film.segue") as study:
        assert study.image_sets[0].objects.frame["t"].to_list() == [3, 3, 0]
        assert study.image_sets[0].shapes.frame["c"].to_list() == [0, 1, 0]


def test_the_table_of_the_guide_lists_every_way_to_overwrite():
    choices = next(one.type.choices for one in command.params if one.name == "overwrite")
    assert re.findall(r"^\| `(\w+)` \|", TEXT, re.M) == list(choices)

"""What segue writes is accepted by Mantis Viewer: read by its own CSV library under its rules for rows.

Needs Node, and csv-parse 4.8.8 with csv-stringify 5.3.6 in a folder ``node_modules``: beside the repository or in it, or where the environment variable
``SEGUE_NODE_MODULES`` says.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import polars as pl
import pytest

from segue.codecs.javascript_numbers import trim
from segue.codecs.mantis_csv import write_rows
from segue.formats.catalog import FORMATS
from segue.model.display import ChannelDisplay, Display
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.rules import GateRule, Range
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table
from segue.testing.scalars import HOSTILE
from segue.testing.trips import PlainSink

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("mantis_rows.js")
NAMES = [*dict.fromkeys(trim(name) for name in HOSTILE if trim(name)), "CD4 High Cells", "12", "0x12", "-1", "Zellen, groß"]


@pytest.fixture(scope="module")
def modules():
    """The folder with Mantis' CSV library."""
    found = [Path(os.environ["SEGUE_NODE_MODULES"])] if "SEGUE_NODE_MODULES" in os.environ else [ROOT / "node_modules", ROOT.parent / "node_modules"]
    folder = next((one for one in found if (one / "csv-parse" / "package.json").is_file() and (one / "csv-stringify").is_dir()), None)
    if shutil.which("node") is None or folder is None:
        pytest.skip("Mantis' CSV library is not here: Node and node_modules with csv-parse 4.8.8 and csv-stringify 5.3.6 (SEGUE_NODE_MODULES)")
    return folder


@pytest.fixture
def mantis(modules, tmp_path):
    """What Mantis makes of a text; AssertionError with its reason where it refuses it."""

    def asking(kind, file):
        done = subprocess.run(["node", SCRIPT, modules, kind, file], capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)
        assert done.returncode == 0, f"Mantis refuses it: {done.stderr}"
        return done.stdout if kind == "stringify" else json.loads(done.stdout)

    return asking


def written(path, name, study, **options):
    record = FORMATS[name]
    chosen = record.options("write", options)
    record.write(record.fitted(study, chosen), PlainSink(path), chosen)
    return path


def with_members(*image_sets):
    """Each name a population, whose members are the segments from 1 to its place."""
    found = []
    for image in image_sets:
        labels = list(range(1, len(NAMES) + 1))
        objects = Objects(pl.DataFrame({"id": [str(one) for one in labels], "label": labels, "layer": ["labels"] * len(labels)}))
        pairs = [(f"p{nth}", row) for nth in range(len(NAMES)) for row in range(nth + 1)]
        membership = Membership.of(pl.DataFrame(pairs, schema={"population": pl.Utf8, "object": pl.Int32}, orient="row"))
        found.append(ImageSet(image, objects=objects, membership=membership))
    return tuple(found)


def populations(*, colours):
    return tuple(Population(f"p{nth}", (name,), colour=(nth << 16 | 0xFF) if colours and nth % 2 else None) for nth, name in enumerate(NAMES))


@pytest.mark.parametrize("colours", [False, True])
def test_populations_of_one_image(mantis, tmp_path, colours):
    path = written(tmp_path / "out.csv", "mantis-populations", Study(with_members(""), populations(colours=colours)))
    colour = [(nth << 8) if colours and nth % 2 else None for nth in range(len(NAMES))]
    assert mantis("active", path) == [["", label + 1, name, colour[nth]] for nth, name in enumerate(NAMES) for label in range(nth + 1)]


@pytest.mark.parametrize("images", [("set one", "set_two"), ("1", "2"), ("a, b", '"quoted"', "\ufeffmark")])
def test_populations_of_a_project(mantis, tmp_path, images):
    path = written(tmp_path / "out.csv", "mantis-populations", Study(with_members(*images), populations(colours=True)))
    found = [(image, segment, name) for image, segment, name, _ in mantis("project", path)]
    assert found == [(trim(image), label + 1, name) for image in images for nth, name in enumerate(NAMES) for label in range(nth + 1)]


def test_gates(mantis, tmp_path):
    gates = [Population(name, (name,), "gate", rule=GateRule((Range(name, -1e-7, 0.1), Range("other", None, 1e21)))) for name in NAMES]
    found = mantis("gates", written(tmp_path / "out.csv", "mantis-gates", Study((), tuple(gates))))
    assert found == {name: {name: ["-1e-7", "0.1"], "other": ["-Infinity", "1e+21"]} for name in NAMES}


def test_mappings(mantis, tmp_path):
    presets = tuple(Display(name, (ChannelDisplay(name, 0xFF0000FF), ChannelDisplay("b", 0x123456FF))) for name in NAMES)
    found = mantis("mappings", written(tmp_path / "out.csv", "mantis-mappings", Study((), displays=presets)))
    assert found == {name: {"rChannel": [name, 0xFF0000], "gChannel": ["b", 0x123456]} for name in NAMES}


@pytest.mark.parametrize("image", ["", "set one"])
def test_features(mantis, tmp_path, image):
    columns = tuple(Column(name) for name in NAMES)
    values = {name: [nth / 7, None if nth % 3 else 1e-7] for nth, name in enumerate(NAMES)}
    objects = Objects(pl.DataFrame({"id": ["7", "300"], "label": [7, 300]}))
    table = Table("objects", pl.DataFrame({"row": pl.Series([0, 1], dtype=pl.Int32), **values}), columns)
    study = Study((ImageSet(image, objects=objects, tables={"t": table}),))
    path = written(tmp_path / "out.csv", "mantis-features", study)
    found = [(name, segment, {key: float(value) for key, value in cells.items()}) for name, segment, cells in mantis(f"features {_form(image)}", path)]
    first, second = ({name: cells[nth] for name, cells in values.items() if cells[nth] is not None} for nth in (0, 1))
    assert found == [(image, 7, first), (image, 300, second)]


def _form(image):
    return "project" if image else "active"


def test_names_of_regions(mantis, tmp_path):
    path = tmp_path / "regions.csv"
    with path.open("wb") as file:
        write_rows(file, [pl.Series(range(1, len(NAMES) + 1)), pl.Series(NAMES)])
    assert mantis("names", path) == [[nth, name] for nth, name in enumerate(NAMES, 1)]


def test_the_bytes_are_those_of_its_own_writer(mantis, tmp_path):
    names = [name for name in NAMES if "\r" not in name]  # Mantis writes a carriage return bare, and does not read it then
    rows = [[str(nth), name, ""] for nth, name in enumerate(names)]
    (tmp_path / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    with (tmp_path / "ours.csv").open("wb") as file:
        write_rows(file, [pl.Series(column) for column in zip(*rows, strict=True)])
    assert (tmp_path / "ours.csv").read_bytes().decode() == mantis("stringify", tmp_path / "rows.json")


@pytest.mark.parametrize("text", ["4,A\n5,A\n\n", "4,A\n5\n", '4,CD4 "x"\n', '4, "CD4"\n', "4,A,1\n5,A\n"])
def test_the_rules_are_as_strict_as_mantis(mantis, tmp_path, text):
    """Else the tests above would prove nothing."""
    (tmp_path / "bad.csv").write_text(text, encoding="utf-8")
    with pytest.raises(AssertionError, match="Mantis refuses it"):
        mantis("active", tmp_path / "bad.csv")

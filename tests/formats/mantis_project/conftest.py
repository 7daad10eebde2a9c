"""Small projects of Mantis Viewer, made file by file."""

from __future__ import annotations

import json
import shutil
import sqlite3

import numpy as np
import pytest
import tifffile

from segue.formats.mantis_project.spec import FORMAT
from segue.storage.source import Source
from segue.testing.trips import PlainSink

SCHEMA = """
CREATE TABLE features (image_set TEXT NOT NULL, feature TEXT NOT NULL, segment_id INTEGER NOT NULL, value REAL NOT NULL);
CREATE INDEX feature_index ON features (image_set, feature, segment_id, value);
CREATE TABLE features_generated (image_set TEXT NOT NULL);
CREATE UNIQUE INDEX features_generated_index ON features_generated (image_set);
CREATE TABLE settings (setting TEXT NOT NULL UNIQUE, value TEXT NOT NULL);
CREATE INDEX settings_index ON settings (setting, value);
CREATE TABLE selections (id TEXT NOT NULL UNIQUE, image_set TEXT NOT NULL, selection_json TEXT NOT NULL);
CREATE INDEX selections_index ON selections (id, image_set);
"""
"""As Mantis makes them."""
GREY = np.arange(80, dtype=np.float32).reshape(8, 10)
LABELS = np.zeros((8, 10), np.float32)
LABELS[1:3, 1:4], LABELS[4:7, 2:5], LABELS[2:6, 7:9] = 3, 7, 20


def row(name, own="", order=1, color=255, visible=True, segments=(), pixels=None, **more):
    """A population as Mantis stores it."""
    found = {"id": own or f"id-{name}", "renderOrder": order, "name": name, "color": color, "visible": visible}
    return found | ({} if pixels is None else {"pixelIndexes": list(pixels)}) | {"selectedSegments": list(segments)} | more


class Made:
    """A project that is being made."""

    def __init__(self, root):
        self.root = root
        root.mkdir(exist_ok=True)

    def image_set(self, name, *channels, labels=LABELS, segmentation="segmentation.tif", **files):
        place = self.root / name
        place.mkdir(parents=True)
        for nth, channel in enumerate(channels):
            tifffile.imwrite(place / f"{channel}.tif", GREY + nth)
        if labels is not None:
            tifffile.imwrite(place / segmentation, labels)
        for file, content in files.items():
            (place / file).write_bytes(content)
        return self

    def database(self, settings=None, populations=None, features=(), generated=(), where=""):
        connection = sqlite3.connect(self.root / where / ".mantisDb")
        connection.executescript(SCHEMA)
        connection.executemany(
            "INSERT INTO settings VALUES (?, ?)", [(name, json.dumps(value, separators=(",", ":"))) for name, value in (settings or {}).items()]
        )
        listed = [(image_set, one) for image_set, many in (populations or {}).items() for one in many]
        rows = [(image_set + one["id"], image_set, json.dumps(one, separators=(",", ":"))) for image_set, one in listed]
        connection.executemany("INSERT INTO selections VALUES (?, ?, ?)", rows)
        connection.executemany("INSERT INTO features VALUES (?, ?, ?, ?)", list(features))
        connection.executemany("INSERT INTO features_generated VALUES (?)", [(name,) for name in generated])
        connection.commit()
        connection.close()
        return self

    def read(self, **options):
        return FORMAT.read(Source(self.root), FORMAT.options("read", options))

    def study(self, **options):
        return self.read(**options)[0]


@pytest.fixture
def project(tmp_path):
    return Made(tmp_path / "project")


@pytest.fixture
def written(tmp_path):
    """Writes a study; gives the folder, and what is read of it."""

    def writing(study, name="back.mantis"):
        target = tmp_path / name
        FORMAT.write(FORMAT.fitted(study), PlainSink(target))
        return target, FORMAT.read(Source(target))[0]

    return writing


@pytest.fixture
def real(golden, tmp_path):
    """The test project of Mantis, with a database."""
    root = tmp_path / "real"
    shutil.copytree(golden / "mantis/test/files/project", root, copy_function=shutil.copyfile)
    shutil.copyfile(golden / "mantis/generated/mantisDb.sqlite", root / ".mantisDb")
    for path in [root, *root.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return root


def tables(root):
    """Every row of the tables of Mantis, sorted; JSON as values."""
    connection = sqlite3.connect(f"file:{root / '.mantisDb'}?mode=ro", uri=True)
    try:
        return {
            "features": sorted(connection.execute("SELECT * FROM features")),
            "features_generated": sorted(connection.execute("SELECT * FROM features_generated")),
            "settings": {name: json.loads(value) for name, value in connection.execute("SELECT * FROM settings")},
            "selections": [(own, image_set, json.loads(text)) for own, image_set, text in connection.execute("SELECT * FROM selections ORDER BY rowid")],
        }
    finally:
        connection.close()

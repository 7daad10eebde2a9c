"""Databases that are damaged, hostile, or in use."""

from __future__ import annotations

import random
import sqlite3
from contextlib import suppress

import pytest
from tests.formats.mantis_project.conftest import SCHEMA, row

from segue.codecs import sqlite_safe
from segue.errors import Malformed, SegueError, TooLarge, WrongFormat
from segue.notes import Kind


@pytest.fixture
def made(project):
    project.image_set("a", "CD3")

    def with_tables(*statements):
        connection = sqlite3.connect(project.root / ".mantisDb")
        for statement in statements:
            connection.executescript(statement)
        connection.close()
        return project

    return with_tables


ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT 'a' AS image_set, 'f' AS feature, x AS segment_id, 1.0 AS value FROM c"


@pytest.mark.parametrize(
    "table",
    [
        f"CREATE VIEW features AS {ENDLESS}",
        "CREATE TABLE features (image_set TEXT, feature TEXT, segment_id INTEGER, value REAL GENERATED ALWAYS AS (segment_id * 2.0))",
        "CREATE TABLE features (image_set TEXT, feature TEXT, segment_id INTEGER, value REAL AS (1.0))",
        "CREATE VIRTUAL TABLE features USING fts4(image_set, feature, segment_id, value)",
    ],
)
def test_only_plain_tables_are_looked_at(made, table):
    project = made(table)
    with pytest.raises(Malformed, match="features is not a plain table"):
        project.read()


def test_triggers_and_other_tables_do_nothing(made):
    project = made(SCHEMA, "CREATE TABLE more (x)", f"CREATE VIEW evil AS {ENDLESS}", "CREATE TRIGGER t AFTER INSERT ON more BEGIN DELETE FROM settings; END")
    assert len(project.study().image_sets) == 1


def test_a_query_that_never_ends_is_ended(tmp_path, monkeypatch):
    path = tmp_path / "x.db"
    sqlite3.connect(path).execute("CREATE TABLE t (x)").connection.close()
    monkeypatch.setattr(sqlite_safe, "_SECONDS", 0.2)
    with pytest.raises(TooLarge, match="longer to read"), sqlite_safe.opened(path, ["t"]) as tables:
        tables.rows(f"SELECT max(segment_id) FROM ({ENDLESS})")


def test_missing_tables_and_columns_hold_nothing(made):
    s = made("CREATE TABLE features (image_set TEXT, other TEXT)", "CREATE TABLE selections (image_set TEXT)").study().image_sets[0]
    assert (len(s.objects), s.tables) == (0, {})


def test_texts_where_numbers_belong_are_refused(made):
    project = made(SCHEMA, "INSERT INTO features VALUES ('a', 'Age', 3, 'many')")
    with pytest.raises(Malformed, match="something else than numbers"):
        project.read()


def test_tables_without_an_index_are_read(made):
    plain = "CREATE TABLE features (image_set TEXT, feature TEXT, segment_id INTEGER, value REAL); "
    rows = ", ".join(f"('a', 'f{nth % 3}', {nth + 1}, {nth}.5)" for nth in range(30))
    table = made(plain, f"INSERT INTO features VALUES {rows}").study().image_sets[0].tables["features"]
    assert [column.name for column in table.columns] == ["f0", "f1", "f2"]


def test_the_file_and_its_folder_stay_as_they_are(project):
    project.image_set("a", "CD3").database({"plotType": "scatter"}, {"a": [row("T", "x")]})
    before = {path: path.read_bytes() for path in project.root.rglob("*") if path.is_file()}
    (project.root / ".mantisDb").chmod(0o444)
    project.read()
    assert {path: path.read_bytes() for path in project.root.rglob("*") if path.is_file()} == before


def test_what_is_not_finished_is_noted(project):
    project.image_set("a", "CD3").database()
    (project.root / ".mantisDb-wal").write_bytes(b"pending")
    _, notes = project.read()
    assert "has not finished writing" in str(next(iter(notes.of_kind(Kind.SKIPPED))))


def test_a_database_of_another_kind_is_refused(project):
    project.image_set("a", "CD3")
    (project.root / ".mantisDb").write_bytes(b"not a database, but long enough to look at")
    with pytest.raises(WrongFormat, match="no SQLite database"):
        project.read()


@pytest.mark.parametrize("seed", range(12))
def test_damage_is_an_error_of_ours_or_none(project, seed):
    project.image_set("a", "CD3").database(
        {"plotType": "scatter"},
        {"a": [row(f"T{nth}", f"x{nth}", segments=range(1, 40), pixels=range(5, 60)) for nth in range(30)]},
        [("a", "Age", nth, 0.5) for nth in range(1, 400)],
    )
    path = project.root / ".mantisDb"
    original, draw = path.read_bytes(), random.Random(seed)
    for _ in range(8):
        damaged = bytearray(original)
        for _ in range(draw.choice((1, 5, 60))):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        path.write_bytes(bytes(damaged[: draw.choice((len(damaged), draw.randrange(len(damaged))))]))
        with suppress(SegueError):
            project.read()


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"id": 5}', '{"id": "x", "selectedSegments": "all"}', '{"id": "x", "pixelIndexes": [1e99, -4, "b"]}'])
def test_odd_populations_are_mended_or_refused(project, text):
    project.image_set("a", "CD3").database()
    connection = sqlite3.connect(project.root / ".mantisDb")
    connection.execute("INSERT INTO selections VALUES ('ax', 'a', ?)", (text,))
    connection.commit()
    connection.close()
    with suppress(SegueError):
        project.read()

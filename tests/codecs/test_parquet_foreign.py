"""Parquet of others: read in a process of its own, so that no file can end this one."""

from __future__ import annotations

import os
import random
import threading
from contextlib import suppress

import polars as pl
import pytest

from segue.codecs import parquet_foreign, parquet_guard
from segue.codecs.parquet_footer import look
from segue.errors import Malformed, NotFound, SegueError, SourceChanged, TooLarge
from segue.storage.source import Source

FRAME = pl.DataFrame(
    {
        "id": pl.Series([2**53 + 1, 2**53 + 2, None], dtype=pl.Int64),
        "^a$": ["x", None, "é\0🔬"],
        "lists": pl.Series([[1.5, 2.0], [], None], dtype=pl.List(pl.Float64)),
        "bytes": pl.Series([b"\x00\xff", b"", None], dtype=pl.Binary),
        "kind": pl.Series(["p", "q", "p"], dtype=pl.Categorical),
        "pair": [{"a": 1, "b": "x"}, {"a": None, "b": "y"}, None],
    }
)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "b[0]*.parquet"
    FRAME.write_parquet(path, metadata={"geo": '{"é": 1}'})
    return path


def plain_bytes():
    import io

    out = io.BytesIO()
    pl.DataFrame({"n": [None if i % 5 else i for i in range(200)]}).write_parquet(out, compression="uncompressed", statistics=False)
    return out.getvalue()


def test_every_value_comes_back(file):
    assert parquet_foreign.table(Source(file)).equals(FRAME)
    assert dict(parquet_foreign.table(Source(file)).schema) == dict(FRAME.schema)


def test_columns_are_chosen_by_their_exact_names(file):
    assert parquet_foreign.table(Source(file), ["^a$", "id"]).equals(FRAME.select(FRAME["^a$"], FRAME["id"]))


def test_facts(file):
    found = parquet_foreign.facts(Source(file))
    assert list(found.schema) == FRAME.columns
    assert found.schema["id"] == "Int64"
    assert found.metadata["geo"] == '{"é": 1}'


def test_names_are_seen_without_decoding(file):
    seen = look(Source(file))
    assert seen.columns == tuple(FRAME.columns)
    assert seen.states("geo")
    assert not seen.states("segue")
    assert seen.has("id", "pair")
    assert not seen.has("a")


def test_names_of_a_very_wide_table(tmp_path):
    pl.DataFrame({f"column {i}": [i] for i in range(3000)}).write_parquet(tmp_path / "wide.parquet")
    assert look(Source(tmp_path / "wide.parquet")).columns == tuple(f"column {i}" for i in range(3000))


def test_what_is_no_parquet_is_not_looked_at(tmp_path):
    for data in (b"", b"PAR1", b"PAR1PAR1", b"PAR1\xff\xff\xff\xffPAR1", b"a,b\n1,2\n" * 5):
        (tmp_path / "x").write_bytes(data)
        assert look(Source(tmp_path / "x")) is None
        with pytest.raises(Malformed):
            parquet_foreign.table(Source(tmp_path / "x"))
    assert look(Source(tmp_path)) is None
    with pytest.raises(NotFound):
        parquet_foreign.facts(Source(tmp_path))


def test_a_file_that_ends_the_process_is_refused_and_the_next_is_read(tmp_path, file, monkeypatch):
    parquet_foreign.facts(Source(file))
    before = parquet_guard._guards[-1]
    monkeypatch.setattr(parquet_guard.Guard, "ask", lambda self, request, seconds: self.process.kill() or self._exchange("{}", seconds))
    with pytest.raises(Malformed, match="export it again"):
        parquet_foreign.table(Source(file))
    monkeypatch.undo()
    assert parquet_foreign.table(Source(file)).equals(FRAME)
    assert parquet_guard._guards[-1] is not before


def test_damage_never_ends_this_process(tmp_path):
    original, draw = plain_bytes(), random.Random(5)
    path = tmp_path / "hurt.parquet"
    for nth in range(150):
        place = draw.randrange(4, 40) if nth % 2 else draw.randrange(len(original))
        value = draw.choice((bytes([original[place] ^ 1 << draw.randrange(8)]), b"\xff\xff\xff\xff\x0f", b"\xfe\xff\xff\xff\xff\xff\xff\xff\x7f"))
        path.write_bytes(original[:place] + value + original[place + len(value) :])
        look(Source(path))
        for read in (parquet_foreign.facts, parquet_foreign.table):
            with suppress(SegueError):
                read(Source(path))


def test_a_bomb_is_refused(tmp_path, monkeypatch):
    pl.select(pl.zeros(5_000_000)).write_parquet(tmp_path / "bomb.parquet")
    monkeypatch.setattr(parquet_foreign, "LEAST", 1 << 20)
    with pytest.raises(TooLarge, match="packed"):
        parquet_foreign.table(Source(tmp_path / "bomb.parquet"))


def test_what_takes_too_long_is_refused(file, monkeypatch):
    monkeypatch.setattr(parquet_foreign, "_SECONDS", 0.0)
    monkeypatch.setattr(parquet_guard.threading, "Timer", at_once)
    with pytest.raises(Malformed):
        parquet_foreign.table(Source(file))


class at_once:
    """A timer that does not wait, except for the start of the process."""

    def __init__(self, seconds, call):
        self.seconds, self.call = seconds, call

    def start(self):
        if self.seconds < 30:
            self.call()

    def cancel(self):
        pass


def test_threads_take_turns(file):
    found = []
    threads = [threading.Thread(target=lambda: found.append(parquet_foreign.table(Source(file)).equals(FRAME))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 8


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_process_has_a_process_of_its_own(file):
    parquet_foreign.facts(Source(file))
    mine = parquet_guard._guards[-1].process.pid
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        parquet_foreign.facts(Source(file))
        os.write(write, str(parquet_guard._guards[-1].process.pid).encode())
        parquet_guard.stop()
        os._exit(0)
    os.waitpid(child, 0)
    os.close(write)
    with os.fdopen(read) as pipe:
        assert int(pipe.read()) != mine
    assert parquet_guard._guards[-1].process.pid == mine
    parquet_foreign.facts(Source(file))


def test_a_program_that_is_no_interpreter_decodes_by_itself(file, monkeypatch):
    monkeypatch.setattr(parquet_guard.sys, "executable", "/opt/napari/napari")
    assert not parquet_guard.possible()
    assert parquet_foreign.table(Source(file), ["id"]).equals(FRAME.select("id"))
    assert parquet_foreign.facts(Source(file)).schema["id"] == "Int64"


def test_a_changed_file_is_noticed(file):
    source = Source(file)
    FRAME.head(1).write_parquet(file)
    with pytest.raises(SourceChanged):
        parquet_foreign.table(source)


@pytest.mark.parametrize("names", [["a", ""], ["", "b"]])
def test_a_column_may_have_an_empty_name(names, tmp_path):
    frame = pl.DataFrame({name: [1.5, None] for name in names})
    frame.write_parquet(tmp_path / "x.parquet")
    found = parquet_foreign.table(Source(tmp_path / "x.parquet"), names)
    assert found.columns == names
    assert found.equals(frame)

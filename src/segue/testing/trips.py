"""One trip of a study through a format: fitted, written to a temporary place, read back. What the laws look at."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self, cast

import numpy as np
import polars as pl

from segue.errors import Incompatible
from segue.formats.format import Format
from segue.formats.options import Options
from segue.model.image import Pixels, in_memory
from segue.model.study import Study
from segue.storage.source import Source


class PlainSink:
    """A sink without the safety and the cost of a real one."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def name(self) -> str:
        return self.path.name

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        with self.path.open("xb+") as file:
            yield cast(BinaryIO, file)

    @contextmanager
    def file(self) -> Iterator[Path]:
        yield self.path

    @contextmanager
    def folder(self) -> Iterator[Path]:
        self.path.mkdir()
        yield self.path


class Trip:
    """A study on its way through a format; each step is made when it is first asked for. A context manager."""

    def __init__(self, record: Format, study: Study, options: dict[str, Any] | None = None) -> None:
        self.record = record
        self.study = study
        self.options: Options = record.options("write", options or {})
        self._place = tempfile.TemporaryDirectory(prefix="segue-law-")
        self._read: list[Study] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for study in self._read:
            study.__exit__()
        self._place.cleanup()

    def fit(self, study: Study) -> Study:
        return self.record.fitted(study, self.options)

    def write(self, study: Study, where: str) -> Path:
        """The path of a new file or folder with the study in it; ``where`` is a folder of its own."""
        path = Path(self._place.name) / where / f"cells{self.record.suffixes[0]}"
        path.parent.mkdir()
        self.record.write(study, PlainSink(path), self.options)
        return path

    def read(self, path: Path) -> Study:
        study, _ = self.record.read(Source(path))
        self._read.append(study)
        return study

    @cached_property
    def refused(self) -> bool:
        """Whether the format says openly that it has no place for such a study at all: an error loses nothing in silence."""
        try:
            self.fitted  # noqa: B018  (only whether it can be made)
        except Incompatible:
            return True
        except Exception:
            return False  # the laws will meet the error, and blame it on the format
        return False

    @cached_property
    def fitted(self) -> Study:
        return self.fit(self.study)

    @cached_property
    def path(self) -> Path:
        return self.write(self.fitted, "first")

    @cached_property
    def back(self) -> Study:
        return self.read(self.path)


def content(path: Path) -> dict[str, bytes]:
    """Relative path -> bytes of a file or of every file in a folder."""
    if path.is_file():
        return {path.name: path.read_bytes()}
    return {str(one.relative_to(path)): one.read_bytes() for one in sorted(path.rglob("*")) if one.is_file()}


def snapshot(value: Any) -> Any:
    """Everything in a study as plain values that later changes cannot reach."""
    if value is None or isinstance(value, str | int | float):
        return repr(value)
    if isinstance(value, pl.DataFrame):
        return (list(value.schema.items()), tuple(repr(value[name].to_list()) for name in value.columns))
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.shape, value.tobytes())
    if isinstance(value, dict):
        return {key: snapshot(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return tuple(snapshot(one) for one in value)
    if isinstance(value, Pixels):
        return snapshot(in_memory(value))
    if is_dataclass(value):
        return {one.name: snapshot(getattr(value, one.name)) for one in fields(value)}
    return repr(value)

"""The files of a study: written with a checksum, read only if they are whole and lie inside."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from segue.codecs import parquet, parquet_foreign
from segue.errors import Malformed
from segue.formats.segue_study.layout import FileEntry
from segue.storage.source import Source


def put(root: Path, path: str, data: bytes) -> FileEntry:
    """Write a file of a study; its folder is made if needed."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return entry_for(path, data)


@contextmanager
def blamed_on(where: str) -> Iterator[None]:
    """What the model refuses is the fault of the file."""
    try:
        yield
    except (ValueError, TypeError, OverflowError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise Malformed(f"{where} describes something that cannot be ({_first_line(error)}); take it from a backup", path=where) from error


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _made_anew(source: Source) -> bytes:
    """A table of another program as segue would have written it: some damages end the process that decodes them, so it is not this one."""
    known = {key: text for key, text in parquet_foreign.facts(source).metadata.items() if not key.startswith("ARROW:")}
    return parquet.encode(parquet_foreign.table(source), known)


def entry_for(path: str, data: bytes) -> FileEntry:
    """What study.json says of a file with these bytes."""
    return FileEntry(path, len(data), hashlib.sha256(data).hexdigest())


@dataclass(frozen=True)
class Files:
    """The files of a study that is read."""

    root: Path
    trust_changes: bool = False
    """Whether a file that is not the one that segue wrote is read all the same."""

    def get(self, entry: FileEntry) -> bytes:
        """The bytes of a file.

        Raises
        ------
        NotFound
            It is missing.
        Malformed
            It is not the file that study.json states, or its path leads out of the study.
        """
        path = self.inside(entry.path)
        source = Source(path)
        if source.size == entry.bytes:
            data = source.read_bytes()
            if hashlib.sha256(data).hexdigest() == entry.sha256:
                return data
        if self.trust_changes:
            return _made_anew(source) if path.suffix == ".parquet" else source.read_bytes()
        raise Malformed(
            f"{path} is not as segue wrote it: it is damaged, or another program changed it (then read it with --set trust_changes=true)",
            path=path,
            expected=f"{entry.bytes} bytes with the SHA-256 {entry.sha256}",
        )

    def inside(self, path: str) -> Path:
        """A path below the study.

        Raises
        ------
        Malformed
            It leads elsewhere, by itself or over a link.
        """
        parts = path.split("/")
        if not any(part in ("", ".", "..") for part in parts) and not set(path) & set("\\:\0"):
            full = self.root.joinpath(*parts)
            try:
                if full.resolve().is_relative_to(self.root.resolve()):
                    return full
            except (OSError, RuntimeError, ValueError):
                pass
        raise Malformed(f"{self.root}: study.json names the file {path!r}, which is not inside the study; it was tampered with", path=self.root, position=path)

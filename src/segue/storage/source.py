"""What is read: a path, and the size and time of change it had when it was first looked at."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath

from segue.errors import NotFound, SourceChanged, TooLarge

_PACKED = tuple(f".{inner}.{outer}" for inner in ("csv", "tsv", "txt", "json", "geojson", "xml") for outer in ("gz", "zip", "bz2", "xz", "zst"))
_OME = (".ome.zarr.zip", ".ome.zarr", ".ome.tiff", ".ome.tif", ".ome.btf", ".ome.tf2", ".ome.tf8", ".ome.xml")
DOUBLE_SUFFIXES = (*_OME, ".zarr.zip", ".tar.gz", ".h5ad.gz", ".nii.gz", ".svg.gz", *_PACKED)
"""Endings with two dots that count as one suffix, the longer before the shorter."""


def split_suffix(name: str) -> tuple[str, str]:
    """A file name as (stem, suffix); a known double suffix such as ``.ome.tif`` stays together. The stem is never empty."""
    for suffix in DOUBLE_SUFFIXES:
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)], name[-len(suffix) :]
    path = PurePath(name)
    return (path.stem, path.suffix) if path.suffix else (name, "")


def parts_of(path: Path | str) -> tuple[Path, str]:
    """The file that a path leads into, and the way inside: ``a.h5/raw/data`` is (``a.h5``, ``raw/data``); any other path is (itself, nothing)."""
    path = Path(path)
    with suppress(OSError, ValueError):  # permission denied, a null byte in the name
        if not os.path.lexists(path):
            for parent in path.parents:
                if parent.is_file():
                    return parent, path.relative_to(parent).as_posix()
                if parent.is_dir():
                    break
    return path, ""


def file_of(path: Path | str) -> Path:
    """The file or folder on disk that a path stands for: without the way inside it."""
    return parts_of(path)[0]


def home_of(path: Path | str) -> Path:
    """The folder in which a file lies, or the container that a path leads into (``file.n5/raw/data`` lies where ``file.n5`` does)."""
    return _container(path)[0].parent


def nickname(path: Path | str) -> str:
    """What a file is called: its name without suffix; a part of it is called ``file-raw-data``, as in ilastik."""
    container, inside = _container(path)
    stem = split_suffix(container.name)[0]
    return f"{stem}-{inside.replace('/', '-')}" if inside else stem


def _container(path: Path | str) -> tuple[Path, str]:
    """`parts_of`, also for a folder that is a file to its users."""
    file, inside = parts_of(path)
    if not inside:
        for parent in file.parents:
            if parent.suffix.lower() == ".n5":
                return parent, file.relative_to(parent).as_posix()
    return file, inside


@dataclass(frozen=True)
class Source:
    """A file or folder to read, or a part of a file. Picklable; the same file changed later is another source.

    Raises
    ------
    NotFound
        When made: nothing is there, or it cannot be looked at.
    """

    path: Path
    size: int = -1
    """Bytes; 0 for a folder (folders are not watched for changes)."""
    mtime_ns: int = -1
    """Time of the last change; 0 for a folder."""
    inside: str = ""
    """The way to a part of the file: ``raw/data`` of the path ``a.h5/raw/data``."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", Path(self.path))
        if self.size < 0 and not self.inside:
            file, inside = parts_of(self.path)
            object.__setattr__(self, "path", file)
            object.__setattr__(self, "inside", inside)
        if self.size < 0:
            size, mtime_ns = _look(self.path)
            object.__setattr__(self, "size", size)
            object.__setattr__(self, "mtime_ns", mtime_ns)

    @property
    def name(self) -> str:
        """File name without its suffix: ``cells`` of ``cells.ome.tif``; with the way inside, if there is one."""
        if self.inside:
            return nickname(self.path / self.inside)
        return self.path.name if self.is_folder and not self.suffix else split_suffix(self.path.name)[0]

    @property
    def suffix(self) -> str:
        """The suffix in lower case, double ones together: ``.ome.tif``."""
        return split_suffix(self.path.name)[1].lower()

    @property
    def is_folder(self) -> bool:
        return self.path.is_dir()

    @property
    def stamp(self) -> tuple[int, int]:
        """(size, mtime_ns) that the source had when it was made."""
        return (self.size, self.mtime_ns)

    def check(self) -> None:
        """Raise SourceChanged if the file is not the one that this source was made of."""
        if _look(self.path) != self.stamp:
            raise SourceChanged(f"{self.path} changed while it was in use; read it again", path=self.path)

    def read_bytes(self, limit: int | None = None) -> bytes:
        """All bytes of the file.

        Raises
        ------
        NotFound
            It is gone, is a folder, or cannot be read.
        SourceChanged
            It is not the file that this source was made of.
        TooLarge
            It has more than ``limit`` bytes.
        """
        self._check_size(limit)
        try:
            with self.path.open("rb") as file:
                data = file.read(self.size + 1)
        except OSError as error:
            raise unreadable(self.path, error) from error
        if len(data) != self.size:
            raise SourceChanged(f"{self.path} changed while it was being read; read it again", path=self.path)
        return data

    def read_view(self, limit: int | None = None) -> memoryview:
        """The bytes of `read_bytes`, not to be written to; large files come in half the time, in memory that the system hands out in large pages.

        Raises
        ------
        NotFound, SourceChanged, TooLarge
        """
        import numpy as np

        self._check_size(limit)
        buffer = np.empty(self.size + 1, np.uint8)
        filled = 0
        try:
            with self.path.open("rb", buffering=0) as file:
                while got := file.readinto(buffer.data[filled:]):
                    filled += got
        except OSError as error:
            raise unreadable(self.path, error) from error
        if filled != self.size:
            raise SourceChanged(f"{self.path} changed while it was being read; read it again", path=self.path)
        return buffer.data[:filled].toreadonly()

    def _check_size(self, limit: int | None) -> None:
        if limit is not None and self.size > limit:
            raise TooLarge(f"{self.path} has {self.size:,} bytes, more than the {limit:,} that segue reads of such a file", path=self.path, limit=limit)

    def head(self, count: int = 4096) -> bytes:
        """The first bytes, to recognise a format by; empty for a folder."""
        if self.is_folder:
            return b""
        try:
            with self.path.open("rb") as file:
                return file.read(count)
        except OSError as error:
            raise unreadable(self.path, error) from error


def unreadable(path: Path, error: OSError) -> NotFound:
    """The error for an input that cannot be opened."""
    reasons = {
        FileNotFoundError: "does not exist",
        NotADirectoryError: "does not exist",
        IsADirectoryError: "is a folder, not a file",
        PermissionError: "cannot be read: permission denied",
    }
    reason = reasons.get(type(error), f"cannot be read: {error.strerror or error}")
    return NotFound(f"{path} {reason}", path=path)


def _look(path: Path) -> tuple[int, int]:
    try:
        state = path.stat()
    except OSError as error:
        raise unreadable(path, error) from error
    except ValueError as error:  # a null byte in the name
        raise NotFound(f"{str(path)!r} is not a possible file name", path=path) from error
    if stat.S_ISDIR(state.st_mode):
        return (0, 0)
    if not stat.S_ISREG(state.st_mode):
        raise NotFound(f"{path} is neither a file nor a folder", path=path)
    return (state.st_size, state.st_mtime_ns)

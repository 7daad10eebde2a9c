"""A sink that keeps nothing: what ``--dry-run`` writes to."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

from segue.errors import SinkError
from segue.storage.fault import sink_error


class DiscardSink:
    """Takes everything, keeps nothing. Single files need no space; ``file`` and ``folder`` use a temporary folder that is removed at once."""

    def __init__(self, target: Path | str = "output") -> None:
        self.target = Path(target)

    @property
    def name(self) -> str:
        return self.target.name

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        yield cast(BinaryIO, NullFile())

    @contextmanager
    def file(self) -> Iterator[Path]:
        with self._temporary() as folder:
            yield folder / self.name

    @contextmanager
    def folder(self) -> Iterator[Path]:
        with self._temporary() as folder:
            inside = folder / self.name
            inside.mkdir()
            yield inside

    @contextmanager
    def _temporary(self) -> Iterator[Path]:
        try:
            folder = Path(tempfile.mkdtemp(prefix="segue-dry-run-"))
        except OSError as error:
            raise SinkError("a dry run of this format needs a temporary folder, and none can be written; set TMPDIR") from error
        try:
            yield folder
        except OSError as error:
            if str(folder) in str(error):
                raise sink_error(self.target, error) from error
            raise
        finally:
            shutil.rmtree(folder, ignore_errors=True)


class NullFile(io.RawIOBase):
    """A binary file that remembers only where it is and how long it would be; it reads as zeros."""

    def __init__(self) -> None:
        super().__init__()
        self._at = 0
        self._size = 0

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence])
        return self._at

    def write(self, data: object, /) -> int:
        count = memoryview(data).nbytes  # type: ignore[arg-type]
        self._at += count
        self._size = max(self._size, self._at)
        return count

    def readinto(self, buffer: object, /) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        count = max(0, min(len(view), self._size - self._at))
        view[:count] = bytes(count)
        self._at += count
        return count

    def truncate(self, size: int | None = None) -> int:
        self._size = self._at if size is None else size
        return self._size

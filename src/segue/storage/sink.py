"""Where an output goes: written beside its target, renamed into place when it is complete.

A format's writer gets a `Sink` and calls one of its three methods, once. Who calls the writer decides what becomes of it::

    with FileSink(target, overwrite=False) as sink:
        write(study, sink, options)
        back, _ = read(Source(sink.path), options)      # --verify, on the unfinished file
        sink.keep()                                     # without this line everything is dropped: --strict, errors, Ctrl-C
"""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self, cast

from segue.errors import SinkError
from segue.storage import handles, leftovers, swap
from segue.storage.fault import DISK, code_of, sink_error

BUFFER = 1 << 16
"""Bytes of small pieces that are written at once; larger pieces go to the system as they are."""


class Sink(Protocol):
    """What a writer sees. It uses one of ``open``, ``file`` and ``folder``, once."""

    @property
    def name(self) -> str:
        """File name of the target, with its suffix."""
        ...

    def open(self) -> AbstractContextManager[BinaryIO]:
        """A new binary file: write, seek, tell, and read of what was written."""
        ...

    def file(self) -> AbstractContextManager[Path]:
        """The path of a file that does not exist yet, for libraries that open files themselves."""
        ...

    def folder(self) -> AbstractContextManager[Path]:
        """A new empty folder."""
        ...


class FileSink:
    """A target on disk.

    Parameters
    ----------
    target
        File or folder to make; links are followed; missing parent folders are made, and removed again if nothing is kept.
    overwrite
        Whether something that is there may be replaced, a file by a file or a folder by a folder.
    among
        The sinks that it is kept with; None = it waits for the disk by itself.

    Raises
    ------
    SinkError
        From the first moment: the target exists and ``overwrite`` is false. Later: it cannot be written, the disk is full.
    """

    def __init__(self, target: Path | str, *, overwrite: bool = False, among: Together | None = None) -> None:
        self.asked = Path(target)
        self.overwrite = overwrite
        self._among = among
        try:
            self.target = Path(os.path.realpath(self.asked))
            self._refuse_streams()
            self._refuse_existing()
        except (OSError, ValueError) as error:
            raise sink_error(self.asked, error) from error
        self._part: Path | None = None
        self._parents: list[Path] = []

    @property
    def name(self) -> str:
        return self.target.name

    @property
    def path(self) -> Path:
        """What was written, before `keep` under its hidden name."""
        return self._part or self.target

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.discard()

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        with self._making(folder=False) as part:
            raw = _Raw(part, self.asked)
            file = io.BufferedRandom(raw, buffer_size=BUFFER)
            try:
                yield cast(BinaryIO, file)
                file.flush()
                if self._among is None:
                    os.fsync(file.fileno())
                else:
                    swap.begin(file.fileno())
            except Exception as error:
                if raw.fault is not None and raw.fault is not error:  # a library that writes made another error of it
                    raise raw.fault from error
                raise
            else:
                if raw.fault is not None:  # or kept it to itself
                    raise raw.fault
            finally:
                _let_go(file)

    @contextmanager
    def file(self) -> Iterator[Path]:
        with self._making(folder=False) as part:
            yield part
            if self._among is None:
                swap.to_disk(part)

    @contextmanager
    def folder(self) -> Iterator[Path]:
        with self._making(folder=True) as part:
            part.mkdir()
            yield part
            if self._among is None:
                swap.to_disk(part)

    def keep(self) -> Path:
        """Move what was written to the target, and return that."""
        if self._part is None:
            raise SinkError(f"nothing was written for {self.asked}", path=self.asked)
        handles.close(self._part)
        handles.close(self.target)
        try:
            self._refuse_existing()
            (swap.put_folder if self._part.is_dir() else swap.put_file)(self._part, self.target)
            if self._among is None:
                swap.to_disk(self.target.parent)
        except OSError as error:
            raise sink_error(self.asked, error) from error
        leftovers.forget(self._part)
        self._part = None
        self._parents = []
        return self.target

    def discard(self) -> None:
        """Drop what was not kept, and the parent folders that were made for it."""
        if self._part is not None:
            handles.close(self._part)
            leftovers.remove(self._part)
            leftovers.forget(self._part)
            self._part = None
        for parent in self._parents:
            with suppress(OSError):
                parent.rmdir()
        self._parents = []

    @contextmanager
    def _making(self, *, folder: bool) -> Iterator[Path]:
        if self._part is not None:
            raise SinkError(f"{self.asked} was written already", path=self.asked)
        try:
            self._refuse_other_kind(folder=folder)
            self._prepare()
        except (OSError, ValueError) as error:
            raise sink_error(self.asked, error) from error
        part = self._part = leftovers.hidden_beside(self.target)
        try:
            yield part
        except OSError as error:
            if code_of(error) in DISK or _is_at(error, part):
                raise sink_error(self.asked, error) from error
            raise

    def _prepare(self) -> None:
        if not self.target.parent.is_dir():
            missing = [one for one in self.target.parents if not one.exists()]
            try:
                self.target.parent.mkdir(parents=True, exist_ok=True)
            except FileExistsError as error:
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from error
            self._parents = missing
        if self._among is None:
            leftovers.clean(self.target)
        else:
            self._among.clean()

    def _refuse_existing(self) -> None:
        if not self.overwrite and os.path.lexists(self.target):
            raise SinkError(f"{self.asked} exists already; choose another name, or allow it to be replaced with --overwrite", path=self.asked)

    def _refuse_streams(self) -> None:
        if str(self.asked) == "-" or (self.asked.exists() and not (self.asked.is_file() or self.asked.is_dir())):
            what = "would be a pipe" if str(self.asked) == "-" else "is a pipe or a device"
            raise SinkError(f"{self.asked} {what}; segue writes files, which appear complete or not at all: name a file", path=self.asked)

    def _refuse_other_kind(self, *, folder: bool) -> None:
        if not self.target.exists():
            return
        if folder != self.target.is_dir() or not (folder or self.target.is_file()):
            found, wanted = ("a folder" if self.target.is_dir() else "a file" if self.target.is_file() else "a device"), "a folder" if folder else "a file"
            raise SinkError(f"{self.asked} is {found}, and the output is {wanted}; choose another name", path=self.asked)
        if folder and (self.target in {Path.home(), *Path.cwd().parents, Path.cwd()} or os.path.ismount(self.target)):
            raise SinkError(f"{self.asked} is a folder that segue never replaces; choose a new folder inside it", path=self.asked)


class Together:
    """Many files that are complete only together: they get their names when the last one is written, and the disk is waited for once.

    Parameters are those of `FileSink`.
    """

    def __init__(self, targets: Sequence[Path], *, overwrite: bool = False) -> None:
        self.sinks = [FileSink(target, overwrite=overwrite, among=self) for target in targets]
        self._is_clean = False

    def __enter__(self) -> list[FileSink]:
        return self.sinks

    def __exit__(self, *_: object) -> None:
        for sink in reversed(self.sinks):  # the first one made the folders
            sink.discard()

    def clean(self) -> None:
        """Undo what killed runs left beside the targets: once, for all of them."""
        if not self._is_clean:
            leftovers.clean(*(sink.target for sink in self.sinks))
            self._is_clean = True

    def keep(self) -> list[Path]:
        """Move what was written to the targets.

        Raises
        ------
        SinkError
            Nothing was written for one, or it cannot be moved.
        """
        try:
            swap.all_to_disk([sink.path for sink in self.sinks])
        except OSError as error:
            raise sink_error(self.sinks[0].asked, error) from error
        kept = [sink.keep() for sink in self.sinks]
        for parent in dict.fromkeys(path.parent for path in kept):
            swap.to_disk(parent)
        return kept


class _Raw(io.FileIO):
    """A new file whose write errors name the target."""

    def __init__(self, part: Path, asked: Path) -> None:
        self.asked = asked
        self.fault: SinkError | None = None
        """Why nothing more could be written."""
        try:
            super().__init__(part, "xb+")
        except OSError as error:
            raise sink_error(asked, error) from error

    def write(self, data: object, /) -> int:
        try:
            return super().write(data) or 0  # type: ignore[arg-type]
        except OSError as error:
            self.fault = sink_error(self.asked, error)
            raise self.fault from error


def _let_go(file: io.BufferedRandom) -> None:
    """Close; what could not be written was reported already, and must not be tried again by the garbage collector."""
    try:
        file.close()
    except (SinkError, OSError, ValueError):
        with suppress(SinkError, OSError, ValueError):
            file.raw.close()


def _is_at(error: OSError, part: Path) -> bool:
    return any(isinstance(name, str | bytes) and str(part) in os.fsdecode(name) for name in (error.filename, error.filename2, str(error)))

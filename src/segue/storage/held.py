"""What is read, where it lies in memory: an entry of an archive, under the name that messages give it."""

from __future__ import annotations

from pathlib import Path

from segue.storage.source import Source


class Held(Source):
    """Bytes that are read as a file is; nothing on disk is touched, whatever the name says."""

    data: bytes

    def __init__(self, data: bytes, path: Path | str) -> None:
        super().__init__(Path(path), len(data), 0)
        object.__setattr__(self, "data", data)

    @property
    def is_folder(self) -> bool:
        return False

    def check(self) -> None:
        """They cannot change."""

    def read_bytes(self, limit: int | None = None) -> bytes:
        """All of them.

        Raises
        ------
        TooLarge
        """
        self._check_size(limit)
        return self.data

    def read_view(self, limit: int | None = None) -> memoryview:
        """The same, as a view.

        Raises
        ------
        TooLarge
        """
        return memoryview(self.read_bytes(limit))

    def head(self, count: int = 4096) -> bytes:
        """The first bytes."""
        return self.data[:count]

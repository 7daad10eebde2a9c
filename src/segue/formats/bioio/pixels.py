"""Pixels that bioio reads, region by region."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from segue.errors import Malformed, MissingDependency, NotFound, SegueError, TooLarge, UnsupportedVariant
from segue.model.image import Region
from segue.storage import handles
from segue.storage.source import Source

Array = np.ndarray[Any, np.dtype[Any]]
Result = TypeVar("Result")


@dataclass(frozen=True)
class BioioPixels:
    """A reference to a scene of a file; it can be pickled and holds nothing open."""

    source: Source
    scene: int
    order: str
    """The axes in bioio's letters: T, C, Z, Y, X, and S for the samples of a picture in colours."""
    shape: tuple[int, ...]
    dtype: np.dtype[Any] = field(hash=False)
    chunks: tuple[int, ...] = ()
    """Size along each dimension of what has to be decoded at once."""

    def read(self, region: Region) -> Array:
        """The pixels of a region, as a new array.

        Raises
        ------
        Malformed, SourceChanged, TooLarge
        """
        with handles.opened(self.source, Opened) as file:
            part = guarded(self.source.path, lambda: file.array(self.scene, self.order)[region].compute(scheduler="synchronous"))
        return np.array(part, self.dtype.newbyteorder("="), order="C")


class Opened:
    """A file that bioio has opened."""

    def __init__(self, path: Path) -> None:
        try:
            from bioio import BioImage
        except ImportError as error:
            raise MissingDependency(
                f"{path.name} is a file of a microscope, which bioio reads: pip install 'segue[bioio]' and the plugin for {path.suffix} "
                f"(such as bioio{path.suffix.replace('.', '-')})",
                extra="bioio",
                path=path,
            ) from error
        self.path = path
        self.image: Any = guarded(path, lambda: BioImage(path))
        self._arrays: dict[tuple[int, str], Any] = {}

    def array(self, scene: int, order: str) -> Any:
        """A lazy array of Dask."""
        if (scene, order) not in self._arrays:
            self.image.set_scene(scene)
            self._arrays[scene, order] = self.image.get_image_dask_data(order)
        return self._arrays[scene, order]

    def close(self) -> None:
        """Its readers keep no file open between two reads."""
        self._arrays.clear()


def guarded(path: Path, action: Callable[[], Result]) -> Result:
    """What a call of bioio returns; its plugins raise anything on damaged files."""
    try:
        return action()
    except SegueError:
        raise
    except MemoryError as error:
        raise TooLarge(f"{path}: this region does not fit into memory; take a smaller one", path=path) from error
    except PermissionError as error:
        raise NotFound(f"{path} cannot be read: permission denied", path=path) from error
    except Exception as error:
        if type(error).__name__ == "UnsupportedFileFormatError":
            suffix = path.suffix.lower()
            raise UnsupportedVariant(
                f"{path} is read by none of bioio's plugins that are installed; install the one for {suffix} (such as bioio{suffix.replace('.', '-')} or "
                "bioio-bioformats), or the file is damaged",
                path=path,
            ) from error
        raise Malformed(f"{path} cannot be read by bioio ({type(error).__name__}: {str(error)[:200]}); it may be damaged", path=path) from error

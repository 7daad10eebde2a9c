"""``njit`` with a cache that is never in the way.

Compiling a kernel takes seconds, so numba keeps compiled kernels on disk: beside the source, else in the user's cache folder. Where
neither can be written (a shared installation, ``HOME=/dev/null``) numba refuses to define the function at all. Here such a kernel is kept
in a private folder below the temporary directory, else it is simply not kept. Importing this module imports numba.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import stat
import tempfile
from collections.abc import Callable
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, overload

import numba
from numba.core import config

if TYPE_CHECKING:
    from collections.abc import Iterator

Function = TypeVar("Function", bound=Callable[..., Any])

_UNREADABLE = (OSError, EOFError, pickle.UnpicklingError, AttributeError, ImportError, IndexError, KeyError, TypeError, ValueError)
"""What a missing, cut off or foreign cache file can raise."""


@overload
def njit(function: Function, /) -> Function: ...


@overload
def njit(*signature: Any, **options: Any) -> Callable[[Function], Function]: ...


def njit(*signature: Any, **options: Any) -> Any:
    """``numba.njit`` with ``cache=True``: same arguments, never an error because of the cache.

    Used bare (``@njit``), with options (``@njit(nogil=True)``) or with signatures.
    """
    options.setdefault("cache", True)
    if len(signature) == 1 and callable(signature[0]) and not isinstance(signature[0], numba.types.Type):
        return _compiled(signature[0], (), options)
    return lambda function: _compiled(function, signature, options)


def _compiled(function: Callable[..., Any], signature: tuple[Any, ...], options: dict[str, Any]) -> Any:
    if not options["cache"]:
        return numba.njit(*signature, **options)(function)
    kernel = _cached(function, options)
    if signature:
        for one in signature[0] if isinstance(signature[0], list | tuple) else signature:
            kernel.compile(one)
        kernel.disable_compile()
    return kernel


def _cached(function: Callable[..., Any], options: dict[str, Any]) -> Any:
    try:
        kernel = numba.njit(**options)(function)
    except (RuntimeError, OSError):  # numba: "cannot cache function ...: no locator available"
        kernel = _elsewhere(function, options)
    if getattr(kernel, "_cache", None) is not None:
        with suppress(AttributeError):
            kernel._cache._cache_file._source_stamp = (kernel._cache._cache_file._source_stamp, _all_kernels())
        kernel._cache = _Forgiving(kernel._cache)
    return kernel


@cache
def _all_kernels() -> str:
    """A hash of the text of every kernel file: kernels call those of other files, and numba looks for changes only in a kernel's own."""
    digest = hashlib.sha256()
    with suppress(OSError):
        for file in sorted(Path(__file__).parents[1].rglob("*kernel*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _elsewhere(function: Callable[..., Any], options: dict[str, Any]) -> Any:
    folder = _private_folder()
    if folder is not None:
        try:
            with _cache_folder(str(folder)):
                return numba.njit(**options)(function)
        except (RuntimeError, OSError):
            pass
    return numba.njit(**{**options, "cache": False})(function)


@contextmanager
def _cache_folder(folder: str) -> Iterator[None]:
    before = getattr(config, "CACHE_DIR", "")
    vars(config)["CACHE_DIR"] = folder
    try:
        yield
    finally:
        vars(config)["CACHE_DIR"] = before


def _private_folder() -> Path | None:
    """A folder below the temporary directory that nobody else can write: cached kernels are code that will run."""
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    try:
        folder = Path(tempfile.gettempdir()) / f"segue-kernels-{user}"
        folder.mkdir(mode=0o700, exist_ok=True)
        state = folder.lstat()
    except OSError:
        return None
    if hasattr(os, "getuid") and (not stat.S_ISDIR(state.st_mode) or state.st_uid != user or state.st_mode & 0o022):
        return None
    return folder


class _Forgiving:
    """A kernel cache whose failures mean 'not cached': a full disk or a damaged cache file must not stop a computation."""

    def __init__(self, cache: Any) -> None:
        self._cache = cache

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cache, name)

    def load_overload(self, signature: Any, target: Any) -> Any:
        try:
            return self._cache.load_overload(signature, target)
        except _UNREADABLE:
            return None

    def save_overload(self, signature: Any, data: Any) -> None:
        for prepare in (self._cache.enable, self._cache.flush):  # a damaged index is replaced by an empty one
            try:
                prepare()
                self._cache.save_overload(signature, data)
            except _UNREADABLE:
                continue
            return
        self._cache.disable()

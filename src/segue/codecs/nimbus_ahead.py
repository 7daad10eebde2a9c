"""Values of properties, read by a second thread while the annotations, which stand before them in all that NimbusImage writes, are read by the first.

Where they begin is a guess; it counts only where the first thread finds that they do, so that nothing depends on it but time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path as File

import numpy as np

from segue.codecs import json_scan_kernel
from segue.codecs.mapped_text import Mapped
from segue.codecs.nimbus_documents import SECTIONS
from segue.codecs.nimbus_large_values import Values

ValuesAt = Callable[[int], tuple[Values, int]]
_NAMES = tuple(f'"{name}"'.encode() for name, section in SECTIONS.items() if section == "values")
_END = b'ropertyValues"'
"""What all of them end in: looking for several texts takes as many times as long."""
_STEP = 1 << 24


@contextmanager
def values_ahead(text: Mapped, path: File | str) -> Iterator[ValuesAt]:
    """A function that gives the values whose object begins at a place, and where it ends (-1 if names are escaped).

    That raises Malformed and TooLarge. The text is UTF-8.
    """
    early = Values(text)
    with ThreadPoolExecutor(1, thread_name_prefix="segue") as pool:
        guess = pool.submit(_guess, text)
        end = pool.submit(_read, early, guess, path)

        def values_at(begin: int) -> tuple[Values, int]:
            if begin == guess.result():
                return early, end.result()
            late = Values(text)
            return late, late.read(begin, path)

        try:
            yield values_at
        finally:
            early.wanted = False


def _read(values: Values, begin: Future[int], path: File | str) -> int:
    return values.read(begin.result(), path) if begin.result() >= 0 else -1


def _guess(text: Mapped) -> int:
    """Where the object behind the last name of such a section begins; -1 = there is none."""
    end = _last(text)
    if end < 0 or not text.b[max(0, end - max(map(len, _NAMES))) : end].tobytes().endswith(_NAMES):
        return -1
    begin = int(json_scan_kernel.value_start(text.b, end, np.zeros(8, np.int64)))
    return begin if begin >= 0 and text.b[begin] == ord("{") else -1


def _last(text: Mapped) -> int:
    """Behind the last text that ends as the names do; -1 = there is none."""
    for end in range(len(text.b), 0, -_STEP):
        begin = max(0, end - _STEP)
        at = text.b[begin : end + len(_END)].tobytes().rfind(_END)
        text.forget(begin, end)
        if at >= 0:
            return begin + at + len(_END)
    return -1

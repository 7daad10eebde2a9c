"""Keeping the log lines of tifffile away from users."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_silent = threading.local()


def _pass(record: logging.LogRecord) -> bool:
    return not getattr(_silent, "on", False)


@contextmanager
def quiet() -> Iterator[None]:
    """Inside, nothing that tifffile says in this thread is shown."""
    logger = logging.getLogger("tifffile")
    if _pass not in logger.filters:
        logger.addFilter(_pass)
    _silent.on = True
    try:
        yield
    finally:
        _silent.on = False

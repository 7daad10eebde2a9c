"""``wkb_walk.walk``, compiled: for many values. Plain twin: the same function."""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from segue.codecs.wkb_walk import walk as plain
from segue.storage.compiled import njit

walk = njit(nogil=True, _nrt=False)(plain)

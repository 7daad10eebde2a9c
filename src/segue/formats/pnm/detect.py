"""Recognising portable maps."""

from __future__ import annotations

import re

from segue.formats.format import Evidence
from segue.storage.source import Source

_START = re.compile(rb"P[1-7]\s")


def detect(source: Source) -> Evidence:
    return Evidence(92, "it starts like a portable map") if _START.match(source.head(3)) else Evidence(0, "it does not start like a portable map")

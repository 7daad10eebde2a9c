"""Is it FCS?"""

from __future__ import annotations

from segue.codecs.fcs_header import is_fcs
from segue.formats.format import Evidence
from segue.storage.source import Source


def detect(source: Source) -> Evidence:
    return Evidence(98, "it begins as an FCS file does") if is_fcs(source.head(16)) else Evidence(0, "it does not begin with FCS and a version")

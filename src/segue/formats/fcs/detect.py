"""Is it FCS?"""

from __future__ import annotations

from segue.codecs.fcs_header import is_fcs
from segue.formats.format import Evidence
from segue.storage.source import Source

TEXTS = (".csv", ".tsv", ".txt")


def detect(source: Source) -> Evidence:
    if is_fcs(source.head(16)):
        return Evidence(98, "it begins as an FCS file does")
    if source.suffix in TEXTS and not source.is_folder:
        from segue.formats.fcs.exported import looks_exported

        if looks_exported(source):
            return Evidence(75, "it is a text table with the channels of an FCS file, as FlowJo exports them")
    return Evidence(0, "it does not begin with FCS and a version")

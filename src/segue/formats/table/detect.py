"""Is it a table?"""

from __future__ import annotations

from segue.formats.format import Evidence
from segue.storage.source import Source


def detect(source: Source) -> Evidence:
    """By the content. The score is low: formats that know their own columns come first."""
    if source.is_folder:
        return Evidence(0, "it is a folder")
    head = source.head(256)
    if head[:4] == b"PAR1":
        return Evidence(45, "it is a Parquet table")
    if head[:4] == b"PK\x03\x04":
        return _sheet(source)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[", b"<"):
        return Evidence(0, "it is JSON or XML")
    return _text(source)


def _sheet(source: Source) -> Evidence:
    from segue.codecs.xlsx_read import is_xlsx

    return Evidence(60, "it is a spreadsheet (XLSX)") if is_xlsx(source) else Evidence(0, "it is a zip file without a spreadsheet")


def _text(source: Source) -> Evidence:
    from segue.codecs.delimited_sniff import sniff
    from segue.formats.table.roles import well_known

    found = sniff(source)
    if found is None or (found.dialect.packed and source.suffix not in (".csv.gz", ".tsv.gz", ".txt.gz")):
        return Evidence(0, "it is not a text table")
    named = source.suffix in (".csv", ".tsv", ".txt", ".tab", ".csv.gz", ".tsv.gz", ".txt.gz", ".xls")
    even = sum(len(row) == found.width for row in found.rows) >= 0.8 * len(found.rows)
    known = [name for name in found.names if well_known(name)]
    if found.width >= 2 and even and known:
        return Evidence(55 if named else 45, f"it is a text table with the columns {', '.join(known[:3])}")
    if found.width >= 2 and even and named:
        return Evidence(45, "it is a text table")
    if known and named:
        return Evidence(40, f"it is a text table with the column {known[0]}")
    return Evidence(20 if named and found.header else 0, "it may be a table of one column" if named else "it does not look like a table")

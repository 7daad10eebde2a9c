"""The record of mcquant's tables."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.model.features import Feature

FORMAT = Format(
    name="mcquant",
    title="MCMICRO quantification (mcquant)",
    suffixes=("_mcquant.csv",),
    summary="the single-cell table of MCMICRO: a row per CellID, a column per marker, centroids and shape",
    specification=Reference("labsyspharm/quantification: mcquant/SingleCellDataExtraction.py", "1.6 (33f59c0c)", "2026-11-21"),
    detect="segue.formats.mcquant.detect:detect",
    reader="segue.formats.mcquant.read:read",
    fit="segue.formats.mcquant.fit:fit",
    writer="segue.formats.mcquant.write:write",
    read_options="segue.formats.mcquant.options:ReadOptions",
    accepts=frozenset({Accepts.TABLE}),
    identity="CellID is the label number; ids and names have no place",
    opened_by=("MCMICRO, scimap, Minerva", "histoCAT", "R (imcRtools, cytomapper)", "every spreadsheet"),
    keeps={
        Feature.OBJECTS: exact("one position per object", limit=Limit(at_most=1)),
        Feature.OBJECT_ORDER: exact(),
        Feature.OBJECT_LABEL: exact("objects without a label get the next free numbers", limit=Limit(choices=("always",))),
        Feature.POINT: exact(
            "the first point of an object is its centroid; of a row without one of both coordinates none",
            limit=Limit(grid=1 / 256, lowest=-65536, highest=65536),
        ),
        Feature.VALUES: approximate(
            "numbers come back exactly, in one table; texts that look like numbers become numbers; names that are empty, repeated or taken are changed"
        ),
        Feature.COLUMNS: approximate("the marker is the name of its column; units and other facts have no place"),
    },
)

"""The record of ImageJ's results tables."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Limit, Reference, approximate, exact
from segue.model.features import Feature

FORMAT = Format(
    name="imagej-results",
    title="ImageJ results table",
    suffixes=(".csv", ".txt", ".tsv", ".xls"),
    summary="measurements as ImageJ and Fiji save them: numbered rows, ImageJ's headings, order and number format; comma or tab",
    specification=Reference("ImageJ: ij.measure.ResultsTable, ij.plugin.filter.Analyzer", "1.53t (files and class), 1.54u7 (source)", "2026-11-21"),
    detect="segue.formats.imagej_results.detect:detect",
    reader="segue.formats.imagej_results.read:read",
    fit="segue.formats.imagej_results.fit:fit",
    writer="segue.formats.imagej_results.write:write",
    read_options="segue.formats.imagej_results.options:ReadOptions",
    write_options="segue.formats.imagej_results.options:WriteOptions",
    accepts=frozenset({Accepts.TABLE}),
    many=True,
    identity="the numbers of the rows where these are the labels, else the ids in the column Label, where ImageJ has the names of ROIs",
    opened_by=("ImageJ and Fiji", "R", "every spreadsheet"),
    usual=(".txt", ".xls"),
    implied={".txt": {"separator": "tab"}, ".tsv": {"separator": "tab"}, ".xls": {"separator": "tab"}},
    keeps={
        Feature.IMAGE_SETS: approximate("rows of several images are told apart by their titles in the column Label; without objects there is no row"),
        Feature.IMAGE_SET_NAME: approximate("the title in the column Label, where there are several; --set label_column=always writes it for one"),
        Feature.OBJECTS: exact("one position per object", limit=Limit(at_most=1)),
        Feature.OBJECT_ORDER: exact(),
        Feature.OBJECT_ID: approximate("in the column Label: colons become -, commas of a CSV file ;, quotes ', and what is empty or repeated is changed"),
        Feature.OBJECT_LABEL: approximate("where the labels are the numbers of the rows, or the ids are the labels"),
        Feature.OBJECT_TIME: exact(),
        Feature.POINT: approximate("in X and Y, where there are no values; they come back as values (--set pixel_size=1 makes points of them)"),
        Feature.VALUES: approximate(
            "numbers are rounded to --set decimals (9, the most that ImageJ writes); truth values become 1 and 0; quotes and line breaks in texts change; "
            "all in one table"
        ),
        Feature.COLUMNS: approximate("ImageJ's measurements are known by its headings; units and channels have no place"),
        Feature.EXTRAS: approximate("which columns of whole numbers ImageJ wrote with decimals; nothing of other formats"),
    },
)

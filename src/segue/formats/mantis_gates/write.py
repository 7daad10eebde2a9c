"""Writing gates that Mantis takes."""

from __future__ import annotations

import math

import polars as pl

from segue.codecs.javascript_numbers import javascript_text
from segue.codecs.mantis_csv import write_rows
from segue.formats.mantis_gates.terms import gates_of
from segue.formats.options import Options
from segue.model.study import Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study; an open end is written as an infinite one.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    rows = [
        (term.column, javascript_text(-math.inf if term.low is None else term.low), javascript_text(math.inf if term.high is None else term.high), name)
        for name, terms in gates_of(study.populations)
        for term in terms
    ]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(("feature", "low", "high", "gate"), pl.Utf8), orient="row")
    with sink.open() as file:
        write_rows(file, frame.get_columns())

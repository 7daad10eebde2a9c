"""What an export can hold of a study."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from segue.formats.cellprofiler.decode import decode
from segue.formats.cellprofiler.encode import encode
from segue.formats.cellprofiler.options import WriteOptions
from segue.formats.cellprofiler.spec import FORMAT
from segue.formats.options import Options
from segue.model.keep import keep
from segue.model.study import Study


def fit(study: Study, options: Options) -> Study:
    """The study as it comes back from the tables that are made of it."""
    kept = keep(study, FORMAT.keeps).map(lambda s: replace(s, aliases=s.aliases.clear(), history=()))
    back, _, _ = decode(encode(kept, undefined_text(options)), "")
    return back


def undefined_text(options: Options) -> str | None:
    """What stands for NaN; None = nothing."""
    return "nan" if cast("WriteOptions", options).undefined == "nan" else None

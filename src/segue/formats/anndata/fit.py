"""What AnnData can hold of a study: what reading the observations that would be written gives."""

from __future__ import annotations

from typing import cast

from segue.formats.anndata.facts import decode, stated
from segue.formats.anndata.flat import flat
from segue.formats.anndata.options import WriteOptions
from segue.formats.anndata.read import as_read
from segue.formats.anndata.spec import FORMAT
from segue.formats.options import Options
from segue.formats.value_files import with_centres
from segue.model.keep import keep
from segue.model.study import Study


def fit(study: Study, options: Options) -> Study:
    """Objects with one point each, values, populations with their members, connections."""
    kept = keep(study.map(with_centres), set(FORMAT.keeps))
    content = flat(kept, cast("WriteOptions", options))
    text = stated(content.uns)
    assert text is not None
    return as_read(content, decode(text), [])

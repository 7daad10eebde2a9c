"""What a file of mappings can hold of a study."""

from __future__ import annotations

from segue.formats.mantis_mappings.presets import assembled, mappings_of
from segue.formats.options import Options
from segue.model.study import Study


def fit(study: Study, options: Options) -> Study:
    """Presets of display with up to seven channels."""
    return assembled(mappings_of(study))

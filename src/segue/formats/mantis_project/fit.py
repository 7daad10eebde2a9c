"""What a project can hold of a study."""

from __future__ import annotations

from segue.formats.mantis_project.assemble import assembled
from segue.formats.mantis_project.disassemble import taken_apart
from segue.formats.mantis_project.layout import ARK_SEGMENTATION
from segue.formats.mantis_project.options import WriteOptions
from segue.formats.options import Options
from segue.model.study import Study


def fit(study: Study, options: Options) -> Study:
    """What reading the files gives that `write` writes of the study."""
    assert isinstance(options, WriteOptions)
    return assembled(taken_apart(study, ARK_SEGMENTATION if options.layout == "ark" else ""))

"""The record of published projects."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Reference, approximate, exact
from segue.formats.nimbus_files.keeps import KEEPS
from segue.model.features import Feature

FORMAT = Format(
    name="nimbus-project",
    title="NimbusImage project (Zenodo)",
    suffixes=(".nimbus-project",),
    summary="a published project: manifest.json, DATASET_annotations.json of each dataset, COLLECTION_config.json",
    specification=Reference("NimbusImage's source: publishing of projects (facts only)", "818835ac (2026-08-07)", "2026-11-21"),
    detect="segue.formats.nimbus_project.detect:detect",
    reader="segue.formats.nimbus_project.read:read",
    fit="segue.formats.nimbus_project.fit:fit",
    writer="segue.formats.nimbus_project.write:write",
    write_options="segue.formats.nimbus_files.options:WriteOptions",
    accepts=frozenset({Accepts.SHAPES}),
    folder=True,
    many=True,
    identity="as in the JSON of one dataset",
    opened_by=("NimbusImage, file by file",),
    keeps={
        **KEEPS,
        Feature.IMAGE_SETS: exact("those of one group are the stage positions of one dataset, and stand together; each other is a dataset"),
        Feature.DISPLAY: approximate("the first preset: channels with colours (opaque), visibility, and limits where both are stated"),
        Feature.STUDY_EXTRAS: approximate("further members of NimbusImage's files, not what other formats added"),
    },
)

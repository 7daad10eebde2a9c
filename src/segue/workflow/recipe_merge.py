"""The recipe of an import into a study."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from segue.workflow.merge import How
from segue.workflow.merging.mapping import mapping_of
from segue.workflow.merging.wish import PARTS, Overwrite, Part, Wish


class MergeRecipe(BaseModel):
    """Import results into a study."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    PLACES: ClassVar[tuple[str, ...]] = ("inputs", "study")

    task: Literal["merge"] = "merge"
    inputs: tuple[str, ...] = Field(min_length=1, description="files, folders, patterns")
    study: str = Field(description="the study that they are imported into")
    from_: str | None = Field(None, alias="from", description="format of the inputs, when content and suffix do not say")
    only: tuple[Part, ...] = Field(PARTS, min_length=1, description="what to import; by default everything")
    overwrite: Overwrite | None = Field(
        None, description="which objects of the study go: of the same ids, of the same tags, on the same planes, all; null = none"
    )
    map: tuple[str, ...] = Field((), description="where planes go: time=+1, z=3:0, channel=DAPI:0")
    skip_incompatible: bool = Field(False, description="leave out what does not fit, instead of importing nothing")
    add_image_sets: bool = Field(False, description="add image sets that the study does not have, with their images, instead of refusing them")
    pixels: Literal["copy", "reference"] = Field(
        "copy", description="of images that are added: copied into the study, or left in the files that they are in (those must then stay where they are)"
    )
    options: dict[str, Any] = Field(default_factory=dict, description="options of the readers")

    def how(self, *, dry_run: bool = False) -> How:
        """How to import.

        Raises
        ------
        InvalidOption
        """
        wish = Wish(self.only, self.overwrite, mapping_of(self.map), self.skip_incompatible, self.add_image_sets)
        return How(wish, self.from_, self.options, dry_run=dry_run, linked=self.pixels == "reference")

    def plain(self) -> dict[str, Any]:
        """What the journal of the study says: names of files, no places."""
        body = self.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"study", "task"})
        return {"edit": "merge", **body, "inputs": [name.replace("\\", "/").rstrip("/").rpartition("/")[2] for name in self.inputs]}

"""The recipe of a segmentation."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field


class SegmentRecipe(BaseModel):
    """Find the particles of images."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    PLACES: ClassVar[tuple[str, ...]] = ("inputs", "outputs")

    task: Literal["segment"] = "segment"
    inputs: tuple[str, ...] = Field(min_length=1, description="images: files, folders, patterns")
    outputs: tuple[str, ...] = Field(min_length=1, description="files, folders ending in /, or templates; each in its own format")
    from_: str | None = Field(None, alias="from", description="format of the images, when content and suffix do not say")
    to: tuple[str, ...] = Field((), description="formats of the outputs, when their suffixes do not say: one for all, or one for each")
    threshold: int | float | str = Field(
        "otsu", description="a method (otsu, li, triangle, imagej-default, otsu-exact, ...), binary, a number, or a range such as 100:900"
    )
    background: Literal["dark", "light"] = Field("dark", description="whether objects are brighter or darker than what is around them, as the image is shown")
    per_plane: bool = Field(False, description="a threshold for each plane of a stack, not one for all")
    channel: str | int | None = Field(None, description="name, or number from 0, of the channel")
    connectivity: Literal[4, 8, 6, 26] = Field(8, description="4 or 8: particles of each plane; 6 or 26: of volumes, through the planes")
    min_size: int | float | str = Field(0, description="pixels (voxels) of the smallest particle, or its size with a unit, such as 5um2")
    max_size: int | float | str | None = Field(None, description="pixels (voxels) of the largest particle, or its size with a unit; null = any")
    min_circularity: float = Field(0, ge=0, le=1, description="4 pi area / perimeter^2 of the least round particle")
    max_circularity: float = Field(1, ge=0, le=1, description="4 pi area / perimeter^2 of the roundest particle")
    exclude_edges: bool = Field(False, description="leave out particles that touch the edge of the image")
    include_holes: bool = Field(False, description="holes, and what lies in them, belong to the particle")
    pixel_size: str | None = Field(None, description="size of a pixel, as 0.5um, or of its axes, as 2x0.5x0.5um (z, y, x)")
    statistics: tuple[str, ...] = Field((), description="what is measured of the particles, where an output is a table")
    physical: bool = Field(False, description="lengths and areas in tables in the unit of the pixel size")
    preset: str | None = Field(None, description="the columns of another program, under its names")
    options: dict[str, Any] = Field(default_factory=dict, description="options of the readers and writers")
    strict: bool = Field(False, description="refuse to write when anything of the result is lost or changed")

    def for_item(self, item: Any, output: Path) -> SegmentRecipe:
        """The recipe that makes one output of a batch again."""
        to = (self.to[item.outputs.index(output)],) if len(self.to) > 1 and output in item.outputs else self.to[:1]
        target = str(output).replace("{", "{{").replace("}", "}}")
        options = {**item.facts_for(output, next(iter(to), None), self.preset), **self.options}
        return self.model_copy(update={"inputs": (str(item.image),), "outputs": (target,), "to": to, "options": options})

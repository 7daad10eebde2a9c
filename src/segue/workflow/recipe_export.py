"""The recipe of an export of pixels."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field


class ExportRecipe(BaseModel):
    """Write the pixels of images: cut out, renormalised, in another number type, order of axes and format."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    PLACES: ClassVar[tuple[str, ...]] = ("inputs", "output")

    task: Literal["export"] = "export"
    inputs: tuple[str, ...] = Field(min_length=1, description="images: files, folders, patterns, studies, file.h5/internal/path")
    output: str = Field(description="a file, a folder ending in /, or a template; with {slice_index} it is a sequence")
    from_: str | None = Field(None, alias="from", description="format of the inputs, when content and suffix do not say")
    source: str | None = Field(None, description="name of the image or label image, where an input holds several")
    image_set: str | int | None = Field(None, description="name, or number from 1, of the image set, where an input holds several; null = all")
    nicknames: tuple[str, ...] = Field((), description="what the inputs are called in {nickname}, one for each; else the names of their files")
    input_axes: str | None = Field(None, description="what the axes of the inputs are (zcyx), where the files do not say it")
    stack_along: Literal["z", "t", "c"] | None = Field(
        None, description="all inputs are one image: the planes of a stack along this axis, in the order of their names"
    )
    cutout: str | None = Field(None, description="z=0:100,x=10um:60um (stop exclusive), or [(0,0,0),(10,20,3)] in the order of the input's axes")
    renormalize: str | None = Field(None, description="LOW:HIGH->NEW_LOW:NEW_HIGH, such as 0:1->0:255")
    dtype: str | None = Field(None, description="number type of the output (uint8, float32, ...); null = as it is")
    axes: str | None = Field(None, description="order of the axes of the output (tzyxc), axes of size 1 added or left out; null = as it is")
    format: str | None = Field(None, description="format of the output: a name of segue's or of ilastik's; null = the suffix says it")
    step: Literal["t", "c", "z", "y", "x"] | None = Field(None, description="axis of a sequence; null = the leftmost that is larger than 1")
    scales: int | None = Field(None, ge=1, description="number of resolutions, where the format has several")
    convert: Literal["clip", "ilastik"] = Field("clip", description="clip = round half to even and clip; ilastik = its arithmetic, in which values wrap around")
    options: dict[str, Any] = Field(default_factory=dict, description="options of the readers and the writer")
    skip_problems: bool = Field(False, description="leave out inputs that cannot be exported, instead of refusing all")
    strict: bool = Field(False, description="keep nothing of an item of which values were clipped or rounded away, or metadata lost")

    def for_item(self, item: Any, output: Path) -> ExportRecipe:
        """The recipe that makes one output of a batch again; that of a file of a sequence makes the sequence."""
        places = {"inputs": (str(item.source),), "output": item.pattern, "nicknames": (item.nickname,)}
        return self.model_copy(update={**places, "image_set": item.part})

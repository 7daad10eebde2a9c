"""The recipe of pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field


class RenderRecipe(BaseModel):
    """Make pictures of images with what is known about them."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    PLACES: ClassVar[tuple[str, ...]] = ("inputs", "output", "labels", "populations", "display_file")

    task: Literal["render"] = "render"
    inputs: tuple[str, ...] = Field(min_length=1, description="images or studies: files, folders, patterns")
    output: str = Field(description="a picture (.png, .tif), a folder ending in /, or a template")
    labels: str | None = Field(None, description="template of the segments of each image: a label image, a ROI set, a study")
    from_: str | None = Field(None, alias="from", description="format of the images, when content and suffix do not say")
    format: str | None = Field(None, description="format of the pictures, when their suffix does not say")
    image_set: str | int | None = Field(None, description="name, or number from 1, of the image set, where an input holds several; null = all")
    display: str | None = Field(None, description="name of a preset of the study")
    display_file: str | None = Field(None, description="file with display settings: JSON of segue, or CSV as Mantis Viewer writes it")
    channels: tuple[str, ...] = Field((), description="NAME, NAME=COLOUR or NAME=COLOUR:LOW:HIGH, in the order in which they are listed; empty = automatic")
    plane: str | None = Field(None, description="z=3,t=0: which plane, from 0")
    crop: str | None = Field(None, description="x=10:60,y=5um:25um: a part of the image, the stop exclusive")
    zoom: int = Field(1, ge=1, le=64, description="pixels of the picture along each side of a pixel of the image")
    populations: tuple[str, ...] = Field((), description="templates of files whose populations are joined to the objects, by id or label")
    show_populations: tuple[str, ...] | None = Field(
        None, description="names of the populations that are shown, later ones over earlier ones; null = those visible"
    )
    fill: float | None = Field(None, ge=0, le=1, description="opacity of the fill of segments, each in its own colour")
    outlines: bool | None = Field(None, description="whether segments are outlined")
    outline_colour: str | None = Field(None, description="one colour for all outlines; own = each in its own")
    outline_width: float | None = Field(None, gt=0, le=64, description="pixels")
    outline_opacity: float | None = Field(None, ge=0, le=1, description="opacity of outlines of segments")
    population_fill: float | None = Field(None, ge=0, le=1, description="opacity of the fill of the members of populations")
    population_outlines: bool | None = Field(None, description="whether members are outlined in the colours of their populations")
    regions: bool | None = Field(None, description="whether regions are drawn")
    region_fill: float | None = Field(None, ge=0, le=1, description="opacity of the fill of regions")
    drawings: bool | None = Field(None, description="whether ROIs and other drawings are drawn")
    text: bool | None = Field(None, description="whether the label or name of each object is written")
    text_size: float | None = Field(None, gt=0, le=2000, description="height of letters in pixels")
    legend: bool | None = Field(None, description="whether there is a legend")
    legend_parts: tuple[str, ...] | None = Field(None, description="what it says: title, channels, populations")
    scale_bar: str | None = Field(None, description="auto, a length such as 20um or 50px, or none")
    pixel_size: str | None = Field(None, description="size of a pixel, as 0.5um, where the image does not say it")
    settings: Literal["json", "mantis"] | None = Field(
        None, description="a file beside each picture with its settings: json = OUT.display.json, mantis = a CSV as Mantis Viewer writes it"
    )
    options: dict[str, Any] = Field(default_factory=dict, description="options of the readers and the writer, and of taking images as labels")

    def for_item(self, item: Any, output: Path) -> RenderRecipe:
        """The recipe that makes one picture of a batch again."""
        places = {
            "inputs": (str(item.image),),
            "output": _literal(item.outputs[0]),
            "labels": None if item.labels is None else _literal(item.labels),
            "populations": tuple(map(_literal, item.populations)),
        }
        return self.model_copy(update={**places, "image_set": self.image_set if item.part is None else item.part})


def _literal(path: Path) -> str:
    """A template that means this path."""
    return str(path).replace("{", "{{").replace("}", "}}")

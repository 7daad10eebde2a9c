"""The recipe of a measurement."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field


class MeasureRecipe(BaseModel):
    """Measure segments on images."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    PLACES: ClassVar[tuple[str, ...]] = ("inputs", "outputs", "labels", "panel", "populations", "summary")

    task: Literal["measure"] = "measure"
    inputs: tuple[str, ...] = Field(min_length=1, description="images or studies: files, folders, patterns")
    outputs: tuple[str, ...] = Field(min_length=1, description="files, folders ending in /, or templates; each in its own format")
    labels: str | None = Field(None, description="template of the segments of each image: a label image, a ROI set, a study")
    from_: str | None = Field(None, alias="from", description="format of the images, when content and suffix do not say")
    to: tuple[str, ...] = Field((), description="formats of the outputs, when their suffixes do not say: one for all, or one for each")
    statistics: tuple[str, ...] = Field((), description="what is measured: names of the catalogue, 'percentile N', groups")
    preset: str | None = Field(None, description="the columns of another program, under its names")
    layer: str | None = Field(None, description="the label image whose segments are measured; null = all")
    channels: tuple[str, ...] = Field((), description="names of the channels; of an image that names them, those that are wanted")
    panel: str | None = Field(None, description="template of the table that names the channels, as steinbock and MCMICRO have it")
    pixel_size: str | None = Field(
        None, description="size of a pixel, as 0.5um, or of its axes, as 2x0.5x0.5um (z, y, x); lengths and areas are then in that unit"
    )
    physical: bool = Field(False, description="lengths and areas in the unit of the pixel size that the files state")
    populations: tuple[str, ...] = Field((), description="templates of files whose populations are joined to the objects, by id or label")
    split_populations: tuple[str, ...] | None = Field(None, description="one output per population, of these names; empty = of all; null = none")
    neighbours: bool = Field(False, description="connect segments that touch")
    combine: bool = Field(False, description="one output of all images")
    undefined: Literal["", "NA", "NaN"] | None = Field(None, description="what stands for a number that is missing in a text table")
    dictionary: bool = Field(False, description="a table beside each output that says what its columns mean")
    summary: str | None = Field(None, description="a table of counts, fractions, densities and means per image and population")
    image_set: str | int | None = Field(None, description="name, or number from 1, of the image set, where an image holds several; null = all")
    options: dict[str, Any] = Field(default_factory=dict, description="options of the readers and writers, and of taking images as labels")
    strict: bool = Field(False, description="refuse to write when anything that was measured is lost or changed")

    def for_item(self, item: Any, output: Path) -> MeasureRecipe:
        """The recipe that makes one output of a batch again; what is about all images, such as a summary, is not in it.

        Parameters
        ----------
        item
            A ``MeasureItem``.
        output
            One of its outputs.
        """
        if self.combine:
            return self
        to = self.to[item.outputs.index(output)] if len(self.to) > 1 and output in item.outputs else next(iter(self.to), None)
        places = {
            "inputs": (str(item.image),),
            "outputs": (_literal(output),),
            "labels": None if item.labels is None else _literal(item.labels),
            "panel": None if item.panel is None else _literal(item.panel),
            "populations": tuple(map(_literal, item.populations)),
            "summary": None,
        }
        return self.model_copy(update={**places, "to": () if to is None else (to,), "options": {**item.facts_for(output, to, self.preset), **self.options}})


def _literal(path: Path) -> str:
    """A template that means this path; ``{population}`` and ``{image_set}`` stay placeholders."""
    text = str(path).replace("{", "{{").replace("}", "}}")
    return text.replace("{{population}}", "{population}").replace("{{image_set}}", "{image_set}")

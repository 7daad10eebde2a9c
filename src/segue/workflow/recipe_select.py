"""The recipe of a selection."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from segue.workflow.colours import Colour

By = Literal["centroid", "any", "majority", "mantis-1.0", "mantis-1.1"]
ScaleName = Literal["linear", "log10", "arcsinh"]


class SelectRecipe(BaseModel):
    """Make populations: of regions, gates, lists, or other populations; or run the rules of all that are there again."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    PLACES: ClassVar[tuple[str, ...]] = ("inputs", "output", "labels", "regions", "gates", "ids_file", "polygon_file")

    task: Literal["select"] = "select"
    inputs: tuple[str, ...] = Field(min_length=1, description="studies, images or results: files, folders, patterns")
    output: str | None = Field(None, description="where the result goes; null = studies are changed in place")
    labels: str | None = Field(None, description="template of the label image: the segments of an image, or the new segmentation of a study")
    refresh: bool = Field(False, description="run the rules of all populations again, and find the lists that are stale")
    image_sets: tuple[str, ...] = Field((), description="only these image sets, by their names or numbers; empty = all")
    layer: str | None = Field(None, description="of several label images the one that is listed or replaced")
    regions: tuple[str, ...] = Field((), description="files whose areas select segments")
    by: By | None = Field(None, description="what of a segment has to lie in a region: centroid (the usual), any pixel, the majority of them, or as Mantis did")
    gate: str | None = Field(None, description="ranges of columns: COLUMN:LOW:HIGH, joined by & and |")
    polygon: str | None = Field(None, description="a polygon on two columns: X,Y: x1,y1 x2,y2 x3,y3")
    polygon_file: str | None = Field(None, description="a table with the corners of the polygon; its heading names the two columns")
    scale: tuple[ScaleName, ...] = Field((), max_length=2, description="scale on which the edges of the polygon are straight: one for both columns, or two")
    cofactor: float = Field(1.0, gt=0, allow_inf_nan=False, description="c of log10(1 + c x) and arcsinh(c x)")
    gates: tuple[str, ...] = Field((), description="files of gates")
    parent: str | None = Field(None, description="id or name of the population among which the gate selects")
    ids: str | None = Field(None, description="labels or ids of objects: 1,2,5-9")
    ids_file: str | None = Field(None, description="template of a list of labels or ids, or of a file of gated events")
    union: tuple[str, ...] = Field((), description="populations whose members are joined")
    intersection: tuple[str, ...] = Field((), description="populations whose common members are taken")
    difference: tuple[str, ...] = Field((), description="a population, and those whose members are taken from it")
    name: str | None = Field(None, min_length=1, description="name of the population")
    colour: Colour | None = Field(None, description="its colour, #rrggbb")
    replace: bool = Field(False, description="a population of this name is defined anew")
    from_: str | None = Field(None, alias="from", description="format of the inputs, when content and suffix do not say")
    to: str | None = Field(None, description="format of the output, when its suffix does not say")
    options: dict[str, Any] = Field(default_factory=dict, description="options of the readers and the writer")
    strict: bool = Field(False, description="write nothing when anything is lost or changed")
    verify: bool = Field(False, description="read the output back and compare")

    def plain(self) -> dict[str, Any]:
        """What was asked for as the journal of a study keeps it: without places of files that are only read."""
        kept = self.model_dump(mode="json", exclude_defaults=True, exclude={"task", "inputs", "output", "options", "from_", "to", "strict", "verify"})
        for name in ("labels", "regions", "gates", "ids_file", "polygon_file"):
            if kept.get(name):
                given = kept[name]
                kept[name] = Path(given).name if isinstance(given, str) else [Path(one).name for one in given]
        return {"edit": "refresh" if kept.pop("refresh", False) else "select", **kept}

    def for_item(self, item: Any, output: Path) -> SelectRecipe:
        """The recipe that makes one output of a batch again."""
        places = {"labels": item.labels, "ids_file": item.ids_file}
        filled = {name: None if path is None else _literal(path) for name, path in places.items()}
        return self.model_copy(update={"inputs": (str(item.input),), "output": None if item.in_place else _literal(output), **filled})


def _literal(path: Path) -> str:
    """A template that means this path; ``{image_set}`` stays a placeholder."""
    return str(path).replace("{", "{{").replace("}", "}}").replace("{{image_set}}", "{image_set}")

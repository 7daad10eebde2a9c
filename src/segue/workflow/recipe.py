"""Recipes: everything a command was asked to do, as one record. The command line, Python and the web app fill in the same one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from segue import __version__
from segue.errors import InvalidRecipe
from segue.storage.source import Source
from segue.workflow.convert import Item, Settings
from segue.workflow.derive import Policy
from segue.workflow.edit import How
from segue.workflow.edits.records import Edit
from segue.workflow.recipe_export import ExportRecipe
from segue.workflow.recipe_measure import MeasureRecipe
from segue.workflow.recipe_merge import MergeRecipe
from segue.workflow.recipe_render import RenderRecipe
from segue.workflow.recipe_segment import SegmentRecipe
from segue.workflow.recipe_select import SelectRecipe
from segue.workflow.relative import relative_places

VERSION = 1


class ConvertRecipe(BaseModel):
    """Convert results into another form."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    PLACES: ClassVar[tuple[str, ...]] = ("inputs", "output", "image", "labels", "table", "populations")
    """Fields that say where files lie; all others are settings."""

    task: Literal["convert"] = "convert"
    inputs: tuple[str, ...] = Field(min_length=1, description="files, folders, patterns")
    output: str = Field(description="a file, a folder ending in /, or a template")
    from_: str | None = Field(None, alias="from", description="format of the inputs, when content and suffix do not say")
    to: str | None = Field(None, description="format of the output, when its suffix does not say")
    image: str | None = Field(None, description="template of the image that the data belong to")
    labels: str | None = Field(None, description="template of the label image of each input")
    table: str | None = Field(None, description="template of the table whose values are joined to each input, by id or label")
    populations: tuple[str, ...] = Field((), description="templates of files whose rows are populations: gates, lists of ids or labels, other results")
    overlap: Literal["last", "first", "smallest", "error"] = Field("last", description="which shape a pixel goes to that several cover")
    holes: Literal["keep", "fill"] = Field("keep", description="holes of segments and shapes")
    parts: Literal["keep", "largest"] = Field("keep", description="separate parts of segments and shapes")
    image_set: str | int | None = Field(None, description="name, or number from 1, of the image set, where an input holds several; null = all")
    options: dict[str, Any] = Field(default_factory=dict, description="options of the reader, the writer and the conversion")
    strict: bool = Field(False, description="refuse to write when anything is lost or changed")
    verify: bool = Field(False, description="read each output back and compare")

    def for_item(self, item: Item, output: Path) -> ConvertRecipe:
        """The recipe that makes one output of a batch again."""
        places = {"image": item.image, "table": item.table, "labels": item.labels}
        filled = {name: None if path is None else literal(path) for name, path in places.items()}
        gates = tuple(literal(path) for path in item.populations)
        return self.model_copy(update={"inputs": (str(item.source),), "output": literal(output), "populations": gates, **filled})

    def settings(self, *, dry_run: bool = False, overwrite: bool = False) -> Settings:
        """How to convert each item."""
        policy = Policy(self.overlap, self.holes, self.parts)
        flags = {"strict": self.strict, "verify": self.verify, "dry_run": dry_run, "overwrite": overwrite}
        return Settings(self.from_, self.to, policy, self.options, **flags, image_set=self.image_set)


class EditRecipe(BaseModel):
    """Change what a result holds."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    PLACES: ClassVar[tuple[str, ...]] = ("input", "output")

    task: Literal["edit"] = "edit"
    input: str = Field(description="a file or study")
    output: str | None = Field(None, description="where the result goes; null = it replaces the input")
    edits: tuple[Edit, ...] = Field(min_length=1, description="what to do, one after the other")
    from_: str | None = Field(None, alias="from", description="format of the input, when content and suffix do not say")
    to: str | None = Field(None, description="format of the output, when its suffix does not say")
    options: dict[str, Any] = Field(default_factory=dict, description="options of the reader and the writer")
    strict: bool = Field(False, description="refuse to write when the format cannot hold the result")
    verify: bool = Field(False, description="read the output back and compare")

    def how(self, *, dry_run: bool = False, overwrite: bool = False) -> How:
        """How to edit."""
        output = None if self.output is None else Path(self.output)
        return How(output, self.from_, self.to, self.options, strict=self.strict, dry_run=dry_run, verify=self.verify, overwrite=overwrite)


def literal(path: Path) -> str:
    """A path as a template that is filled with nothing."""
    return str(path).replace("{", "{{").replace("}", "}}")


Recipe = ConvertRecipe | EditRecipe | ExportRecipe | MeasureRecipe | MergeRecipe | RenderRecipe | SegmentRecipe | SelectRecipe
_RECIPES: dict[str, type[Recipe]] = {
    "convert": ConvertRecipe,
    "edit": EditRecipe,
    "export": ExportRecipe,
    "measure": MeasureRecipe,
    "merge": MergeRecipe,
    "render": RenderRecipe,
    "segment": SegmentRecipe,
    "select": SelectRecipe,
}


def recipe_bytes(recipe: Recipe) -> bytes:
    """The recipe as a file: JSON, sorted, without defaults, and without absolute paths: these are made relative to the current folder."""
    body = recipe.model_dump(mode="json", by_alias=True, exclude_defaults=True) | {"task": recipe.task}
    body = relative_places(body, getattr(type(recipe), "PLACES", ()))
    if isinstance(recipe, EditRecipe):
        body["edits"] = [edit.plain() for edit in recipe.edits]
    return orjson.dumps({"segue": VERSION, "made_with": __version__, **body}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def read_recipe(path: Path | str) -> Recipe:
    """A saved recipe.

    Raises
    ------
    InvalidRecipe
        It is not JSON, not a recipe, or of a later version of segue.
    """
    return parse_recipe(Source(Path(path)).read_bytes(limit=16 << 20), path)


def parse_recipe(data: bytes, path: Path | str) -> Recipe:
    """A recipe from its bytes; ``path`` is what messages call it.

    Raises
    ------
    InvalidRecipe
    """
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise InvalidRecipe(f"{path} is not a recipe: {error}", path=path) from error
    if not isinstance(body, dict) or "segue" not in body:
        raise InvalidRecipe(f'{path} is not a recipe: it does not begin with {{"segue": {VERSION}, "task": ...}}', path=path)
    if body.pop("segue") != VERSION:
        raise InvalidRecipe(f"{path} was made for another version of segue's recipes; this one understands version {VERSION}", path=path)
    body.pop("made_with", None)
    kind = _RECIPES.get(str(body.get("task", "convert")))
    if kind is None:
        raise InvalidRecipe(f"{path}: this segue knows no task {body['task']!r}, only {', '.join(_RECIPES)}", path=path)
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidRecipe(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}", path=path) from error

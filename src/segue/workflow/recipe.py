"""Recipes: everything a command was asked to do, as one record. The command line, Python and the web app fill in the same one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from segue import __version__
from segue.errors import InvalidRecipe
from segue.storage.source import Source
from segue.workflow.convert import Settings
from segue.workflow.derive import Policy

VERSION = 1


class ConvertRecipe(BaseModel):
    """Convert results into another form."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    task: Literal["convert"] = "convert"
    inputs: tuple[str, ...] = Field(min_length=1, description="files, folders, patterns")
    output: str = Field(description="a file, a folder ending in /, or a template")
    from_: str | None = Field(None, alias="from", description="format of the inputs, when content and suffix do not say")
    to: str | None = Field(None, description="format of the output, when its suffix does not say")
    image: str | None = Field(None, description="template of the image that the data belong to")
    labels: str | None = Field(None, description="template of the label image of each input")
    overlap: Literal["last", "first", "smallest", "error"] = Field("last", description="which shape a pixel goes to that several cover")
    holes: Literal["keep", "fill"] = Field("keep", description="holes of segments and shapes")
    parts: Literal["keep", "largest"] = Field("keep", description="separate parts of segments and shapes")
    options: dict[str, Any] = Field(default_factory=dict, description="options of the reader, the writer and the conversion")
    strict: bool = Field(False, description="refuse to write when anything is lost or changed")
    verify: bool = Field(False, description="read each output back and compare")

    def settings(self, *, dry_run: bool = False, overwrite: bool = False) -> Settings:
        """How to convert each item."""
        policy = Policy(self.overlap, self.holes, self.parts)
        return Settings(self.from_, self.to, policy, self.options, strict=self.strict, verify=self.verify, dry_run=dry_run, overwrite=overwrite)


def recipe_bytes(recipe: ConvertRecipe) -> bytes:
    """The recipe as a file: JSON, sorted, without defaults."""
    body = recipe.model_dump(mode="json", by_alias=True, exclude_defaults=True) | {"task": recipe.task}
    return orjson.dumps({"segue": VERSION, "made_with": __version__, **body}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def read_recipe(path: Path | str) -> ConvertRecipe:
    """A saved recipe.

    Raises
    ------
    InvalidRecipe
        It is not JSON, not a recipe, or of a later version of segue.
    """
    data = Source(Path(path)).read_bytes(limit=16 << 20)
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise InvalidRecipe(f"{path} is not a recipe: {error}", path=path) from error
    if not isinstance(body, dict) or "segue" not in body:
        raise InvalidRecipe(f'{path} is not a recipe: it does not begin with {{"segue": {VERSION}, "task": ...}}', path=path)
    if body.pop("segue") != VERSION:
        raise InvalidRecipe(f"{path} was made for another version of segue's recipes; this one understands version {VERSION}", path=path)
    body.pop("made_with", None)
    try:
        return ConvertRecipe.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidRecipe(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}", path=path) from error

"""Options of the writer: those of the JSON of one dataset, and those of tables."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator

from segue.errors import InvalidOption
from segue.formats.nimbus_files.choice import Choice
from segue.formats.nimbus_files.options import AnnotationOptions, ReadOptions
from segue.formats.nimbus_files.tables.options import TextOptions
from segue.formats.nimbus_files.tables.options import WriteOptions as TableOptions
from segue.formats.options import Options

__all__ = ["ReadOptions", "WriteOptions"]
_WORDS = {"true": "all", "false": "none"}


class ContentOptions(Options):
    """What the files in an archive are."""

    content: Literal["json", "csv"] = Field("json", description="json = DATASET.json, which NimbusImage imports; csv = DATASET.csv, a row for each annotation")
    combined: bool = Field(False, description="one table about all datasets, with a first column Dataset (content=csv then)")


class WriteOptions(TextOptions, AnnotationOptions, ContentOptions):
    """What the files in an archive are, and what is written: what JSON holds, and of tables how they are written."""

    properties: str | tuple[str, ...] = Field(
        "all", description="all or none (true, false); of tables also names of columns, or what they begin with, in the order wanted, with ; between them"
    )

    @field_validator("properties", mode="before")
    @classmethod
    def _words(cls, given: Any) -> Any:
        return _WORDS.get(str(given).lower(), given) if isinstance(given, str | bool) else given

    @property
    def tables(self) -> TableOptions | None:
        """How tables are written; None = there are none."""
        if self.content == "json" and not self.combined:
            return None
        return TableOptions(dataset=self.combined, **{name: getattr(self, name) for name in TextOptions.model_fields})

    @property
    def ending(self) -> str:
        """Of the names of tables."""
        return ".tsv" if self.delimiter == "tab" else ".csv"

    @property
    def choice(self) -> Choice:
        """What is written as JSON.

        Raises
        ------
        InvalidOption
            Properties are named.
        """
        if self.listed:
            sentence = "JSON holds all properties or none; names of properties are for tables: add --set content=csv, or use properties=all"
            raise InvalidOption(sentence, option="properties", given=self.properties, allowed="all, none")
        return self.choosing(properties=self.listed is None)

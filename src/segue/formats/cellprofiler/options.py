"""What can be chosen about CellProfiler's tables."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """Reading."""

    prefix: str | None = Field(None, description="which export, where a folder holds several: the beginning of the names of its files (MyExpt_)")
    masks: bool = Field(True, description="also take the label images beside the tables that the columns FileName_ and ObjectsFileName_ name")
    parents: Literal["link", "part-of", "contains"] = Field(
        "link", description="what the columns Parent_ mean where no table of relationships says: object and parent are linked, it is part of it, or contains it"
    )


class WriteOptions(Options):
    """Writing."""

    prefix: str = Field("", description="beginning of the names of the files (CellProfiler's usual one is MyExpt_)")
    delimiter: Literal["comma", "tab"] = Field("comma", description="comma makes .csv files, tab makes .txt files, as in CellProfiler")
    undefined: Literal["nan", "empty"] = Field("nan", description="what stands for a number that is undefined")

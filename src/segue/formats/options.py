"""Options of readers and writers: pydantic records. Their fields are the flags of ``--set``, the keys of a recipe and the docs."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from segue.errors import InvalidOption


class Options(BaseModel):
    """Base of every option record: immutable, and unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    @property
    def positions(self) -> tuple[str, ...]:
        """Of a writer: names of columns of values that say of every object what the file states as its position anyway."""
        return ()

    @property
    def one_image_set(self) -> bool:
        """Of a writer: whether a file holds one image set, though the format has place for many."""
        return False


class NoOptions(Options):
    """A reader or writer without options."""


def checked(record: type[Options], values: dict[str, Any], where: str) -> Options:
    """The record with the given values.

    Raises
    ------
    InvalidOption
        An option is unknown or has a value that it cannot take.
    """
    try:
        return record.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        option = ".".join(str(part) for part in first["loc"])
        known = ", ".join(record.model_fields) or "none"
        if first["type"] == "extra_forbidden":
            message = f"{where} has no option {option!r}; its options are: {known}"
        else:
            message = f"{where}: option {option!r} cannot be {values.get(option)!r}: {first['msg']}"
        raise InvalidOption(message, option=option, given=values.get(option), allowed=known) from error

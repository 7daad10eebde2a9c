"""The edits, as records: what the command line, Python, recipes and the journal of a study say alike."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from segue.errors import InvalidRecipe
from segue.workflow.colours import Colour


class Selecting(BaseModel):
    """What every edit says: which objects it is about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    objects: tuple[str, ...] = Field((), description="selections: an id, id:ID, label:5, label:5-9, name:NAME, name~=PATTERN with * and ?, @POPULATION, all")
    layer: str | None = Field(None, description="only objects of this layer (label image or drawing layer)")
    image_set: str | None = Field(None, description="only this image set: its name, or its number from 1")

    def plain(self) -> dict[str, Any]:
        """The edit as a recipe or journal says it: without what goes without saying."""
        body, fields = self.model_dump(mode="json"), type(self).model_fields
        return {
            "edit": body.pop("edit"),
            **{name: value for name, value in body.items() if fields[name].is_required() or value not in (fields[name].default, [])},
        }


class Rename(Selecting):
    """Give objects a name."""

    edit: Literal["rename"] = "rename"
    name: str | None = Field(description="the new name; null = none")


class Delete(Selecting):
    """Delete objects, with everything that belongs to them."""

    edit: Literal["delete"] = "delete"


class Merge(Selecting):
    """Make one object of several: the first one that is selected stays."""

    edit: Literal["merge"] = "merge"


class Split(Selecting):
    """Make an object of each separate part."""

    edit: Literal["split"] = "split"
    connectivity: Literal[4, 8] = Field(4, description="4 = parts that touch only at corners are separate, 8 = they are one")


class Relabel(Selecting):
    """Give one object another label number."""

    edit: Literal["relabel"] = "relabel"
    label: int = Field(ge=1, lt=2**64, description="a number that is free")


class RelabelAll(Selecting):
    """Number all labels 1, 2, 3, ... in their order, layer by layer."""

    edit: Literal["relabel-all"] = "relabel-all"


class Tag(Selecting):
    """Put objects into a population, which is made if there is none of that name."""

    edit: Literal["tag"] = "tag"
    population: str = Field(min_length=1, description="id or name of a population; levels of a name are separated by ' / '")
    colour: Colour | None = Field(None, description="its colour")


class Untag(Selecting):
    """Take objects out of a population."""

    edit: Literal["untag"] = "untag"
    population: str = Field(min_length=1, description="id or name of a population")


class SetClass(Selecting):
    """Put objects into a class, and out of every other class: an object has one at most."""

    edit: Literal["class"] = "class"
    population: str | None = Field(description="id or name of the class; null = none")
    colour: Colour | None = Field(None, description="its colour")


class SetColour(Selecting):
    """Give objects a colour."""

    edit: Literal["colour"] = "colour"
    colour: Colour | None = Field(description="the colour; null = none")


class Lock(Selecting):
    """Lock objects, so that they cannot be deleted, merged or split; or unlock them."""

    edit: Literal["lock"] = "lock"
    locked: bool = True


Edit = Annotated[Rename | Delete | Merge | Split | Relabel | RelabelAll | Tag | Untag | SetClass | SetColour | Lock, Field(discriminator="edit")]
_edits: TypeAdapter[tuple[Edit, ...]] = TypeAdapter(tuple[Edit, ...])


def edits_of(given: Any) -> tuple[Edit, ...]:
    """Checked edits, from records or dictionaries; one edit or several.

    Raises
    ------
    InvalidRecipe
        Something is missing, unknown, or out of range.
    """
    several = given if isinstance(given, list | tuple) else (given,)
    try:
        return _edits.validate_python(tuple(several))
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidRecipe(f"this edit cannot be understood: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error

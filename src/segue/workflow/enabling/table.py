"""The table: every import, export and selection with what it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from segue.workflow.enabling import needs as n
from segue.workflow.enabling.needs import Need


def listed(things: Sequence[str]) -> str:
    """``a segmentation and an image``; with commas where one of them is a choice, or there are more."""
    if len(things) < 2 or (len(things) == 2 and not any(" or " in one for one in things)):
        return " and ".join(things)
    return ", ".join(things[:-1]) + f", and {things[-1]}"


@dataclass(frozen=True)
class Action:
    """Something that can be done with an image set, if it has what that needs."""

    name: str
    """``import populations csv``; no two have the same."""
    what: str
    """What is read, written or made, in the plural: ``populations CSV`` as it stands in a sentence."""
    verb: Literal["read into", "written from", "made in", "measured in"]
    needs: tuple[Need, ...] = ()
    """All of them; none = it can always be done."""

    @property
    def condition(self) -> str:
        """One sentence without its full stop: what it needs."""
        if not self.needs:
            return f"{self.what} can be {self.verb} any image set"
        return f"{self.what} can be {self.verb} an image set only if it has {listed([one.what for one in self.needs])}"


ACTIONS: tuple[Action, ...] = (
    Action("import segmentation", "a segmentation", "read into"),
    Action("import regions", "regions", "read into"),
    Action("import populations json", "populations and regions (JSON)", "read into"),
    Action("import populations csv", "populations without regions (CSV, FCS, lists of ids)", "read into", (n.SEGMENTS,)),
    Action("import features", "segment features", "read into", (n.SEGMENTS,)),
    Action("import gates", "gates", "read into", (n.SEGMENTS, n.VALUES)),
    Action("import mappings", "channel marker mappings", "read into", (n.IMAGE,)),
    Action("import annotations", "annotations", "read into"),
    Action("segment", "segments", "made in", (n.PIXELS,)),
    Action("measure shapes", "sizes and shapes of segments", "measured in", (n.SEGMENTATION,)),
    Action("measure statistics", "segment statistics", "measured in", (n.SEGMENTATION, n.IMAGE)),
    Action("select by region", "populations from regions", "made in", (n.REGION, n.SEGMENTATION)),
    Action("select by gate", "populations from gates", "made in", (n.SEGMENTS, n.VALUES)),
    Action("select by ids", "populations from lists of ids", "made in", (n.SEGMENTS,)),
    Action("combine populations", "unions, intersections and differences", "made in", (n.TWO,)),
    Action("refresh populations", "populations of another segmentation", "made in", (n.SEGMENTATION, n.POPULATION)),
    Action("export populations json", "populations and regions (JSON)", "written from", (n.NAMED,)),
    Action("export populations csv", "populations (CSV)", "written from", (n.MEMBERS,)),
    Action("export regions", "regions", "written from", (n.REGION,)),
    Action("export statistics", "segment statistics", "written from", (n.SEGMENTS, n.MEASURABLE)),
    Action("export statistics of populations", "segment statistics of populations", "written from", (n.SEGMENTS, n.MEASURABLE, n.MEMBERS)),
    Action("export features", "segment features", "written from", (n.SEGMENTS, n.VALUES)),
    Action("export gates", "gates", "written from", (n.GATE,)),
    Action("export mappings", "channel marker mappings", "written from", (n.DISPLAY,)),
    Action("export labels", "a label image", "written from", (n.SEGMENTATION,)),
    Action("export outlines", "outlines", "written from", (n.SEGMENTATION,)),
    Action("export annotations", "annotations", "written from", (n.OBJECTS,)),
    Action("export connections", "connections", "written from", (n.CONNECTIONS,)),
    Action("export images", "images and label images", "written from", (n.DRAWABLE,)),
    Action("export pixels", "pixels, in part or in another form,", "written from", (n.PIXELS,)),
    Action("render", "a picture of the image and its layers", "made in", (n.PICTURE,)),
)


def action_of(name: str) -> Action:
    """The action of that name; a name that is none is a bug of the caller."""
    for action in ACTIONS:
        if action.name == name:
            return action
    near = get_close_matches(name, [action.name for action in ACTIONS], 1, 0.0)
    raise LookupError(f"no action is called {name!r}; is it {near[0]!r}?")

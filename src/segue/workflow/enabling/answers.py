"""Asking the table about a study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from segue.errors import Incompatible
from segue.formats.format import Format
from segue.model.study import ImageSet, Study
from segue.workflow.enabling.table import ACTIONS, Action, action_of, listed


@dataclass(frozen=True)
class Answer:
    """Whether an action is possible now."""

    action: str
    possible: bool
    reason: str
    """Why not, in one sentence; empty where it is possible."""

    def to_json(self) -> dict[str, Any]:
        return {"action": self.action, "possible": self.possible, "reason": self.reason}


def actions(study: Study, s: ImageSet | None = None, where: str = "") -> list[Answer]:
    """Every action, in the order of the table.

    Parameters
    ----------
    study
        What is open.
    s
        The image set that it is about; None = whether it is possible with any image set of the study.
    where
        What sentences call an image set without a name.
    """
    found = [(action.name, reason(action.name, study, s, where)) for action in ACTIONS]
    return [Answer(name, not why, why) for name, why in found]


def reason(name: str, study: Study, s: ImageSet | None = None, where: str = "") -> str:
    """Why an action cannot be done, in one sentence; empty = it can. See ``actions``."""
    action = action_of(name)
    sets = study.image_sets if s is None else (s,)
    if any(not _lacking(action, study, one) for one in sets) or not action.needs:
        return ""
    if not sets:
        return f"{action.condition}, and there is no image set"
    if len(sets) > 1:
        return f"{action.condition}, which none of these {len(sets):,} has"
    return f"{action.condition}, and {sets[0].name or where or 'this one'} has {_none_of(_lacking(action, study, sets[0]))}"


def require(name: str, study: Study, s: ImageSet | None = None, where: str = "", hint: str = "") -> None:
    """Raise Incompatible with the sentence of the table if an action cannot be done.

    Parameters
    ----------
    name, study, s, where
        See ``actions``.
    hint
        What the user can do about it here, such as an option of the command line; it follows the sentence.

    Raises
    ------
    Incompatible
    """
    why = reason(name, study, s, where)
    if why:
        raise Incompatible(f"{why}; {hint}" if hint else why, action=name)


def require_for(record: Format, study: Study, where: str = "") -> None:
    """Raise Incompatible with the sentence of the table if a file of a format cannot be written from a study (its first image set, of a single one)."""
    if record.enabled_by is not None:
        require(record.enabled_by, study, None if record.many or not study.image_sets else study.image_sets[0], where)


def _lacking(action: Action, study: Study, s: ImageSet) -> list[str]:
    return [one.what for one in action.needs if not one.there(study, s)]


def _none_of(lacking: list[str]) -> str:
    """``no segmentation and no image``."""
    return listed([f"no {what.removeprefix('a ').removeprefix('an ').replace(' or a ', ' or ').replace(' or an ', ' or ')}" for what in lacking])

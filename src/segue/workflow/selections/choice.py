"""What is to be selected: one way, with its name and colour."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segue.errors import InvalidOption, UsageError
from segue.model.rules import PolygonTerm, Scale
from segue.workflow.colours import packed
from segue.workflow.selections.expression import alternatives, polygon_of, polygon_of_rows

if TYPE_CHECKING:
    from segue.model.rules import Range
    from segue.workflow.recipe_select import By, SelectRecipe

WAYS = "--region FILE, --gate 'COLUMN:LOW:HIGH', --polygon-gate, --gates FILE, --ids, --union, --intersection, --difference, or --refresh"
Terms = tuple["Range | PolygonTerm", ...]


@dataclass(frozen=True)
class Choice:
    """What a user asks for."""

    regions: tuple[Path, ...] = ()
    by: By | None = None
    gate: tuple[Terms, ...] = ()
    """Alternatives, of which one has to hold, each of terms that all have to."""
    gates: tuple[Path, ...] = ()
    parent: str | None = None
    ids: str | None = None
    ids_file: Path | None = None
    op: str | None = None
    """union, intersection or difference."""
    populations: tuple[str, ...] = ()
    name: str | None = None
    colour: int | None = None
    replace: bool = False
    layer: str | None = None

    @property
    def nothing(self) -> bool:
        """Whether nothing is to be selected, only run again."""
        return not (self.regions or self.gate or self.gates or self.ids or self.ids_file or self.op)


def choice_of(recipe: SelectRecipe, ids_file: Path | None = None) -> Choice:
    """What a recipe asks for.

    Raises
    ------
    UsageError
        Nothing, or several things at once.
    InvalidOption
        A gate cannot be understood.
    """
    gate = _gate(recipe)
    sets = [(name, given) for name in ("union", "intersection", "difference") if (given := getattr(recipe, name))]
    ways = [bool(recipe.regions), bool(gate), bool(recipe.gates), bool(recipe.ids or recipe.ids_file), *(True for _ in sets)]
    if sum(ways) > 1 or (sum(ways) and recipe.refresh):
        raise UsageError(f"select in one way at a time: {WAYS}; combine populations with --union, --intersection and --difference")
    if not sum(ways) and not recipe.refresh:
        hint = "; for new labels add --refresh" if recipe.labels else ""
        raise UsageError(f"say what is to be selected: {WAYS}{hint}")
    _check(recipe, gate)
    op, populations = sets[0] if sets else (None, ())
    if op and len(populations) < 2:
        raise UsageError(f"--{op} needs two populations or more: --{op} 'T cells,B cells'")
    return Choice(
        regions=tuple(map(Path, recipe.regions)),
        by=recipe.by,
        gate=gate,
        gates=tuple(map(Path, recipe.gates)),
        parent=recipe.parent,
        ids=recipe.ids,
        ids_file=ids_file or (Path(recipe.ids_file) if recipe.ids_file else None),
        op=op,
        populations=populations,
        name=recipe.name,
        colour=packed(recipe.colour),
        replace=recipe.replace,
        layer=recipe.layer,
    )


def _check(recipe: SelectRecipe, gate: tuple[Terms, ...]) -> None:
    """Raise UsageError for options that would have no effect."""
    if recipe.by is not None and not recipe.regions:
        raise UsageError("--by says how regions select; give a file of regions with --region")
    if recipe.parent is not None and not (gate or recipe.gates):
        raise UsageError("--parent is the population among which a gate selects; give one with --gate")
    if recipe.scale and not (recipe.polygon or recipe.polygon_file):
        raise UsageError("--scale is about the edges of a polygon; ranges are the same on every scale")
    if recipe.refresh and (recipe.name or recipe.colour):
        raise UsageError("--refresh runs the rules that are there; --name and --color are of a new population")


def _gate(recipe: SelectRecipe) -> tuple[Terms, ...]:
    found: tuple[Terms, ...] = alternatives(recipe.gate) if recipe.gate is not None else ()
    if recipe.polygon is None and recipe.polygon_file is None:
        return found
    scales: tuple[Scale, ...] = (recipe.scale * 2)[:2] if len(recipe.scale) == 1 else recipe.scale or ("linear", "linear")
    if recipe.polygon is not None:
        term = polygon_of(recipe.polygon, scales[0], scales[1], recipe.cofactor)
    else:
        term = _of_file(Path(str(recipe.polygon_file)), PolygonTerm("", "", (), scales[0], scales[1], recipe.cofactor))
    return tuple((*terms, term) for terms in found or ((),))


def _of_file(path: Path, term: PolygonTerm) -> PolygonTerm:
    import csv
    import io

    from segue.storage.source import Source

    text = Source(path).read_bytes(limit=16 << 20).decode("utf-8-sig", "replace")
    lines = text.splitlines()
    if not lines:
        raise InvalidOption(f"{path} is empty; its first line names two columns, and each further line is a corner", option="polygon-gate", given=path)
    delimiter = max(",;\t", key=lines[0].count)
    return polygon_of_rows(list(csv.reader(io.StringIO(text), delimiter=delimiter)), path.name, term)

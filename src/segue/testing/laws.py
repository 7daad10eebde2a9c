"""The laws that every format obeys, as functions: each takes a trip (``segue.testing.trips``) and raises ``Broken`` where it is broken.

1. ``exact``: what the format declares exact comes back equal, for studies within the declared limits.
2. ``nothing_silent``: what is read back is exactly what was fitted, for any study; so every loss is in ``diff(study, fit(study))``.
   ``nothing_in_vain``: only what is not declared exact (or lies beyond its limit) is in there.
3. ``settled``: fitting again, or a second trip, changes nothing more.
4. ``untouched``: the study that was given is the same afterwards.
5. ``same_bytes``: the same study makes the same bytes, whenever.
6. Damaged files: ``segue.testing.damage``.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any, Literal, NoReturn, get_args, get_origin
from unittest.mock import patch

from segue.errors import MissingDependency
from segue.formats.format import Format, load
from segue.model.diff import diff
from segue.model.features import SHAPE_FEATURES
from segue.model.features import Feature as F
from segue.model.study import Study
from segue.testing.allowed import declared_exact
from segue.testing.trips import Trip, content, snapshot


class Broken(AssertionError):
    """A format breaks a law; the message says which format, which law, which features, and for which study."""


BECAUSE: dict[F, frozenset[F]] = {
    **dict.fromkeys(SHAPE_FEATURES, frozenset({F.OBJECTS, F.SHAPE_ROLE})),
    **dict.fromkeys((F.SHAPE_PLANE, F.SHAPE_STYLE, F.SHAPE_ROLE), frozenset({F.OBJECTS, *SHAPE_FEATURES})),
    **dict.fromkeys((F.OBJECT_ORDER, F.EXTRAS), frozenset({F.OBJECTS})),
    **dict.fromkeys((F.OBJECT_ID, F.OBJECT_TIME, F.TRACK, F.OBJECT_NAME, F.OBJECT_COLOUR, F.OBJECT_LOCKED), frozenset({F.OBJECTS})),
    **dict.fromkeys((F.OBJECT_LABEL, F.LAYER), frozenset({F.OBJECTS, F.OBJECT_TIME, F.OBJECT_LABEL, F.LAYER, F.LABELS})),
    **dict.fromkeys((F.VALUES, F.COLUMNS), frozenset({F.OBJECTS, F.CONNECTIONS, F.VALUES})),
    **dict.fromkeys((F.IMAGE_NAME, F.CHANNEL_NAMES, F.DATA_RANGE, F.INVERTED, F.PIXEL_TYPE), frozenset({F.IMAGES})),
    **dict.fromkeys((F.POPULATION_COLOUR, F.POPULATION_SETTINGS, F.RULES), frozenset({F.POPULATIONS})),
    **dict.fromkeys((F.PIXEL_SIZE, F.ORIGIN), frozenset({F.GRID_SIZE})),
    F.STALE: frozenset({F.OBJECTS, F.CONNECTIONS, F.VALUES}),
    F.CONNECTIONS: frozenset({F.OBJECTS}),
    F.MEMBERSHIP: frozenset({F.OBJECTS, F.POPULATIONS}),
    F.GRID_SIZE: frozenset({F.IMAGES, F.LABELS}),
    F.LABEL_TIME: frozenset({F.LABELS}),
}
"""Features that go with others: a lost object takes its shapes, values and memberships along."""


def exact(trip: Trip) -> None:
    """Law 1, for a study that was drawn within what the format declares exact."""
    tolerated = {F.PIXEL_TYPE, F.OBJECT_ORDER} - declared_exact(trip.record).features
    with _blaming(trip, "1 (exact)"):
        _same(trip, "1 (exact)", trip.study, trip.fitted, "fit changes what is declared exact", tolerated)
        _same(trip, "1 (exact)", trip.study, trip.back, "what is declared exact does not come back equal", tolerated)


def nothing_silent(trip: Trip) -> None:
    """Law 2, first half, for any study."""
    with _blaming(trip, "2 (nothing silent)"):
        _same(trip, "2 (nothing silent)", trip.fitted, trip.back, "the file does not hold what fit promises")


def nothing_in_vain(trip: Trip) -> None:
    """Law 2, second half, for any study and the usual options."""
    with _blaming(trip, "2 (nothing in vain)"):
        found = diff(trip.study, trip.fitted)
    keeps = trip.record.keeps
    free = {feature for feature, kept in keeps.items() if kept.exactly and kept.limit is None}
    lost = set(found) | {feature for feature in F if feature not in keeps or not keeps[feature].exactly}
    wrong = {feature: count for feature, count in found.items() if feature in free and not BECAUSE.get(feature, frozenset()) & (lost - {feature})}
    if wrong:
        _broken(trip, "2 (nothing in vain)", f"declared exact without a limit, but lost by fit: {_listed(wrong)}")


def settled(trip: Trip) -> None:
    """Law 3, for any study."""
    law = "3 (settled)"
    with _blaming(trip, law):
        _same(trip, law, trip.fitted, trip.fit(trip.fitted), "fitting twice changes more than fitting once")
        again = trip.read(trip.write(trip.fit(trip.back), "second"))
        _same(trip, law, trip.back, again, "a second trip changes more than the first")


def untouched(trip: Trip) -> None:
    """Law 4, for any study."""
    before = snapshot(trip.study)
    with _blaming(trip, "4 (untouched)"):
        fitted = trip.fit(trip.study)
        between = snapshot(fitted)
        trip.write(fitted, "untouched")
    if snapshot(trip.study) != before:
        _broken(trip, "4 (untouched)", "the study that was given has changed")
    if snapshot(fitted) != between:
        _broken(trip, "4 (untouched)", "writing has changed the fitted study")


def same_bytes(trip: Trip) -> None:
    """Law 5, for any study; the second file is written a year later."""
    with _blaming(trip, "5 (same bytes)"):
        first = content(trip.path)
        with _a_year_later():
            second = content(trip.write(trip.fit(trip.study), "later"))
    different = [name for name in first.keys() | second.keys() if first.get(name) != second.get(name)]
    if different:
        _broken(trip, "5 (same bytes)", f"the same study makes other bytes in {', '.join(sorted(different)[:5])}")


def every_law(trip: Trip) -> None:
    """Laws 2 to 5 for any study; with options that are not the usual ones, losses need not be declared.

    A study that ``fit`` refuses as ``Incompatible`` is left alone: an error loses nothing in silence.
    """
    if trip.refused:
        return
    untouched(trip)
    nothing_silent(trip)
    if trip.options == trip.record.options("write"):
        nothing_in_vain(trip)
    settled(trip)
    same_bytes(trip)


def interesting_options(record: Format) -> list[dict[str, Any]]:
    """The usual write options, and each other choice of every option that has few choices."""
    found: list[dict[str, Any]] = [{}]
    if record.write_options is None:
        return found
    for name, field in load(record.write_options).model_fields.items():
        found += [{name: choice} for choice in _choices(field.annotation) if choice != field.default]
    return found


def _choices(annotation: Any) -> list[Any]:
    if annotation is bool:
        return [False, True]
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return list(annotation)
    return [choice for one in get_args(annotation) for choice in _choices(one)]


def _same(trip: Trip, law: str, a: Study, b: Study, what: str, tolerated: Collection[F] = ()) -> None:
    found = {feature: count for feature, count in diff(a, b).items() if feature not in tolerated}
    if found:
        _broken(trip, law, f"{what}: {_listed(found)}\n--- before\n{a!r}\n--- after\n{b!r}")


def _broken(trip: Trip, law: str, what: str) -> NoReturn:
    raise Broken(f"{trip.record.name} ({trip.options!r}) breaks law {law}: {what}\n--- study\n{str(trip.study)[:2000]}")


def _listed(found: dict[F, int]) -> str:
    return ", ".join(f"{count} {feature}" for feature, count in found.items())


@contextmanager
def _blaming(trip: Trip, law: str) -> Iterator[None]:
    """An error of the format breaks the law: what was drawn is a valid study."""
    try:
        yield
    except (Broken, MissingDependency):
        raise
    except Exception as error:
        raise Broken(f"{trip.record.name} ({trip.options!r}) breaks law {law} by {error!r}\n--- study\n{str(trip.study)[:2000]}") from error


@contextmanager
def _a_year_later() -> Iterator[None]:
    seconds, nanoseconds, local, universal = time.time, time.time_ns, time.localtime, time.gmtime
    later = 366 * 24 * 3600 + 7
    with (
        patch("time.time", lambda: seconds() + later),
        patch("time.time_ns", lambda: nanoseconds() + later * 10**9),
        patch("time.localtime", lambda at=None: local(seconds() + later if at is None else at)),
        patch("time.gmtime", lambda at=None: universal(seconds() + later if at is None else at)),
    ):
        yield

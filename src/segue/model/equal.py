"""Equality of the model's records, in which NaN equals NaN."""

from __future__ import annotations

from dataclasses import fields, is_dataclass


def equal(a: object, b: object) -> bool:
    """Whether two records, tuples or plain values are the same."""
    if isinstance(a, float) and isinstance(b, float) and a != a:
        return b != b
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(equal, a, b))
    if is_dataclass(a) and type(a) is type(b):
        return all(equal(getattr(a, one.name), getattr(b, one.name)) for one in fields(a))
    return a == b

"""The names that Mantis gives populations that have none (v1.0 to v1.2)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

FROM_IDS = "New Population from Segment IDs"


def plain(order: int) -> str:
    """A population that was read without a name; ``order`` is its renderOrder, from 1."""
    return f"Selection {order}"


def on_image(order: int) -> str:
    """Drawn on the image."""
    return f"Image Selection {order}"


def on_plot(order: int) -> str:
    """Drawn on a plot."""
    return f"Graph Selection {order}"


def empty(order: int) -> str:
    """Made without members."""
    return f"Empty Selection {order}"


def imported(region: int) -> str:
    """A region of a TIFF for which no name is stated; ``region`` is its number in the picture."""
    return f"Imported Selection {region}"


def in_range(feature: str, low: float, high: float) -> str:
    """A range of a feature, with one decimal at its ends; also a gate without a name."""
    return f"{feature} {_fixed(low)} - {_fixed(high)}"


def _fixed(value: float) -> str:
    """JavaScript's ``toFixed(1)``: halves are rounded away from zero."""
    return str(Decimal(value or 0).quantize(Decimal("0.1"), ROUND_HALF_UP))

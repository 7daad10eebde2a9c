"""What a study looks like in a terminal and in a notebook."""

from __future__ import annotations

from html import escape

from segue.model.image import Image, LabelImage
from segue.model.shapes import ShapeKind
from segue.model.study import ImageSet, Study
from segue.model.tables import Table


def describe(s: ImageSet) -> str:
    """A few lines about an image set."""
    return "\n".join([f"ImageSet {s.name!r}", *(f"  {name:12}{text}" for name, text in facts(s))])


def describe_study(study: Study) -> str:
    """A few lines about a study: its first ten image sets and its populations."""
    lines = [f"Study of {_count(len(study.image_sets), 'image set')}"]
    for image_set in study.image_sets[:10]:
        lines += describe(image_set).splitlines()
    if len(study.image_sets) > 10:
        lines.append(f"... and {len(study.image_sets) - 10} more")
    if study.populations:
        lines.append("populations: " + ", ".join(" / ".join(p.name) for p in study.populations[:12]) + (" ..." if len(study.populations) > 12 else ""))
    return "\n".join(lines)


def facts(s: ImageSet) -> list[tuple[str, str]]:
    """(what, text) for everything that an image set holds."""
    found = [("grid", _grid(s))]
    found += [("image", _image(image)) for image in s.images]
    found += [("labels", _image(image)) for image in s.labels]
    if len(s.objects):
        found.append(("objects", f"{len(s.objects):,}"))
    if len(s.shapes):
        counts = sorted(s.shapes.frame["kind"].cast(str).value_counts().rows())
        kinds = ", ".join(f"{count:,} {kind if count == 1 else ShapeKind(kind).feature}" for kind, count in counts)
        found.append(("shapes", f"{len(s.shapes):,} ({kinds})"))
    if len(s.connections):
        found.append(("connections", f"{len(s.connections):,}"))
    found += [("table", _table(name, table)) for name, table in s.tables.items()]
    if len(s.membership):
        found.append(("members", f"{len(s.membership):,} in {_count(s.membership.frame['population'].n_unique(), 'population')}"))
    if s.extras.height:
        found.append(("extras", _count(s.extras.height, "row")))
    return found


def html(s: ImageSet) -> str:
    """The same as a table for notebooks."""
    rows = "".join(f"<tr><th style='text-align:left'>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in facts(s))
    return f"<table><caption>ImageSet {escape(s.name)}</caption>{rows}</table>"


def html_study(study: Study) -> str:
    head = f"<p>Study of {_count(len(study.image_sets), 'image set')}</p>"
    more = f"<p>... and {len(study.image_sets) - 10} more</p>" if len(study.image_sets) > 10 else ""
    return head + "".join(html(image_set) for image_set in study.image_sets[:10]) + more


def _grid(s: ImageSet) -> str:
    sizes = " x ".join(f"{axis.name} {'?' if axis.size is None else axis.size}" for axis in s.grid.axes)
    if all(axis.size is None for axis in s.grid.axes):
        sizes = "size not known"
    scales = ", ".join(f"{axis.name} {axis.scale:g} {axis.unit or ''}".strip() for axis in s.grid.axes if axis.scale is not None)
    return f"{sizes}; pixel size {scales}" if scales else f"{sizes}; pixel size not known"


def _table(name: str, table: Table) -> str:
    stale = f", stale: {len(table.stale):,}" if len(table.stale) else ""
    return f"{name}: {_count(len(table), 'row')}, {_count(len(table.columns), 'column')}{stale}"


def _image(image: Image | LabelImage) -> str:
    shape = " x ".join(f"{axis} {size}" for axis, size in zip(image.axes, image.pixels.shape, strict=True))
    channels = f"; channels {', '.join(image.channels)}" if isinstance(image, Image) and image.channels else ""
    inverted = "; shown inverted" if isinstance(image, Image) and image.inverted else ""
    return f"{image.name}: {shape} {image.pixels.dtype.name}{channels}{inverted}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"

"""The annotations of a study as text: facts, populations, notes about shapes, and a map of each object."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from segue.codecs.xml_write import escaped, escaped_texts, holdable, quoted
from segue.formats.ome_files import terms
from segue.formats.ome_files.about import written_about
from segue.formats.ome_files.plan import CHUNK, Part, Plan
from segue.formats.ome_files.values import as_texts

STUDY_ID = "Annotation:study"


def references(part: Part) -> str:
    """What stands in an image about its ROIs and annotations."""
    ids = pl.int_range(part.first, part.first + len(part.s.objects), eager=True).cast(pl.Utf8)
    rois = pl.select(pl.concat_str(pl.lit('<ROIRef ID="ROI:'), pl.lit(ids), pl.lit('"/>')).str.join("")).item() if len(ids) else ""
    more = [f'<AnnotationRef ID="Annotation:image:{part.nth}:{nth}"/>' for nth in range(len(part.image.get("annotations", [])))]
    return f'{rois}<AnnotationRef ID="{STUDY_ID}"/>{"".join(more)}'


def annotation_texts(plan: Plan) -> Iterator[str]:
    """Everything inside the structured annotations."""
    about = written_about({part.id: (part.s, part.columns) for part in plan.parts}, plan.populations)
    yield f'<CommentAnnotation ID="{STUDY_ID}" Namespace="{terms.STUDY}"><Value>{escaped(about)}</Value></CommentAnnotation>'
    for tag, one in plan.populations.items():
        name = escaped(holdable(": ".join(one.name)))
        yield f'<TagAnnotation ID="{tag}" Namespace="{terms.TAG}"><Value>{name}</Value></TagAnnotation>'
    for nth, text in enumerate(plan.shared):
        yield f'<MapAnnotation ID="Annotation:shape:{nth}" Namespace="{terms.SHAPE}"><Value>{text}</Value></MapAnnotation>'
    for part in plan.parts:
        yield from _details(part)
        for begin in range(0, len(part.s.objects), CHUNK):
            yield _maps(part, slice(begin, begin + CHUNK))


def _details(part: Part) -> Iterator[str]:
    given = {f"image:{part.nth}": part.image, **{f"roi:{part.first + row}": one for row, one in part.details.items()}}
    for place, one in given.items():
        for nth, annotation in enumerate(one.get("annotations", [])):
            kind, namespace = annotation["type"], annotation.get("namespace")
            attributes = f" Namespace={quoted(namespace)}" if namespace else ""
            description = f"<Description>{escaped(annotation['description'])}</Description>" if annotation.get("description") else ""
            value = escaped(annotation.get("value", ""))
            yield f'<{kind}Annotation ID="Annotation:{place}:{nth}"{attributes}>{description}<Value>{value}</Value></{kind}Annotation>'


def _maps(part: Part, rows: slice) -> str:
    """The map of each object: who it is, and its values."""
    frame = part.s.objects.frame[rows]
    colour = frame["colour"].to_list()
    hexes = pl.Series([None if one is None else f"#{one:08X}" for one in colour], dtype=pl.Utf8)
    pairs: list[tuple[str, pl.Series]] = [
        (terms.ID, frame["id"]),
        (terms.LABEL, frame["label"].cast(pl.Utf8)),
        (terms.LAYER, frame["layer"]),
        (terms.TRACK, frame["track"].cast(pl.Utf8)),
        (terms.COLOUR, hexes),
    ]
    for name, columns in part.columns.items():
        table = part.s.tables[name].frame
        pairs += [(key, as_texts(table[column.name][rows], column)) for key, column in columns]
    pieces = [
        pl.concat_str(pl.lit(f"<M K={quoted(key)}>"), escaped_texts(pl.lit(values)), pl.lit("</M>"))
        for key, values in pairs
        if values.null_count() < len(values)
    ]
    first = part.first + (rows.start or 0)
    number = pl.int_range(first, first + len(frame), eager=True).cast(pl.Utf8)
    opened = pl.concat_str(pl.lit('<MapAnnotation ID="Annotation:object:'), pl.lit(number), pl.lit(f'" Namespace="{terms.OBJECT}"><Value>'))
    return str(pl.select(pl.concat_str(opened, *pieces, pl.lit("</Value></MapAnnotation>"), ignore_nulls=True).str.join("")).item() or "")

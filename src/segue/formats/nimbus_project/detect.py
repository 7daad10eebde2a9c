"""Is it a published project of NimbusImage?"""

from __future__ import annotations

import re

from segue.formats.format import Evidence
from segue.formats.nimbus_project.layout import ANNOTATIONS, CONFIG, MANIFEST
from segue.storage.source import Source

_SECTIONS = re.compile(rb'"(annotationConnections|annotationProperties|annotationPropertyValues)"')


def detect(source: Source) -> Evidence:
    """By its manifest, or files that end as NimbusImage's do."""
    if not source.is_folder:
        return Evidence(0, "it is a file; a published project is a folder")
    try:
        names = [path.name for path in source.path.iterdir() if path.is_file()]
        manifest = (source.path / MANIFEST).read_bytes()[: 1 << 16] if MANIFEST in names else b""
    except OSError:
        return Evidence(0, "it is a folder that cannot be read")
    own = [name for name in names if name.endswith((ANNOTATIONS, CONFIG))]
    if own and b'"datasets"' in manifest and b'"files"' in manifest:
        return Evidence(95, f"it has a manifest and {own[0]}, as NimbusImage publishes projects")
    if any(name.endswith(ANNOTATIONS) and _SECTIONS.search(_ends(source, name)) for name in own):
        return Evidence(92, f"it has {own[0]}, as NimbusImage publishes projects")
    return Evidence(0, "it has no annotations of NimbusImage")


def _ends(source: Source, name: str) -> bytes:
    with (source.path / name).open("rb") as file:
        begin = file.read(1 << 14)
        file.seek(max(file.seek(0, 2) - (1 << 16), 0))
        return begin + file.read()

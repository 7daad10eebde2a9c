"""What the files of a published project are called."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from segue.codecs.json_text import loads
from segue.errors import Malformed
from segue.storage.source import Source

MANIFEST, ANNOTATIONS, CONFIG = "manifest.json", "_annotations.json", "_config.json"
OLD_ANNOTATIONS, OLD_CONFIG = "annotations.json", "collection.json"
"""What NimbusImage itself looks for when it imports."""
_LARGEST = 64 << 20


def listed(folder: Path) -> tuple[dict[str, str], dict[str, str], int]:
    """(file -> name of its dataset) of the annotations, (file -> name) of the configurations, and how many other files the project names.

    As the manifest says, else by the ends of names. Names of files are those of files in the folder, never paths.
    """
    there = sorted(path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    stated = _stated(folder)
    names = {str(one.get("datasetId")): one["name"] for one in stated.get("datasets", []) if isinstance(one.get("name"), str)}
    files = [one for one in stated.get("files", []) if one.get("name") in there]
    said = {one["name"]: str(one.get("type")) for one in files}
    there = list(dict.fromkeys([one["name"] for one in files] + there))
    of_dataset = {one["name"]: names[str(one.get("datasetId"))] for one in files if str(one.get("datasetId")) in names}
    annotations = [name for name in there if said.get(name, _type(name)) == "annotations"]
    configs = [name for name in there if said.get(name, _type(name)) == "config"]
    others = len(there) - len(annotations) - len(configs) - (MANIFEST in there)
    return {name: of_dataset.get(name) or _stem(name, ANNOTATIONS) for name in annotations}, {name: _stem(name, CONFIG) for name in configs}, others


def _stem(name: str, ending: str) -> str:
    return name.removesuffix(ending) if name.endswith(ending) and len(name) > len(ending) else name.removesuffix(".json")


def _type(name: str) -> str:
    if name.endswith(OLD_ANNOTATIONS):
        return "annotations"
    return "config" if name.endswith((CONFIG, OLD_CONFIG)) else ""


def _stated(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The lists of the manifest; nothing where there is none, or it is damaged."""
    path = folder / MANIFEST
    if not path.is_file():
        return {}
    try:
        body = loads(Source(path).read_bytes(limit=_LARGEST), path)
    except Malformed:
        return {}
    found = body if isinstance(body, dict) else {}
    return {key: [one for one in value if isinstance(one, dict)] for key, value in found.items() if isinstance(value, list)}

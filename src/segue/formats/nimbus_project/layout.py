"""What the files of a published project are called, and which belong together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from segue.codecs.json_text import loads
from segue.errors import Malformed
from segue.storage.names import natural
from segue.storage.source import Source, split_suffix

MANIFEST, ANNOTATIONS, CONFIG = "manifest.json", "_annotations.json", "_config.json"
OLD_ANNOTATIONS, OLD_CONFIG = "annotations.json", "collection.json"
"""What NimbusImage itself looks for when it imports."""
BETWEEN = "--"
"""Between the name of a dataset and that of an image file."""
READ = (".tif", ".tiff", ".ome.tif", ".ome.tiff", ".btf", ".png", ".jpg", ".jpeg", ".bmp")
INSTRUMENT = (".svs", ".nd2", ".ndpi", ".scn", ".czi", ".zvi", ".lif")
"""Images that NimbusImage takes and that need the libraries of other programs."""
SIDE = "segue"
"""Member of an image in the manifest: which image set it is of."""
_MARK = re.compile(r"__([0-9a-f]{24})")
_LARGEST = 64 << 20


@dataclass(frozen=True)
class ImageFile:
    """An image of a dataset."""

    name: str
    checksum: str = ""
    """As the manifest states it."""
    xy: int | None = None
    """The stage position that segue wrote it for."""

    @property
    def stem(self) -> str:
        """What it was called before it was published."""
        return split_suffix(_MARK.sub("", self.name).partition(BETWEEN)[2] or self.name)[0]


@dataclass(frozen=True)
class Dataset:
    """What belongs together."""

    name: str
    id: str = ""
    """As the manifest states it, or as it stands in the names of files."""
    annotations: str = ""
    """Its file; empty = there is none."""
    images: tuple[ImageFile, ...] = ()


@dataclass(frozen=True)
class Listing:
    """The files of a project."""

    datasets: tuple[Dataset, ...]
    configs: tuple[str, ...]
    instrument: tuple[str, ...]
    """Images that are not read here."""
    missing: tuple[str, ...]
    """What the manifest names and the folder does not hold."""
    others: int
    """How many files are none of all these."""


def listed(folder: Path) -> Listing:
    """The files of a project, in the order of the manifest, others by name.

    As the manifest says, else by the names of files. Names in the manifest are those of files in the folder, never paths.
    """
    there = sorted((path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")), key=natural)
    stated = _stated(folder)
    files = {one["name"]: one for one in stated.get("files", []) if isinstance(one.get("name"), str)}
    missing = tuple(name for name in files if name not in there and Path(name).name == name)
    names = [name for name in dict.fromkeys([*files, *there]) if name in there and name != MANIFEST]
    kinds = {name: _kind(name, str(files.get(name, {}).get("type") or "")) for name in names}
    datasets = _datasets([name for name in names if kinds[name] == "annotations"], stated, files)
    images = [name for name in names if kinds[name] == "image"]
    readable = [name for name in images if split_suffix(name)[1].lower() in READ]
    stems = {split_suffix(name)[0] for name in readable}
    instrument = tuple(name for name in images if name not in readable and split_suffix(name)[0] not in stems)
    datasets, lost = _with_images(datasets, readable, files)
    configs = tuple(name for name in names if kinds[name] == "config")
    known = len(configs) + len(images) + sum(1 for one in datasets if one.annotations)
    return Listing(tuple(datasets), configs, instrument, missing, len(names) - known + lost)


def _kind(name: str, said: str) -> str:
    if said in ("annotations", "config"):
        return said
    if said in ("image", "images"):
        return "image" if split_suffix(name)[1].lower() in (*READ, *INSTRUMENT) else ""
    if name.endswith(OLD_ANNOTATIONS):
        return "annotations"
    if name.endswith((CONFIG, OLD_CONFIG)):
        return "config"
    return "image" if BETWEEN in name and split_suffix(name)[1].lower() in (*READ, *INSTRUMENT) else ""


def _datasets(annotations: Sequence[str], stated: dict[str, list[dict[str, Any]]], files: dict[str, dict[str, Any]]) -> list[Dataset]:
    """Those with annotations, then those that only the manifest names."""
    names = {str(one.get("datasetId")): one["name"] for one in stated.get("datasets", []) if isinstance(one.get("name"), str)}
    ids = {name: own for own, name in names.items() if list(names.values()).count(name) == 1}
    found = []
    for file in annotations:
        stem = _stem(file, ANNOTATIONS)
        own = str(files.get(file, {}).get("datasetId") or _mark(stem) or ids.get(stem, ""))
        found.append(Dataset(names.get(own) or _MARK.sub("", stem) or stem, own, file))
    return found + [Dataset(name, own) for own, name in names.items() if own not in {one.id for one in found}]


def _with_images(datasets: Sequence[Dataset], images: Iterable[str], files: dict[str, dict[str, Any]]) -> tuple[list[Dataset], int]:
    """The datasets with their images, and how many images belong to none; without annotations a dataset is what stands before the dashes."""
    found, lost = list(datasets), 0
    for name in images:
        one = files.get(name, {})
        nth = _owner(name, str(one.get("datasetId") or ""), found)
        if nth is None and BETWEEN not in name:
            lost += 1
            continue
        if nth is None:
            nth = len(found)
            found.append(Dataset(_MARK.sub("", name).partition(BETWEEN)[0] or name, str(one.get("datasetId") or "")))
        found[nth] = replace(found[nth], images=(*found[nth].images, ImageFile(name, _text(one.get("checksum")), _place(one.get(SIDE)))))
    return [one for one in found if one.annotations or one.images], lost


def _owner(name: str, dataset: str, datasets: Sequence[Dataset]) -> int | None:
    """The dataset that an image belongs to: of its id, else the longest name before the dashes, of the same mark if there is one."""
    if dataset:
        return next((nth for nth, one in enumerate(datasets) if one.id == dataset), None)
    plain = _MARK.sub("", name)
    fitting = [nth for nth, one in enumerate(datasets) for stem in {_bare(one), one.name} if plain.startswith(stem + BETWEEN)]
    ranked = sorted(fitting, key=lambda nth: (len(_bare(datasets[nth])), _mark(datasets[nth].annotations) == _mark(name)), reverse=True)
    return ranked[0] if ranked else None


def _mark(name: str) -> str:
    """What NimbusImage put into a name that another file has already; empty = nothing."""
    found = _MARK.search(name)
    return found[1] if found else ""


def _bare(one: Dataset) -> str:
    """What the names of its files begin with."""
    return _MARK.sub("", _stem(one.annotations, ANNOTATIONS)) if one.annotations else one.name


def _stem(name: str, ending: str) -> str:
    return name.removesuffix(ending) if name.endswith(ending) and len(name) > len(ending) else name.removesuffix(".json")


def config_name(file: str) -> str:
    """What a configuration is about."""
    return _stem(file, CONFIG)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _place(side: Any) -> int | None:
    xy = side.get("xy") if isinstance(side, dict) else None
    return xy if isinstance(xy, int) and not isinstance(xy, bool) and 0 <= xy < 2**31 else None


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

"""A file is a room with one purpose: small, aptly named, and free of addresses."""

from __future__ import annotations

import re

LINES_AT_MOST = 400
GRAB_BAGS = {"util", "utils", "common", "helper", "helpers", "misc", "manager", "shared"}
SOURCE = {".py", ".ts", ".tsx", ".css", ".sh"}

# A letter of each stands in brackets, so that this file does not name them itself.
ADDRESSES = re.compile(r"\b[p]ypi\b|[p]ythonhosted|[n]pmjs|[a]naconda|[c]onda-forge|[c]rates\.io|[i]ndex-url|\.\./\.[l]ibrary|/opt/[w]heels", re.I)
ADDRESS_FREE = {"requirements", "Makefile", "pyproject.toml"}


def test_no_source_file_is_too_long(root, files):
    lengths = {str(path): len((root / path).read_text(encoding="utf-8").splitlines()) for path in files if path.suffix in SOURCE}
    assert {path: length for path, length in lengths.items() if length > LINES_AT_MOST} == {}


def test_no_source_file_is_a_grab_bag(files):
    assert [str(path) for path in files if path.suffix in SOURCE and path.stem in GRAB_BAGS] == []


def test_nothing_names_a_package_registry_or_the_workplace(root, files):
    named = []
    for path in files:
        content = (root / path).read_bytes()
        if b"\0" in content[:8192]:
            continue
        named += [f"{path}:{number}" for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1) if ADDRESSES.search(line)]
    assert named == []


def test_requirements_hold_no_address_at_all(root, files):
    assert [str(path) for path in files if path.parts[0] in ADDRESS_FREE and "://" in (root / path).read_text(encoding="utf-8")] == []


def test_the_source_does_not_know_where_the_golden_files_are(root, files):
    assert [str(path) for path in files if path.parts[0] == "src" and "shared/golden" in (root / path).read_text(encoding="utf-8", errors="replace")] == []

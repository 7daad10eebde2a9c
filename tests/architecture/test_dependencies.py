"""What the source imports is what pyproject.toml asks for: nothing is there only because another package happens to need it, nothing is asked for in vain."""

from __future__ import annotations

import ast
import re
import sys
import tomllib

import pytest

NAMED_OTHERWISE = {"PIL": "pillow", "google_crc32c": "google-crc32c", "skimage": "scikit-image"}
"""Modules whose distribution has another name."""
WITH_ANOTHER = {"llvmlite"}
"""What comes in one version only with a dependency: llvmlite with numba, which asks for exactly one release of it."""


@pytest.fixture(scope="module")
def declared(root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    optional = project["project"]["optional-dependencies"].values()
    asked = [project["project"]["dependencies"], *optional, project["dependency-groups"]["demo"]]
    return {re.match(r"[\w-]+", one)[0] for many in asked for one in many}


def imported(code):
    """Top-level names of all absolute imports, at whatever depth of the code."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.split(".")[0]


@pytest.fixture(scope="module")
def used(root, files):
    """Distribution -> a file that imports it."""
    source = [path for path in files if path.parts[0] == "src" and path.suffix == ".py"]
    assert len(source) > 100
    return {NAMED_OTHERWISE.get(name, name): str(path) for path in source for name in imported((root / path).read_text(encoding="utf-8"))}


def test_every_imported_package_is_asked_for(declared, used):
    known = sys.stdlib_module_names | {"segue", "_typeshed"} | WITH_ANOTHER
    assert {name: file for name, file in used.items() if name not in known and name not in declared} == {}


def test_every_package_that_is_asked_for_is_imported(declared, used):
    assert declared - used.keys() == set()


@pytest.mark.parametrize(("code", "names"), [("import a.b, c", ["a", "c"]), ("def f():\n    from d.e import f", ["d"]), ("from . import g", [])])
def test_imports_are_found_wherever_they_stand(code, names):
    assert list(imported(code)) == names

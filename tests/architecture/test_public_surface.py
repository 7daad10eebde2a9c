"""What people may script against: the public names are listed once in the code and once in the guide, and the two agree."""

from __future__ import annotations

import re
from types import ModuleType

import segue


def documented(root):
    """The names that the guide's page on Python explains, one table row each."""
    text = (root / "docs/guide/python.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `segue\.(\w+)", text, re.M))


def test_every_public_name_can_be_called_or_looked_at():
    assert [name for name in segue.__all__ if isinstance(getattr(segue, name), ModuleType) and not callable(getattr(segue, name))] == []


def test_all_is_sorted_and_lists_every_public_name():
    own = {name for name, value in vars(segue).items() if getattr(value, "__module__", "").startswith("segue.")}
    assert list(segue.__all__) == sorted(segue.__all__)
    assert {name for name in own if not name.startswith("_")} <= set(segue.__all__)


def test_the_guide_explains_exactly_the_public_names(root):
    assert documented(root) == {name for name in segue.__all__ if not name.startswith("__")}

"""The documents agree with the tree."""

from __future__ import annotations

import re

import pytest


def folders_named_in(text):
    """Folders in back quotes, written with a closing slash."""
    return {match.rstrip("/") for match in re.findall(r"`([\w./-]+/)`", text)}


def test_the_architecture_names_folders_that_exist(root):
    named = folders_named_in((root / "ARCHITECTURE.md").read_text(encoding="utf-8"))
    assert named
    assert [folder for folder in sorted(named) if not (root / folder).is_dir() and not (root / "src/segue" / folder).is_dir()] == []


def test_the_architecture_names_every_folder(root, files):
    named = folders_named_in((root / "ARCHITECTURE.md").read_text(encoding="utf-8"))
    top = {path.parts[0] for path in files if len(path.parts) > 1 and not path.parts[0].startswith(".")}
    packages = {f"src/segue/{path.parts[2]}" for path in files if path.parts[:2] == ("src", "segue") and len(path.parts) > 3}
    assert sorted(top - named - {"src"}) == []
    assert sorted(packages - named) == []


def test_every_changelog_fragment_is_one_plain_sentence(root, files):
    fragments = [path for path in files if path.parts[0] == "changelog.d" and path.name not in {"README.md", "template.md.jinja"}]
    for path in fragments:
        text = (root / path).read_text(encoding="utf-8").strip()
        assert re.fullmatch(r"[\w.-]+\.(output|added|changed|fixed|removed)\.md", path.name), path
        assert re.fullmatch(r"[^\n]+\.", text), f"{path}: one sentence on one line, with a full stop"
        assert not re.search(r"\. [A-Z]", text), f"{path}: one sentence, not several"


def test_every_decision_is_short_and_dated(root, files):
    decisions = [path for path in files if path.parts[:2] == ("docs", "adr") and path.name != "README.md"]
    for path in decisions:
        text = (root / path).read_text(encoding="utf-8")
        assert re.match(r"\d{4}-[\w-]+\.md$", path.name), path
        assert text.startswith("# "), path
        assert len(text.splitlines()) <= 60, f"{path}: at most 60 lines"
        if path.name != "0000-template.md":
            assert re.search(r"20\d\d-\d\d-\d\d", text), f"{path}: says when it was decided"


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "GLOSSARY.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/guide/*.md"])
def test_links_between_documents_lead_somewhere(root, name):
    for document in root.glob(name):
        links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
        assert [link for link in links if not (document.parent / link).exists()] == [], document

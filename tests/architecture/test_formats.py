"""Nothing about a format is written twice: its name occurs in its own folder and in the catalogue only."""

from __future__ import annotations

import ast

import pytest

from segue.formats.catalog import FORMATS
from segue.formats.format import load


def strings(tree):
    """Every text in a module that is not a docstring, with its line."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value, node.lineno


BELOW_FORMATS = {"codecs", "geometry", "measure", "render", "transform", "tasks", "storage"}
"""They cannot choose by format: they may not import one. Some formats are called by plain words (numpy), or like the program
whose measurements have its name, too."""
PLAIN_WORDS = {"table"}
"""Names of formats that are words of the model, too (GLOSSARY.md)."""


def test_no_format_name_leaks_into_other_code(root, files):
    leaks = []
    for path in files:
        if path.suffix != ".py" or path.parts[:2] != ("src", "segue") or path.parts[2] in BELOW_FORMATS or path.name == "catalog.py":
            continue
        own = path.parts[3].replace("_", "-") if path.parts[2] == "formats" and len(path.parts) > 4 else None
        found = strings(ast.parse((root / path).read_text(encoding="utf-8")))
        leaks += [f"{path}:{line} {text!r}" for text, line in found if text in FORMATS and text != own and text not in PLAIN_WORDS]
    assert leaks == []


@pytest.mark.parametrize("name", FORMATS)
class TestEveryFormat:
    def folder(self, root, name):
        return root / "src/segue/formats" / name.replace("-", "_")

    def test_has_a_record_and_a_readme_in_a_folder_of_its_name(self, root, name):
        assert (self.folder(root, name) / "spec.py").is_file()
        assert (self.folder(root, name) / "README.md").read_text(encoding="utf-8").startswith("# ")

    def test_names_only_code_that_exists(self, name):
        record = FORMATS[name]
        for part in (record.detect, record.reader, record.fit, record.writer, record.read_options, record.write_options, record.blocks):
            assert part is None or callable(load(part))

    def test_says_where_it_is_specified(self, name):
        reference = FORMATS[name].specification
        assert reference.title
        assert len(reference.read_on.split("-")) == 3

    def test_has_a_writer_exactly_if_it_says_what_fits(self, name):
        assert (FORMATS[name].fit is None) == (FORMATS[name].writer is None)

    def test_says_which_pixels_it_holds_exactly_if_it_is_written_block_by_block(self, name):
        assert (FORMATS[name].blocks is None) == (FORMATS[name].holds is None)

    def test_explains_what_it_keeps_only_approximately(self, name):
        assert [feature for feature, kept in FORMATS[name].keeps.items() if not kept.exactly and not kept.how] == []


def test_every_folder_of_a_format_is_in_the_catalogue(root, files):
    folders = {path.parts[3].replace("_", "-") for path in files if path.parts[:3] == ("src", "segue", "formats") and len(path.parts) > 4}
    assert {folder for folder in folders if not folder.endswith("-files")} == set(FORMATS)  # NAME_files: what formats share

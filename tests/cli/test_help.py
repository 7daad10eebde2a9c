"""Help, lists and start-up."""

from __future__ import annotations

import json

import pytest

from segue.cli import COMMANDS


def test_segue_alone_names_every_command(segue_command):
    done = segue_command()
    assert done.returncode == 0
    assert all(f"  {name} " in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(segue_command, name):
    done = segue_command(name, "--help")
    assert done.returncode == 0
    assert f"  segue {name}" in done.stdout.split("Options:")[0].split("\n", 2)[2]


def test_formats_are_listed_and_explained(segue_command):
    listed = json.loads(segue_command("formats", "--json").stdout)
    assert len(listed) >= 6
    text = segue_command("formats").stdout
    for record in listed:
        assert record["name"] in text
        about = segue_command("formats", record["name"])
        assert about.returncode == 0, about.stderr
        assert record["title"] in about.stdout


def test_an_unknown_command_is_a_usage_error(segue_command):
    assert segue_command("covnert").returncode == 2

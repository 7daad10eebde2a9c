"""What is a project, and what is only a batch of folders."""

from __future__ import annotations

import pytest
import tifffile
from tests.formats.mantis_project.conftest import GREY

from segue.errors import WrongFormat
from segue.formats.detect import detect
from segue.storage.source import Source
from segue.workflow.pairing import files_of


def test_a_folder_with_the_database_is_a_project(project):
    project.image_set("a", "CD3").database()
    assert detect(Source(project.root))[0].name == "mantis-project"
    assert files_of(str(project.root)) == [project.root]


def test_its_image_sets_alone_are_folders_of_channels(project):
    project.image_set("a", "CD3", "CD4").database()
    assert detect(Source(project.root / "a"))[0].name == "channel-folder"


def test_without_the_database_it_is_a_batch_unless_the_user_says_otherwise(project):
    project.image_set("a", "CD3", "CD4").image_set("b", "CD3", "CD4")
    assert [path.name for path in files_of(str(project.root))] == ["a", "b"]
    assert files_of(str(project.root), "mantis-project") == [project.root]
    assert detect(Source(project.root))[0].name == "mantis-project"


def test_a_file_of_that_name_that_is_none_is_no_evidence(project):
    (project.root / ".mantisDb").write_bytes(b"hello")
    with pytest.raises(WrongFormat):
        detect(Source(project.root))


def test_folders_of_images_are_no_projects(project):
    project.image_set("a", "CD3", "CD4", labels=None)
    tifffile.imwrite(project.root / "overview.tif", GREY)
    with pytest.raises(WrongFormat):
        detect(Source(project.root))

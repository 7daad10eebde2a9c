"""Every error has an exit code and an HTTP status of its own kind."""

from __future__ import annotations

import pytest

from segue import errors
from segue.cli.exit_codes import OUR_BUG, code_for
from segue.server.statuses import status_for

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.SegueError) and kind is not errors.SegueError]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_has_both(kind):
    error = kind("why")
    assert code_for(error) not in (0, 1, OUR_BUG)
    assert 400 <= status_for(error) < 600
    assert status_for(error) != 500


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        (errors.UnknownFormat, 2, 400),
        (errors.Malformed, 3, 422),
        (errors.NotFound, 3, 404),
        (errors.NotesRefused, 5, 409),
        (errors.SinkError, 6, 507),
        (errors.MissingDependency, 7, 501),
    ],
)
def test_the_tables_say_what_the_documents_say(kind, code, status):
    assert (code_for(kind("why")), status_for(kind("why"))) == (code, status)

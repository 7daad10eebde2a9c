"""The command line: options -> recipe -> one workflow call -> print. Each command is a file, loaded when it is called."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any

import click

from segue import __version__
from segue.cli.exit_codes import INTERRUPTED, OUR_BUG, USAGE, code_for
from segue.errors import SegueError

COMMANDS = {
    "convert": "any results to any results",
    "export": "pixels: cut out, renormalised, in any type and format",
    "segment": "find the particles of images",
    "measure": "per-segment statistics of images",
    "select": "populations of regions, gates, lists, sets",
    "merge": "import results into a study",
    "render": "pictures with segments, populations, legend, scale bar",
    "edit": "rename, delete, merge, split, relabel, tag",
    "undo": "take back edits and imports of a study",
    "inspect": "what is inside a file",
    "formats": "every format: what it keeps, what opens it",
    "diff": "what differs between two results",
    "run": "a saved recipe again",
    "clean": "delete what runs wrote, and nothing else",
    "demo": "a small study, converted to everything",
}


class Lazy(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"segue.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Lazy, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="segue")
@click.pass_context
def segue(ctx: click.Context) -> None:
    """The results of bioimage analysis, in and out of every tool.

    \b
    segue convert masks/ rois/ --to imagej-roi
    segue convert RoiSet.zip cells.geojson
    segue convert cells.geojson labels.tif --image cells.tif
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main(args: list[str] | None = None) -> None:
    """Run the command line and end the process with the exit code of ``exit_codes``."""
    with _asked_to_end():
        code = _run(args)
    if code == INTERRUPTED:
        _end_now()
    sys.exit(code)


@contextmanager
def _asked_to_end() -> Iterator[None]:
    """SIGTERM is like Ctrl-C: what job queues send when the time is up."""
    try:
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    except ValueError:  # not the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end_now() -> None:
    """After Ctrl-C: end without waiting for threads in the middle of an item, which may take hours; what they have not finished is removed."""
    if not any(thread.name.startswith("segue") for thread in threading.enumerate()):
        return
    from segue.storage import leftovers

    leftovers.remove_mine()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(INTERRUPTED)


def _run(args: list[str] | None) -> int:
    try:
        result: Any = segue.main(args, prog_name="segue", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return USAGE
    except SegueError as error:
        click.echo(f"segue: {error}", err=True)
        return code_for(error)
    except (KeyboardInterrupt, click.exceptions.Abort):
        with suppress(ValueError):  # not the main thread
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second one, which some libraries send on, would end the process without its exit code
        exec("")  # makes ``python -m`` forget an interrupt inside of an ``exec`` (a dataclass being made): it would end by the signal, not with our code
        click.echo("segue: interrupted; nothing half-written was left", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("SEGUE_DEBUG"):
            raise
        click.echo(f"segue: this is a bug of segue ({type(error).__name__}: {error}); run again with SEGUE_DEBUG=1 and report what it prints", err=True)
        return OUR_BUG

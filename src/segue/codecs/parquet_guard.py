"""The process that decodes foreign Parquet, seen from here: started when first needed, used again, replaced when a file ends it."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from segue.errors import SegueError

_START = "import sys,json;sys.path[:]=json.loads(sys.stdin.buffer.readline());from segue.codecs.parquet_worker import serve;serve()"
_STARTING = 60.0
"""Seconds until the process answers for the first time."""


class Ended(Exception):
    """The process ended instead of answering: the file made it abort, or take too long."""


class Guard:
    """One process. Not to be shared by threads: `ask` below takes care of that."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        command = [sys.executable, "-I", "-c", _START]
        pipe, void = subprocess.PIPE, subprocess.DEVNULL
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=void, creationflags=flags)
        if "ready" not in self._exchange(json.dumps([path for path in sys.path if path]), _STARTING):
            raise OSError("the process for Parquet does not start")

    def ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The answer.

        Raises
        ------
        Ended
        """
        return self._exchange(json.dumps(request), seconds)

    def _exchange(self, line: str, seconds: float) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        timer = threading.Timer(seconds, self.process.kill)
        timer.daemon = True
        timer.start()
        try:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline())
        except (OSError, ValueError) as error:
            self.stop()
            raise Ended from error
        except BaseException:  # Ctrl-C: the next answer would be that of this request
            self.stop()
            raise
        finally:
            timer.cancel()
        found: dict[str, Any] = answer
        return found

    def stop(self) -> None:
        """End the process; one that another process made is only forgotten."""
        if os.getpid() != self.owner:
            return
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue

    @property
    def alive(self) -> bool:
        return self.owner == os.getpid() and self.process.poll() is None


_lock = threading.Lock()
_guards: list[Guard] = []


def possible() -> bool:
    """Whether this program is a Python interpreter that can be started again (a frozen application is not)."""
    return bool(sys.executable) and not getattr(sys, "frozen", False) and Path(sys.executable).stem.lower().startswith(("python", "pypy"))


def ask(request: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Ask the process of this program; it is started where there is none.

    Raises
    ------
    Ended
        The file made the process end.
    SegueError
        No process can be started.
    """
    with _lock:
        while _guards and not _guards[-1].alive:
            _guards.pop().stop()
        if not _guards:
            try:
                _guards.append(Guard())
            except (OSError, Ended) as error:
                raise SegueError("segue reads Parquet of others in a process of its own, and none can be started; free some memory and try again") from error
        return _guards[-1].ask(request, seconds)


def stop() -> None:
    """End the process, if there is one; a later request starts another."""
    with _lock:
        while _guards:
            _guards.pop().stop()


def _after_fork() -> None:
    """A forked process has a lock and pipes that are not its own."""
    global _lock
    _lock = threading.Lock()
    _guards.clear()


atexit.register(stop)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

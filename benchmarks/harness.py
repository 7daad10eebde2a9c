"""Measuring contenders for the same job fairly.

Every contender runs in a process of its own, and the processes of all contenders alternate round by round, so that a busy machine hurts all
alike. Within a process: set-up and warm-up (not timed; kernels are compiled here), then the timed calls. Reported are medians, the time of all
processors together (which other work on the machine disturbs less), the ratio to the best peer and to the physical limit of the same case, and
the peak memory above the state after set-up.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Self

OURS, PEER, LIMIT = "segue", "peer", "limit"


@dataclass(frozen=True)
class Contender:
    """One way to do the job. ``make`` prepares everything and returns the function to time; ``facts`` looks at its result afterwards."""

    name: str
    make: Callable[[], Callable[[], Any]]
    role: str = PEER
    case: str = ""
    needs: tuple[str, ...] = ()
    rounds: int | None = None
    calls: int = 1
    facts: Callable[[Any], dict[str, Any]] = field(default=lambda result: {})
    exact: bool = True
    """Whether it does the complete job; one that does not is shown, but is not the peer to beat."""


@dataclass
class Result:
    """The measurements of one contender."""

    contender: Contender
    seconds: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    failure: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.seconds) if self.seconds else float("inf")


def measure(title: str, contenders: Sequence[Contender], *, rounds: int = 5, timeout: int = 600) -> None:
    """The command line of a benchmark: run all contenders, print the table, with ``--markdown FILE`` append it there too."""
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--only", default="", help="contenders whose name contains one of these, comma-separated")
    parser.add_argument("--markdown", type=Path, help="append the table to this file")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one is not None:
        print("@@" + json.dumps(_time(contenders[given.one])))
        return
    wanted = [part for part in given.only.split(",") if part]
    results = [Result(one) for one in contenders]
    chosen = [(number, result) for number, result in enumerate(results) if not wanted or any(part in result.contender.name for part in wanted)]
    for turn in range(given.rounds):
        for number, result in chosen:
            _turn(number, result, turn, timeout)
    text = _report(title, [result for _, result in chosen])
    print(text)
    if given.markdown:
        with given.markdown.open("a", encoding="utf-8") as file:
            file.write(text + "\n")


def _turn(number: int, result: Result, turn: int, timeout: int) -> None:
    one = result.contender
    missing = [module for module in one.needs if importlib.util.find_spec(module) is None]
    if missing:
        result.failure = f"not installed: {', '.join(missing)}"
    if result.failure or turn >= (one.rounds or turn + 1):
        return
    try:
        done = subprocess.run([sys.executable, sys.argv[0], "--one", str(number)], capture_output=True, text=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        result.failure = f"more than {timeout} s"
        return
    lines = [line for line in done.stdout.splitlines() if line.startswith("@@")]
    if not lines:
        result.failure = (done.stderr.strip().splitlines() or ["no output"])[-1][:200]
        return
    answer = json.loads(lines[0][2:])
    result.seconds += answer["seconds"]
    result.peaks.append(answer["peak"])
    result.busy += answer["busy"]
    result.facts = answer["facts"]
    print(f"  {turn + 1}  {one.case} {one.name:48s} " + " ".join(f"{second:.4f}" for second in answer["seconds"]), file=sys.stderr, flush=True)


def _time(one: Contender) -> dict[str, Any]:
    work = one.make()
    seconds, busy, peak, result = [], [], 0.0, None
    for _ in range(one.calls):
        result = None
        before = _forget_peak()
        start, began = time.perf_counter(), _busy()
        result = work()
        seconds.append(time.perf_counter() - start)
        busy.append(_busy() - began)
        peak = max(peak, memory("VmHWM") - before)
    return {"seconds": seconds, "busy": busy, "peak": peak, "facts": one.facts(result)}


class Watch:
    """The most memory of this process that is not pages of files, above that of the beginning, while it is watched."""

    def __enter__(self) -> Self:
        self.first, self.most, self._end = memory("RssAnon"), 0.0, threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._end.wait(0.02):
            self.most = max(self.most, memory("RssAnon") - self.first)


def _busy() -> float:
    """Seconds that processors worked for this process and those that it started and saw end."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _forget_peak() -> float:
    """Make the present memory the peak; returns it in MB."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return float("nan")
    return memory("VmRSS")


def memory(key: str) -> float:
    """MB of this process that the system calls ``VmRSS``, ``VmHWM``, ``RssAnon``, ...; NaN where it has no such numbers."""
    try:
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith(key):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return float("nan")


def _report(title: str, results: Sequence[Result]) -> str:
    lines = [f"## {title}", "", _machine(results), ""]
    for case in dict.fromkeys(result.contender.case for result in results):
        lines += [f"### {case}", ""] if case else []
        lines += _table([result for result in results if result.contender.case == case])
    return "\n".join(lines)


def _table(results: Sequence[Result]) -> list[str]:
    peer = min((result.median for result in results if result.contender.role == PEER and result.contender.exact), default=float("inf"))
    limit = min((result.median for result in results if result.contender.role == LIMIT), default=float("inf"))
    lines = ["| contender | median s | least s | processors s | n | best peer / this | this / limit | peak + MB | |", "|---|--:|--:|--:|--:|--:|--:|--:|---|"]
    for result in sorted(results, key=lambda result: result.median):
        one = result.contender
        name = f"**{one.name}**" if one.role == OURS else one.name if one.exact else f"{one.name} (not the whole job)"
        if not result.seconds:
            lines.append(f"| {name} | | | | | | | | {result.failure or 'not run'} |")
            continue
        times = f"{result.median:.4g} | {min(result.seconds):.4g} | {statistics.median(result.busy):.4g}"
        numbers = f"{times} | {len(result.seconds)} | {_ratio(peer, result.median)} | {_ratio(result.median, limit)}"
        lines.append(f"| {name} | {numbers} | {statistics.median(result.peaks):.0f} | {', '.join(f'{k} {v}' for k, v in result.facts.items())} |")
    return [*lines, ""]


def _ratio(one: float, other: float) -> str:
    return f"{one / other:.1f}" if max(one, other) < float("inf") and other > 0 else ""


def _machine(results: Sequence[Result]) -> str:
    packages = sorted({"numpy", "numba", "segue"} | {module.split(".")[0] for result in results for module in result.contender.needs})
    found = [f"{package} {number}" for package in packages if (number := _version(package))]
    return f"{_processor()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {', '.join(found)}."


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _version(package: str) -> str:
    names = {"cv2": "opencv-python-headless", "skimage": "scikit-image"}
    try:
        return version(names.get(package, package))
    except PackageNotFoundError:
        return ""

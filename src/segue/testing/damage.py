"""Law 6: truncated, flipped, empty and random files raise only ``SegueError``, soon, and without eating the memory."""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from segue.errors import SegueError
from segue.model.image import Pixels
from segue.model.study import Study
from segue.storage.source import Source
from segue.testing.laws import Broken
from segue.testing.trips import Trip, content

SECONDS = 10.0
"""Processor time in which a tiny damaged file is read or refused: other programs on the machine do not count. After three times as much it is interrupted."""
MEGABYTES = 400
"""What reading tiny damaged files may need at most."""
SMALL = 400
"""Files up to this size are truncated at every byte."""


def survives(trip: Trip, *, seed: int = 0) -> None:
    """Damage what was written in many ways and read it each time; what is read is looked at, too.

    Parameters
    ----------
    trip
        A study on its way through the format.
    seed
        Which damages are drawn (some 200 for a file; some 500 for a folder, at least 20 for each of its files).
    """
    before = _peak()
    files = content(trip.path)
    many = max(6, 120 * 2 // len(files)) if trip.path.is_dir() else 120
    for name, original in files.items():
        path = trip.path / name if trip.path.is_dir() else trip.path
        for what, damaged in damages(original, random.Random(f"{seed} {name}"), many):
            _put(path, damaged)
            _attempt(trip, f"{name} {what}", before)
        path.unlink()
        _attempt(trip, f"{name} missing", before)
        _put(path, original)


def damages(original: bytes, draw: random.Random, many: int) -> Iterator[tuple[str, bytes]]:
    """(what was done, damaged bytes)."""
    yield "empty", b""
    yield "of random bytes", draw.randbytes(200)
    yield "with random bytes behind it", original + draw.randbytes(50)
    size = len(original)
    ends = range(min(many, 12))
    lengths = range(size) if size <= min(SMALL, 4 * many) else sorted({*draw.sample(range(size), min(many, size)), *ends, *(size - 1 - nth for nth in ends)})
    for length in lengths:
        yield f"cut after {length} of {size} bytes", original[:length]
    for _ in range(many if size else 0):
        place = draw.randrange(size)
        bit = draw.randrange(8)
        yield f"with bit {bit} of byte {place} flipped", original[:place] + bytes([original[place] ^ 1 << bit]) + original[place + 1 :]
    for _ in range(many // 3 if size else 0):
        place, filling = draw.randrange(size), draw.choice((b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"9999"))
        yield f"with {filling.hex()} at byte {place}", original[:place] + filling + original[place + len(filling) :]


def _attempt(trip: Trip, what: str, before: float) -> None:
    name = trip.record.name
    started = time.process_time()
    try:
        with _alarm(3 * SECONDS):
            study, _ = trip.record.read(Source(trip.path))
            with study:
                look_at(study)
    except SegueError:
        pass
    except Exception as error:
        raise Broken(f"{name} breaks law 6 (damaged files): {what}: {error!r} is not a SegueError") from error
    if time.process_time() - started > SECONDS:
        raise Broken(f"{name} breaks law 6 (damaged files): {what}: reading takes more than {SECONDS:g} s of processor time")
    if _peak() - before > MEGABYTES:
        raise Broken(f"{name} breaks law 6 (damaged files): {what}: reading needs more than {MEGABYTES} MB")


def look_at(study: Study) -> None:
    """Read some pixels of every image, so that damage behind a lazy reference shows."""
    for image_set in study.image_sets:
        for pixels in [*(image.pixels for image in image_set.images), *(image.pixels for image in image_set.labels)]:
            _corner(pixels)


def _corner(pixels: Pixels) -> None:
    pixels.read(tuple(slice(0, min(size, 64)) for size in pixels.shape))


def _put(path: Path, data: bytes) -> None:
    """Replace a file by one with another time of change, so that nobody takes it for the one before."""
    at = (path.stat().st_mtime_ns if path.exists() else time.time_ns()) + 1_000_000
    path.write_bytes(data)
    os.utime(path, ns=(at, at))


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Interrupt what computes for ever; only possible in the main thread of a Unix system."""
    if not hasattr(signal, "SIGPROF") or threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGPROF, _interrupt)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)


def _interrupt(*_: object) -> None:
    raise TimeoutError(f"no answer within {3 * SECONDS:g} s")


def _peak() -> float:
    """The most memory that this process has had, MB; 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0.0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

"""What the operating system says when something cannot be written, as one sentence."""

from __future__ import annotations

import errno
import re
from pathlib import Path

from segue.errors import SinkError

_REASONS = {
    errno.ENOSPC: "the disk is full; free some space or choose another place",
    errno.EDQUOT: "your quota on this disk is used up; free some space or choose another place",
    errno.EFBIG: "the file would be larger than this disk allows; choose another place",
    errno.EROFS: "this place is read-only; choose another one",
    errno.EACCES: "permission denied; choose a place that you may write",
    errno.EPERM: "permission denied; choose a place that you may write",
    errno.ENOTDIR: "a part of its path is a file, not a folder",
    errno.EISDIR: "it is a folder",
    errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
    errno.ELOOP: "its links go round in a circle",
    errno.EIO: "the disk reports an error",
}
DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
"""Errors that only writing can cause."""


def code_of(error: OSError) -> int:
    """The error number; HDF5 and polars hide it in the text."""
    hidden = re.search(r"(?:errno = |\(os error )(\d+)", str(error))
    return error.errno or (int(hidden[1]) if hidden else 0)


def sink_error(target: Path, error: OSError | ValueError) -> SinkError:
    """The error for an output that cannot be written."""
    if isinstance(error, ValueError):
        return SinkError(f"{str(target)!r} is not a possible file name", path=target)
    reason = _REASONS.get(code_of(error), error.strerror or str(error))
    return SinkError(f"{target} cannot be written: {reason}", path=target, errno=code_of(error))

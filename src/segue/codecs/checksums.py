"""Checksums of files as other programs state them: ``md5:...`` (Zenodo), ``sha256:...``, or the digits alone, whose number says which it is."""

from __future__ import annotations

import hashlib
from pathlib import Path

_DIGITS = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
_BLOCK = 4 << 20


def checksum(path: Path, algorithm: str = "md5") -> str:
    """``ALGORITHM:DIGITS`` of a file. Memory: 4 MB.

    Raises
    ------
    OSError
    """
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return f"{algorithm}:{digest.hexdigest()}"


def stated(text: str) -> str:
    """A checksum as `checksum` writes it; empty where it cannot be told what it is."""
    head, colon, digits = text.strip().lower().rpartition(":")
    algorithm = head.replace("-", "") if colon else _DIGITS.get(len(digits), "")
    known = _DIGITS.get(len(digits)) == algorithm and not set(digits) - set("0123456789abcdef")
    return f"{algorithm}:{digits}" if known else ""

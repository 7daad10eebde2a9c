"""What a zstd frame says about itself (RFC 8878, 3.1.1.1)."""

from __future__ import annotations


def stated_size(data: bytes | memoryview) -> int | None:
    """Bytes that the first frame holds, None if it does not say.

    Raises
    ------
    ValueError
        It is cut off.
    """
    if len(data) < 6:
        raise ValueError("its zstd frame is cut off")
    flags = data[4]
    single = flags >> 5 & 1
    length = (single, 2, 4, 8)[flags >> 6]
    at = 6 - single + (0, 1, 2, 4)[flags & 3]
    return int.from_bytes(data[at : at + length], "little") + (256 if length == 2 else 0) if length else None

"""Packing with LZW as TIFF has it (TIFF 6.0, section 13)."""

from __future__ import annotations

import numpy as np

from segue.codecs.tiff_lzw import CLEAR, END, FIRST

SMALL = 1 << 12
"""Bytes up to which plain Python is faster than loading the compiled kernel."""
FULL = 4094
"""The table is begun anew when its next entry would have this number, as libtiff does."""


def lzw_encode(data: bytes | memoryview) -> bytes:
    """Packed bytes; the codes begin with a clear code and end with the end code."""
    raw = np.frombuffer(data, np.uint8)
    if raw.size <= SMALL:
        return _plain(raw.tobytes())
    from segue.codecs.tiff_lzw_write_kernel import encode

    out = np.empty(raw.size + raw.size // 2 + 64, np.uint8)
    return out[: encode(raw, out)].tobytes()


def _plain(data: bytes) -> bytes:
    codes: list[tuple[int, int]] = [(CLEAR, 9)]
    table: dict[tuple[int, int], int] = {}
    width, prefix = 9, -1
    for value in data:
        known = value if prefix < 0 else table.get((prefix, value), -1)
        if known >= 0:
            prefix = known
            continue
        codes.append((prefix, width))
        table[prefix, value] = FIRST + len(table)
        prefix = value
        width = _after(len(table), width, codes)
        if width == 9 and codes[-1][0] == CLEAR:
            table.clear()
    if prefix >= 0:
        codes.append((prefix, width))
        width = _after(len(table) + 1, width, codes)
    codes.append((END, width))
    bits = "".join(f"{code:0{size}b}" for code, size in codes)
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")


def _after(entries: int, width: int, codes: list[tuple[int, int]]) -> int:
    """The width of the next code, once the table has so many entries; a full table is cleared."""
    if FIRST + entries == FULL:
        codes.append((CLEAR, width))
        return 9
    return width + 1 if FIRST + entries >= 1 << width else width

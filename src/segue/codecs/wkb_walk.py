"""Where the vertices lie in well-known binary (WKB): ISO 13249-3 with Z and M, and the flags of PostGIS (EWKB). No vertex is touched.

Plain Python; ``wkb_kernel`` is the same function, compiled.
"""

from __future__ import annotations

from typing import Any

EMPTY, POINT, LINE, POLYGON, MULTIPOINT, MULTILINE, MULTIPOLYGON, COLLECTION, OTHER, DAMAGED = range(10)
"""What a value is; 1 to 7 are the numbers of WKB."""
RING, PART, SHAPE = 1, 2, 4
"""What begins with a run of vertices."""


def walk(data: Any, start: Any, code: Any, at: Any, count: Any, forms: Any, begins: Any, row: Any) -> int:
    """Find the runs of vertices of many values. Where ``at`` is empty they are only counted, which comes first.

    Parameters
    ----------
    data
        (n,) int8 or bytes: the values, one behind the other.
    start
        (rows + 1,) int64: where each begins.
    code
        (rows,) uint8, written: what each value is. Finding the runs takes the codes that counting them wrote.
    at, count
        (runs,) int64, written: byte at which a run of vertices begins, and how many vertices it has.
    forms
        (runs,) uint8, written: numbers per vertex, + 8 where they are big-endian.
    begins
        (runs,) uint8, written: ``RING | PART | SHAPE``; a value of several lines is several shapes, all points of a multipoint are one ring.
    row
        (runs,) int32, written: the value.

    Returns
    -------
    The number of runs. Values that are empty, of another type or damaged have none.
    """

    def whole(i: int, big: bool) -> int:  # noqa: FBT001
        """The unsigned number of four bytes at i."""
        a, b, c, d = data[i] & 255, data[i + 1] & 255, data[i + 2] & 255, data[i + 3] & 255
        value: int = a << 24 | b << 16 | c << 8 | d if big else d << 24 | c << 16 | b << 8 | a
        return value

    found = 0
    filling = len(at) > 0
    for nth in range(len(code)):
        i, end, before = start[nth], start[nth + 1], found
        if filling and code[nth] == DAMAGED:  # was counted as nothing
            continue
        outer, member, members = 0, -1, 0
        wrong = False
        while member < members and not wrong:  # member -1: the value itself, which holds its members or is the only one
            if i + 5 > end or data[i] & 255 > 1:
                wrong = True
                break
            big = data[i] == 0
            kind = whole(i + 1, big)
            i += 9 if kind & 0x20000000 else 5  # a number of a coordinate system follows
            form, base = (kind & 0x1FFFFFFF) // 1000, (kind & 0x1FFFFFFF) % 1000
            dims = 2 + (kind >> 31 & 1) + (kind >> 30 & 1) + (1 if form == 1 or form == 2 else 2 if form == 3 else 0)
            number = whole(i, big) if base > 1 and i + 4 <= end else 1
            i += 4 if base > 1 else 0
            wrong = form > 3 or dims > 4 or i > end
            if member < 0:
                outer = base if 1 <= base <= 7 else 8
                if outer >= 7 or wrong:
                    break
                member = 0
                if base > 3:
                    members = number
                    wrong = number > (end - i) // 5
                    continue
                members = 1
            wrong = wrong or base != (outer - 3 if outer > 3 else outer)
            rings = number if base == 3 else 1
            if wrong or (base == 3 and rings > (end - i) // 4):
                wrong = True
                break
            for ring in range(rings):
                if base == 3:
                    number = whole(i, big) if i + 4 <= end else 0
                    i += 4
                if i > end or number > (end - i) // (8 * dims) or (number == 0 and rings > 1):
                    wrong = True
                    break
                if number == 0:
                    continue
                if filling:
                    first = found == before
                    at[found], count[found], row[found] = i, number, nth
                    forms[found] = dims + (8 if big else 0)
                    begins[found] = (
                        (SHAPE if first or base == 2 else 0) | (PART if first or (base != 1 and ring == 0) else 0) | (RING if first or base != 1 else 0)
                    )
                found += 1
                i += 8 * dims * number
            member += 1
        if wrong:
            found, code[nth] = before, DAMAGED
        else:
            code[nth] = EMPTY if found == before and outer < 7 else outer
    return found

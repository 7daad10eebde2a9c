# mypy: allow-untyped-defs, allow-untyped-calls
# mypy: disable-error-code="untyped-decorator, no-any-return, call-arg"
# ruff: noqa: ANN001, ANN201, ANN202
"""Packing by Deflate (RFC 1951), compiled: for pixels, where a search for repetitions seldom pays and most is gained by Huffman's codes.

Blocks of ``BLOCK`` bytes get codes of their own. Repetitions are looked for greedily, with one place per hash of four bytes, the more seldom the longer none
was found; one is taken where it costs fewer bits than the bytes that it stands for. zlib's ``decompress`` is the oracle.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from segue.codecs.deflate_codes_kernel import LITERALS, PLACES, codes_of, header
from segue.storage.compiled import njit
from segue.storage.peek_kernel import peek4, peek8, poke8, zeros_before, zeros_behind

Array = np.ndarray[Any, np.dtype[Any]]

BLOCK = 1 << 17
WINDOW = 32_768
LONGEST = 258
HASH_BITS = 12
SLACK = 64
"""Bytes behind the result that may be written."""
SEVEN_BITS, FIVE_BYTES = 0x7F7F7F7F7F7F7F7F, 0x8080808080
"""Of every byte; the highest bit of the first five bytes."""


def _lengths():
    """Length of a repetition -> its symbol, how many bits follow, and their value (RFC 1951, 3.2.5)."""
    table = np.zeros((LONGEST + 1, 3), np.int64)
    length, extra = 3, 0
    for nth in range(28):
        extra = max(nth // 4 - 1, 0)
        for value in range(1 << extra):
            table[length] = 257 + nth, extra, value
            length += 1
    table[LONGEST] = 285, 0, 0
    return table


LENGTHS = _lengths()


def pack(data: Array, *, last: bool, runs: bool) -> Array:
    """Pack bytes.

    Parameters
    ----------
    data
        uint8, contiguous.
    last
        Whether the stream ends here; else it goes on behind a whole byte (as after zlib's ``Z_SYNC_FLUSH``).
    runs
        Whether only runs of one byte are looked for.

    Returns
    -------
    The bytes of the stream.
    """
    given = data.view()
    given.flags.writeable = False  # or the kernel would be compiled twice
    out = np.empty(most_packed(data.size), np.uint8)
    return out[: _pack(given, last, runs, out)]


def most_packed(size: int) -> int:
    """Bytes that so many bytes take when they are packed, at most: blocks that do not get smaller are stored."""
    return size + (size // BLOCK + 1) * 512 + 5 * (size // 65_535 + 1) + SLACK


@njit(nogil=True)
def _pack(data, last, runs, out):
    """How many bytes of ``out`` a packed stream takes."""
    size = data.size
    table = np.full(0 if runs else 1 << HASH_BITS, -WINDOW - 1, np.int32)
    found = np.empty((BLOCK // 4 + 2, 3), np.int64)
    counts = np.empty(LITERALS + PLACES, np.int64)
    codes = np.empty((LITERALS + PLACES, 2), np.int64)
    at = acc = bits = start = np.int64(0)
    while start < size:
        stop = min(start + BLOCK, size)
        at, acc, bits = pack_block(data, start, stop, 1 if last and stop == size else 0, runs, table, found, counts, codes, out, at, acc, bits)
        start = stop
    if not last or size == 0:
        at, acc, bits = stored(data, size, size, 1 if last else 0, out, at, acc, bits)
    poke8(out, at, acc)
    return at + (bits + 7) // 8


@njit(nogil=True)
def pack_block(data, start, stop, end, runs, table, found, counts, codes, out, at, acc, bits):
    """Pack ``data[start:stop]`` as one block behind what was packed before; ``end`` is 1 for the last one.

    ``table``, ``found`` (at least a row for four bytes, and two), ``counts`` and ``codes`` are room to work in; ``table`` is not looked at for runs.
    """
    prices = np.empty(256, np.int64)
    price = _price(data, start, stop, counts, prices)
    number = _runs(data, start, stop, prices, found, counts) if runs else _repetitions(data, start, stop, price, table, found, counts)
    if codes_of(counts, codes) >= (stop - start) * 8:
        return stored(data, start, stop, end, out, at, acc, bits)
    at, acc, bits = header(codes, end, out, at, acc, bits)
    return _symbols(data, start, found, number, codes, out, at, acc, bits)


@njit(nogil=True)
def _price(data, start, stop, counts, prices):
    """Count the bytes of a block; 256ths of a bit that each of them costs about, and that one costs on average: the entropy; at least one bit."""
    more = np.zeros((4, 256), np.int64)  # one counter after the other: a run would wait for its own last step
    counts[:] = 0
    at = start
    while at + 8 <= stop:
        eight = peek8(data, at)
        for k in range(4):
            more[k, eight >> 8 * k & 255] += 1
        for k in range(4):
            more[k, eight >> 8 * k + 32 & 255] += 1
        at += 8
    for k in range(at, stop):
        counts[data[k]] += 1
    bits, size = 0.0, stop - start
    for k in range(256):
        counts[k] += more[0, k] + more[1, k] + more[2, k] + more[3, k]
        one = np.log2(size / counts[k]) if counts[k] else 0.0
        bits += counts[k] * one
        prices[k] = np.int64(max(one, 1.0) * 256)
    counts[256] = 1
    return np.int64(max(bits / size, 1.0) * 256)


@njit(nogil=True)
def _repetitions(data, start, stop, price, table, found, counts):
    """Rows of (bytes before it, length, distance) of repetitions; the last one has the length 0. ``counts`` becomes that of the symbols that say all this."""
    number, anchor, at = np.int64(0), start, start
    while at + 8 <= stop:
        four = peek4(data, at)
        place = ((four * 2654435761) >> (32 - HASH_BITS)) & ((1 << HASH_BITS) - 1)
        before = np.int64(table[place])
        table[place] = at
        distance = at - before
        length = _equal(data, before, at, min(stop - at, LONGEST)) if distance <= WINDOW and peek4(data, before) == four else 0
        if length * price < (76 - zeros_before(distance)) << 8:
            at += 1 + ((at - anchor) >> 5)
            continue
        number = _take(data, anchor, at, length, distance, number, found, counts)
        at += length
        anchor = at
    found[number, 0], found[number, 1] = stop - anchor, 0
    return number + 1


@njit(nogil=True)
def _runs(data, start, stop, prices, found, counts):
    """As `_repetitions`, but only of the byte before."""
    number, anchor, at = np.int64(0), start, max(start, 1)
    while at + 8 <= stop:
        same = _four_zeros(peek8(data, at) ^ peek8(data, at - 1))
        if same == 0:
            at += 5
            continue
        at += zeros_behind(same) >> 3
        length, byte = _equal(data, at - 1, at, min(stop - at, LONGEST)), data[at]
        if length * prices[byte] >= 8 << 8:
            found[number, 0], found[number, 1], found[number, 2] = at - anchor, length, 1
            counts[byte] -= length
            counts[LENGTHS[length, 0]] += 1
            counts[LITERALS] += 1
            number += 1
            anchor = at + length
        at += length
    found[number, 0], found[number, 1] = stop - anchor, 0
    return number + 1


@njit(nogil=True)
def _four_zeros(eight):
    """The highest bit of each of the first five bytes of a number that begins a row of four zeros; all other bits are 0."""
    zeros = ~((eight & SEVEN_BITS) + SEVEN_BITS | eight | SEVEN_BITS)
    zeros &= zeros >> 8
    return zeros & zeros >> 16 & FIVE_BYTES


@njit(nogil=True)
def _equal(data, before, at, most):
    """How many bytes from two places on are the same, of which four are known to be."""
    length = 4
    while length + 8 <= most:
        differs = peek8(data, at + length) ^ peek8(data, before + length)
        if differs:
            return length + (zeros_behind(differs) >> 3)
        length += 8
    while length < most and data[at + length] == data[before + length]:
        length += 1
    return length


@njit(nogil=True)
def _take(data, anchor, at, length, distance, number, found, counts):
    """Note a repetition."""
    found[number, 0], found[number, 1], found[number, 2] = at - anchor, length, distance
    for k in range(at, at + length):
        counts[data[k]] -= 1
    counts[LENGTHS[length, 0]] += 1
    counts[LITERALS + _place(distance)[0]] += 1
    return number + 1


@njit(nogil=True)
def _place(distance):
    """A distance -> its symbol, how many bits follow, and their value."""
    far = distance - 1
    if far < 4:
        return far, 0, 0
    extra = 62 - zeros_before(far)
    return 2 * extra + (far >> extra), extra, far & ((1 << extra) - 1)


@njit(nogil=True)
def _symbols(data, start, found, number, codes, out, at, acc, bits):
    """The bytes and repetitions of a block. No more than 63 bits wait in ``acc`` at a time: codes have at most 14."""
    both = np.empty(256, np.int64)
    for k in range(256):
        both[k] = codes[k, 0] << 8 | codes[k, 1]
    where = start
    for nth in range(number):
        stop = where + found[nth, 0]
        while where + 4 <= stop:
            four = peek4(data, where)
            a, b, c, d = both[four & 255], both[four >> 8 & 255], both[four >> 16 & 255], both[four >> 24 & 255]
            width = (a & 255) + (b & 255)
            first, second = a >> 8 | b >> 8 << (a & 255), c >> 8 | d >> 8 << (c & 255)
            acc |= (first | second << width) << bits
            bits += width + (c & 255) + (d & 255)
            poke8(out, at, acc)
            at += bits >> 3
            acc >>= bits & ~7
            bits &= 7
            where += 4
        while where < stop:
            a = both[data[where]]
            acc |= a >> 8 << bits
            bits += a & 255
            where += 1
        poke8(out, at, acc)
        at += bits >> 3
        acc >>= bits & ~7
        bits &= 7
        length = found[nth, 1]
        if length:
            symbol, extra, value = LENGTHS[length, 0], LENGTHS[length, 1], LENGTHS[length, 2]
            acc |= (codes[symbol, 0] | value << codes[symbol, 1]) << bits
            bits += codes[symbol, 1] + extra
            symbol, extra, value = _place(found[nth, 2])
            symbol += LITERALS
            acc |= (codes[symbol, 0] | value << codes[symbol, 1]) << bits
            bits += codes[symbol, 1] + extra
            poke8(out, at, acc)
            at += bits >> 3
            acc >>= bits & ~7
            bits &= 7
            where += length
    acc |= codes[256, 0] << bits
    bits += codes[256, 1]
    poke8(out, at, acc)
    at += bits >> 3
    return at, acc >> (bits & ~7), bits & 7


@njit(nogil=True)
def stored(data, start, stop, end, out, at, acc, bits):
    """Bytes as they are, in pieces of 65,535; none is a piece, too."""
    while True:
        size = min(stop - start, 65_535)
        acc |= (1 if end and start + size == stop else 0) << bits
        poke8(out, at, acc)
        at += (bits + 3 + 7) // 8
        poke8(out, at, size | (~size & 0xFFFF) << 16)
        at += 4
        for k in range(size):
            out[at + k] = data[start + k]
        at += size
        start += size
        acc = bits = np.int64(0)
        if start >= stop:
            return at, acc, bits

# mypy: allow-untyped-defs, allow-untyped-calls
# mypy: disable-error-code="untyped-decorator, no-any-return, call-arg, assignment"
# ruff: noqa: ANN001, ANN201, ANN202
"""Huffman's codes of a block of Deflate (RFC 1951, 3.2.2 and 3.2.7), compiled."""

from __future__ import annotations

import numpy as np

from segue.storage.compiled import njit
from segue.storage.peek_kernel import poke8

LITERALS, PLACES = 286, 30
"""Symbols of bytes, the end and lengths; symbols of distances. Arrays have the second behind the first."""
MOST_BITS = 14
ORDER = np.array([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15])
"""In which the lengths of the codes of lengths stand in a header."""


@njit(nogil=True)
def codes_of(counts, codes):
    """Make the codes (bits, how many) of both alphabets; returns how many bits the block will have, about 100 bytes of header among them."""
    most = np.int64(MOST_BITS)
    _code(counts[:LITERALS], codes[:LITERALS], most)
    _code(counts[LITERALS:], codes[LITERALS:], most)
    price = 800
    for k in range(LITERALS + PLACES):
        price += counts[k] * codes[k, 1]
    for k in range(265, 285):
        price += counts[k] * ((k - 261) // 4)
    for k in range(4, PLACES):
        price += counts[LITERALS + k] * (k // 2 - 1)
    return price


@njit(nogil=True)
def _code(counts, codes, most):
    """A canonical code, at most ``most`` bits long, for the symbols that occur; at least two symbols get one, so that the code is complete."""
    for _ in range(2):
        used = 0
        for symbol in range(counts.size):
            used += counts[symbol] > 0
        if used < 2:
            counts[0 if counts[0] == 0 else 1] = 1
    order = np.empty(counts.size, np.int64)
    size = 0
    for symbol in range(counts.size):
        codes[symbol, 1] = 0
        if counts[symbol]:
            order[size] = counts[symbol] << 9 | symbol
            size += 1
    order = order[:size]
    _sort(order)
    _assign(order, _lengths(order, most), codes)


@njit(nogil=True)
def _sort(values):
    """Sort a few hundred numbers in place (Shell's way: compiled in a moment, unlike numba's own)."""
    for gap in (132, 57, 23, 10, 4, 1):
        for k in range(gap, values.size):
            value, at = values[k], k
            while at >= gap and values[at - gap] > value:
                values[at] = values[at - gap]
                at -= gap
            values[at] = value


@njit(nogil=True)
def _lengths(order, most):
    """How many codes have each length: Huffman's, then shortened to ``most`` bits."""
    size = order.size
    weight, parent = np.empty(2 * size, np.int64), np.zeros(2 * size, np.int64)
    for k in range(size):
        weight[k] = order[k] >> 9
    leaf, node = 0, size
    for new in range(size, 2 * size - 1):
        total = 0
        for _ in range(2):
            if leaf < size and (node >= new or weight[leaf] <= weight[node]):
                child = leaf
                leaf += 1
            else:
                child = node
                node += 1
            total += weight[child]
            parent[child] = new
        weight[new] = total
    depth, many = np.zeros(2 * size, np.int64), np.zeros(most + 1, np.int64)
    for k in range(2 * size - 3, -1, -1):
        depth[k] = depth[parent[k]] + 1
        if k < size:
            many[min(depth[k], most)] += 1
    total = 0
    for length in range(1, most + 1):
        total += many[length] << (most - length)
    while total > 1 << most:
        many[most] -= 1
        length = most - 1
        while not many[length]:
            length -= 1
        many[length] -= 1
        many[length + 1] += 2
        total -= 1
    return many


@njit(nogil=True)
def _assign(order, many, codes):
    """The rarest symbols get the longest codes; codes of one length follow each other in the order of the symbols, their first bit lowest."""
    most = many.size - 1
    at = 0
    for length in range(most, 0, -1):
        for _ in range(many[length]):
            codes[order[at] & 511, 1] = length
            at += 1
    following = np.zeros(most + 2, np.int64)
    for length in range(1, most + 1):
        following[length + 1] = (following[length] + many[length]) << 1
    for symbol in range(codes.shape[0]):
        length = codes[symbol, 1]
        if length:
            value, turned = following[length], 0
            following[length] += 1
            for _ in range(length):
                turned = turned << 1 | value & 1
                value >>= 1
            codes[symbol, 0] = turned


@njit(nogil=True)
def header(codes, end, out, at, acc, bits):
    """The head of a block with codes of its own: how long the code of every symbol is."""
    literals, places = np.int64(257), np.int64(1)
    for k in range(257, LITERALS):
        if codes[k, 1]:
            literals = k + 1
    for k in range(1, PLACES):
        if codes[LITERALS + k, 1]:
            places = k + 1
    told = np.empty((literals + places, 2), np.int64)
    number = _told(codes, literals, places, told)
    many = np.zeros(19, np.int64)
    for k in range(number):
        many[told[k, 0]] += 1
    of_lengths = np.zeros((19, 2), np.int64)
    _code(many, of_lengths, np.int64(7))
    listed = 19
    while listed > 4 and of_lengths[ORDER[listed - 1], 1] == 0:
        listed -= 1
    at, acc, bits = _put(out, at, acc, bits, end | 2 << 1 | (literals - 257) << 3 | (places - 1) << 8 | (listed - 4) << 13, 17)
    for k in range(listed):
        at, acc, bits = _put(out, at, acc, bits, of_lengths[ORDER[k], 1], 3)
    for k in range(number):
        symbol = told[k, 0]
        at, acc, bits = _put(out, at, acc, bits, of_lengths[symbol, 0], of_lengths[symbol, 1])
        if symbol > 15:
            at, acc, bits = _put(out, at, acc, bits, told[k, 1], 2 if symbol == 16 else 3 if symbol == 17 else 7)
    return at, acc, bits


@njit(nogil=True)
def _told(codes, literals, places, told):
    """The lengths with their repetitions: 16 = the last one 3 to 6 times, 17 = zero 3 to 10 times, 18 = zero 11 to 138 times."""
    lengths = np.empty(literals + places, np.int64)
    for k in range(literals):
        lengths[k] = codes[k, 1]
    for k in range(places):
        lengths[literals + k] = codes[LITERALS + k, 1]
    number, at = 0, 0
    while at < lengths.size:
        value, run = lengths[at], 1
        while at + run < lengths.size and lengths[at + run] == value:
            run += 1
        at += run
        if value:
            told[number, 0] = value
            number += 1
            run -= 1
        while run > 2:
            most = 6 if value else 10 if run < 11 else 138
            part = min(run, most)
            told[number, 0] = 16 if value else 17 if run < 11 else 18
            told[number, 1] = part - (11 if told[number, 0] == 18 else 3)
            number += 1
            run -= part
        for _ in range(run):
            told[number, 0] = value
            number += 1
    return number


@njit(nogil=True)
def _put(out, at, acc, bits, value, width):
    acc |= value << bits
    bits += width
    poke8(out, at, acc)
    return at + (bits >> 3), acc >> (bits & ~7), bits & 7

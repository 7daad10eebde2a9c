"""Memberships, compared and counted in arrays, are what plain Python finds one by one."""

from __future__ import annotations

from collections import Counter

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from segue.model.diff_populations import compare_membership
from segue.model.features import Feature
from segue.model.populations import SCHEMA, Membership, codes, members

NAMES = ("a", "b", "c", "")
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 4)), unique=True, max_size=8)


@st.composite
def memberships(draw):
    """Any order, with gaps, made on any labels."""
    pairs = draw(PAIRS)
    places = [draw(st.permutations(range(len(pairs)))) for _ in range(2)]
    labels = draw(st.lists(st.sampled_from(["x", "y", None]), min_size=len(pairs), max_size=len(pairs)))
    rows = [(*pair, *place, label) for pair, *place, label in zip(pairs, *places, labels, strict=True)]
    return Membership(pl.DataFrame(rows, schema=SCHEMA, orient="row"))


def plainly(a, b, to, partners):
    """How many memberships are missing, added, elsewhere in the order, or made on other labels."""
    left = {(partners.get(name, name), to.get(row)): rest for name, row, *rest in a.frame.rows()}
    right = {(name, row): rest for name, row, *rest in b.frame.rows()}
    both = [one for one in left if one in right]
    differs = {one for one in both if left[one][2] != right[one][2]}
    for owner, place in ((0, 0), (1, 1)):
        for name in {one[owner] for one in both}:
            mine = [one for one in both if one[owner] == name]
            orders = [sorted(mine, key=lambda one, side=side: side[one][place]) for side in (left, right)]
            differs |= {one for one in mine if orders[0].index(one) != orders[1].index(one)}
    return len(a) + len(b) - 2 * len(both) + len(differs)


@given(
    memberships(), memberships(), st.permutations(range(5)), st.integers(0, 5), st.sampled_from([{"a": "a", "b": "b", "c": "c", "": ""}, {"a": "b", "b": "a"}])
)
def test_differences_are_those_of_plain_python(a, b, order, matched, partners):
    to = dict(zip(range(matched), order[:matched], strict=True))
    pairs = pl.DataFrame({"a": list(to), "b": list(to.values())}, schema={"a": pl.Int32, "b": pl.Int32})
    found = Counter()
    compare_membership(a, b, pairs, partners, found)
    assert found[Feature.MEMBERSHIP] == plainly(a, b, to, partners)


@given(PAIRS)
def test_places_are_counted(pairs):
    frame = Membership.of(pl.DataFrame(pairs, schema={"population": pl.Utf8, "object": pl.Int32}, orient="row")).frame
    assert frame["nth_in_population"].to_list() == [[one[0] for one in pairs[:nth]].count(pair[0]) for nth, pair in enumerate(pairs)]
    assert frame["nth_of_object"].to_list() == [[one[1] for one in pairs[:nth]].count(pair[1]) for nth, pair in enumerate(pairs)]


@given(PAIRS, st.lists(st.sampled_from(NAMES), unique=True))
def test_members_in_their_order(pairs, wanted):
    membership = Membership.of(pl.DataFrame(pairs, schema={"population": pl.Utf8, "object": pl.Int32}, orient="row"))
    found = {wanted[nth]: rows.tolist() for nth, rows in members(wanted, membership)}
    assert found == {name: rows for name in wanted if (rows := [row for own, row in pairs if own == name])}
    assert codes(membership.frame["population"], NAMES).to_list() == [NAMES.index(name) for name, _ in pairs]

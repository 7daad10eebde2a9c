"""Objects have ids; labels are unique where they count; ids are made up only where there are none."""

from __future__ import annotations

import polars as pl
import pytest

from segue.model.objects import SCHEMA, Objects, default_ids, repeated_labels, unique_texts


def objects(**columns):
    return Objects(pl.DataFrame(columns))


class TestObjects:
    def test_fill_in_what_is_not_given(self):
        table = objects(id=["a"])
        assert dict(table.frame.schema) == SCHEMA
        assert table.frame.row(0) == ("a", None, None, None, None, None, None, False)

    @pytest.mark.parametrize("ids", [["a", "a"], ["a", None]])
    def test_need_unique_ids(self, ids):
        with pytest.raises(ValueError, match="ids of objects are present and unique"):
            objects(id=ids)

    def test_without_any_id_are_refused(self):
        with pytest.raises(ValueError, match="ids of objects"):
            objects(name=["a"])

    @pytest.mark.parametrize(
        "columns",
        [
            {"label": [1, 1]},
            {"label": [1, 1], "layer": ["cells", "cells"]},
            {"label": [1, 1], "layer": [None, None], "t": [3, 3]},
            {"label": [2**64 - 1, 2**64 - 1]},
        ],
    )
    def test_refuse_a_label_twice_in_a_layer_at_a_time(self, columns):
        with pytest.raises(ValueError, match="labels of objects are unique"):
            objects(id=["a", "b"], **{**columns, "label": pl.Series(columns["label"], dtype=pl.UInt64)})

    @pytest.mark.parametrize(
        "columns",
        [{"label": [1, 1], "layer": ["cells", "nuclei"]}, {"label": [1, 1], "t": [0, 1]}, {"label": [1, 1], "t": [0, None]}, {"label": [None, None]}],
    )
    def test_may_use_a_label_again_elsewhere(self, columns):
        assert len(objects(id=["a", "b"], **columns)) == 2

    def test_hold_labels_up_to_64_bits(self):
        assert objects(id=["a"], label=pl.Series([2**64 - 1], dtype=pl.UInt64)).frame["label"][0] == 2**64 - 1

    @pytest.mark.parametrize("columns", [{"label": [-1]}, {"label": [1.5]}, {"colour": [2**32]}, {"size": [1]}])
    def test_refuse_values_and_columns_that_they_cannot_hold(self, columns):
        with pytest.raises(ValueError, match="object"):
            objects(id=["a"], **columns)

    def test_take_a_text_for_all_rows(self):
        assert objects(id=["a", "b"]).with_columns(name="id").frame["name"].to_list() == ["id", "id"]

    def test_none_at_all_are_fine(self):
        assert len(Objects.empty()) == 0


class TestDefaultIds:
    def of(self, **columns):
        return default_ids(pl.DataFrame(columns, schema={name: SCHEMA[name] for name in ("layer", "t", "label")})).to_list()

    def test_are_the_labels_as_text(self):
        assert self.of(layer=["labels"] * 3, t=[None] * 3, label=[7, None, 2**64 - 1]) == ["7", "#2", "18446744073709551615"]

    def test_name_the_layer_and_the_time_where_there_are_several(self):
        assert self.of(layer=["a", "b", None], t=[None] * 3, label=[1, 1, None]) == ["a/1", "b/1", "#3"]
        assert self.of(layer=["a", "a"], t=[0, 1], label=[1, 1]) == ["t0/1", "t1/1"]

    def test_do_not_mind_layers_without_labels(self):
        assert self.of(layer=["a", None], t=[None, 3], label=[1, None]) == ["1", "#2"]

    def test_of_nothing_are_nothing(self):
        assert self.of(layer=[], t=[], label=[]) == []


@pytest.mark.parametrize(
    ("texts", "unique"),
    [
        (["a", "b"], ["a", "b"]),
        (["a", "a", "a"], ["a", "a-2", "a-3"]),
        (["a", "a", "a-2"], ["a", "a-2", "a-2-2"]),
        (["a-2", "a", "a"], ["a-2", "a", "a-2-2"]),
        ([], []),
    ],
)
def test_repeated_texts_are_numbered_until_they_are_unique(texts, unique):
    assert unique_texts(pl.Series(texts, dtype=pl.Utf8)).to_list() == unique


def test_the_first_of_equal_labels_is_not_a_repetition():
    frame = pl.DataFrame({"layer": [None, None, "a"], "t": [None] * 3, "label": [1, 1, 1]})
    assert repeated_labels(frame).to_list() == [False, True, False]

"""A study holds together: references lead somewhere, names are unique, and it can be sent to another process."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given

from segue.model.diff import diff
from segue.model.grid import Axis, Grid, grid_of
from segue.model.image import LabelImage
from segue.model.populations import Membership, Population
from segue.model.study import ImageSet, Property, Study
from segue.model.tables import Column, Table
from segue.testing.canonical import canonical
from segue.testing.strategies import studies

CELLS = canonical().image_sets[0]


class TestImageSet:
    @pytest.mark.parametrize("field", ["shapes", "membership", "connections", "tables"])
    def test_refuses_what_refers_to_objects_that_are_not_there(self, field):
        with pytest.raises(ValueError, match="points outside the 0 rows"):
            ImageSet("", **{field: getattr(CELLS, field)})

    def test_refuses_rows_about_nothing(self):
        table = Table("objects", pl.DataFrame({"row": [None], "a": [1.0]}, schema_overrides={"row": pl.Int32}), (Column("a"),))
        with pytest.raises(ValueError, match="table t: column row points outside"):
            replace(CELLS, tables={"t": table})

    def test_refuses_two_label_images_of_one_name(self):
        with pytest.raises(ValueError, match="label images have different names"):
            replace(CELLS, labels=CELLS.labels * 2)

    def test_keeps_its_own_list_of_tables(self):
        tables = dict(CELLS.tables)
        image_set = replace(CELLS, tables=tables)
        tables.clear()
        assert list(image_set.tables) == list(CELLS.tables)


class TestStudy:
    def test_refuses_repeated_ids_of_populations_properties_and_presets(self):
        for field, value in {"populations": Population("p", ("a",)), "properties": Property("p", "a"), "displays": canonical().displays[0]}.items():
            with pytest.raises(ValueError, match="unique"):
                Study(**{field: (value, value)})

    def test_refuses_members_of_a_population_that_is_not_defined(self):
        members = Membership.of(pl.DataFrame({"population": ["p"], "object": [0]}))
        with pytest.raises(ValueError, match="not defined"):
            Study((replace(CELLS, membership=members),))

    def test_closes_once_its_block_ends(self):
        closed = []
        with Study(close=lambda: closed.append(True)):
            assert closed == []
        assert closed == [True]

    def test_changes_every_image_set(self):
        assert [one.name for one in canonical().map(lambda s: replace(s, name="x")).image_sets] == ["x", "x"]

    @given(study=studies())
    def test_can_be_sent_to_another_process(self, study):
        assert diff(study, pickle.loads(pickle.dumps(study))) == {}

    def test_leaves_open_files_behind_when_it_is_sent(self):
        study = replace(canonical(), close=lambda: None)
        assert pickle.loads(pickle.dumps(study)).close is None

    @given(study=studies())
    def test_can_be_looked_at(self, study):
        assert repr(study).startswith(f"Study of {len(study.image_sets)} image set")
        assert all(repr(one).startswith("ImageSet") for one in study.image_sets)

    def test_is_described_in_a_few_lines(self):
        text = repr(canonical())
        assert "objects     3" in text
        assert "measurements: 3 rows, 5 columns" in text
        assert "image: 1 row, 1 column" in text
        assert "populations: Immune / T cells" in text
        assert "... and 2 more" in repr(Study((CELLS,) * 12, canonical().populations))

    def test_does_not_let_names_become_markup(self):
        study = Study((replace(CELLS, name="<script>alert(1)</script>", labels=(replace(CELLS.labels[0], name="<b>"),)),), canonical().populations)
        assert "<script>" not in study._repr_html_()
        assert "<b>" not in study._repr_html_()
        assert "&lt;script&gt;" in study.image_sets[0]._repr_html_()


class TestGrid:
    @pytest.mark.parametrize("names", ["xy", "y", "yxz", "cyx", "yyx", ""])
    def test_has_axes_in_the_order_t_z_y_x(self, names):
        with pytest.raises(ValueError, match=r"grid|axis"):
            Grid(tuple(Axis(name) for name in names))

    @pytest.mark.parametrize("axis", [("q",), ("yx",), ("",), ("y", -1)])
    def test_refuses_axes_and_sizes_that_are_none(self, axis):
        with pytest.raises(ValueError, match=r"axis|size"):
            Axis(*axis)

    def test_of_an_array_leaves_channels_out(self):
        grid = grid_of("xcyt", (3, 2, 4, 5), {"x": (0.5, "um")})
        assert (grid.names, grid.shape) == ("tyx", (5, 4, 3))
        assert (grid.axis("x").scale, grid.axis("y").scale, grid.axis("z")) == (0.5, None, None)

    def test_says_what_it_does_not_know(self):
        assert not Grid().known
        assert grid_of("yx", (3, 4)).known
        assert (Grid().size("y"), Grid().size("z")) == (None, 1)

    def test_forgets_one_thing_at_a_time(self):
        grid = Grid((Axis("t", 5), Axis("z", 2, 1.5, "um"), Axis("y", 3), Axis("x", 3, translation=7.0)), ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))
        assert grid.without_sizes() == replace(grid, axes=(Axis("z", None, 1.5, "um"), Axis("y"), Axis("x", translation=7.0)))
        assert grid.without_scale().without_origin() == Grid((Axis("t", 5), Axis("z", 2), Axis("y", 3), Axis("x", 3)))
        assert grid.without_scale().without_origin().without_sizes() == Grid()


def test_the_model_loads_no_library_that_reads_or_writes():
    heavy = ["zarr", "h5py", "tifffile", "PIL", "numba", "shapely", "orjson", "msgspec", "pydantic", "hypothesis", "click", "rich"]
    modules = "study diff keep select match describe".split()
    code = f"import sys, {', '.join(f'segue.model.{name}' for name in modules)}; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_a_label_image_is_what_objects_refer_to_by_its_name():
    assert isinstance(CELLS.labels[0], LabelImage)
    assert set(CELLS.objects.frame["layer"]) == {CELLS.labels[0].name}

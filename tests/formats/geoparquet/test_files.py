"""What segue writes, and what comes back from other programs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import segue
from segue.errors import InvalidOption, Malformed, SegueError, UnsupportedVariant, WrongFormat
from segue.formats.geoparquet.spec import FORMAT
from segue.model.diff import diff
from segue.model.image import in_memory
from segue.model.tables import Column, Table
from segue.notes import Kind
from segue.storage.sink import FileSink
from segue.storage.source import Source
from segue.testing.canonical import canonical


@pytest.fixture
def written(tmp_path):
    return write(canonical(), tmp_path / "cells.parquet")


def write(study, path):
    with FileSink(path) as sink:
        FORMAT.write(FORMAT.fitted(study), sink)
        return sink.keep()


def read(path, **options):
    return FORMAT.read(Source(Path(path)), FORMAT.options("read", options))


class TestWhatIsWritten:
    def test_geometry_is_described_without_a_place_on_earth(self, written):
        geo = json.loads(pl.read_parquet_metadata(written)["geo"])
        assert geo["version"] == "1.1.0"
        assert geo["columns"]["geometry"]["encoding"] == "WKB"
        assert "crs" in geo["columns"]["geometry"]
        assert geo["columns"]["geometry"]["crs"] is None

    def test_columns(self, written):
        frame = pl.read_parquet(written)
        assert frame.columns[:5] == ["id", "label", "name", "classification", "populations"]
        assert frame.columns[-1] == "geometry"
        assert frame["id"].to_list()[:2] == ["1", "2"]

    def test_everything_that_fits_comes_back(self, written):
        study, notes = read(written)
        assert diff(FORMAT.fitted(canonical()), study) == {}
        assert list(notes) == []

    def test_a_column_that_is_called_nothing_but_a_nul_comes_back(self, tmp_path):
        table = Table("objects", pl.DataFrame({"row": [0, 1], "\0": [True, False], "*": [0.5, None]}), (Column("\0"), Column("*")))
        one = replace(canonical().image_sets[0], tables={"odd": table})
        fitted = FORMAT.fitted(replace(canonical(), image_sets=(one,)))
        assert fitted.image_sets[0].tables["odd"].frame.width == 3
        study, _ = read(write(fitted, tmp_path / "odd.parquet"))
        assert diff(fitted, study) == {}


@pytest.mark.golden
def test_a_mask_goes_there_and_back(golden, tmp_path):
    mask = golden / "stardist" / "mask2d.tif"
    segue.convert(mask, tmp_path / "cells.geoparquet", role="labels")
    segue.convert(tmp_path / "cells.geoparquet", tmp_path / "back.tif")
    before = segue.read(mask, role="labels").image_sets[0].labels[0]
    after = segue.read(tmp_path / "back.tif").image_sets[0].labels[0]
    assert np.array_equal(in_memory(before.pixels), in_memory(after.pixels))


class TestGeoPandas:
    """What GeoPandas reads and writes."""

    @pytest.fixture
    def gpd(self):
        return pytest.importorskip("geopandas")

    @pytest.fixture
    def frame(self, gpd):
        import shapely

        shapes = [shapely.box(0, 0, 1, 1), shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 6, 6)]), None]
        return gpd.GeoDataFrame({"area": [1.5, 2, 3], "cell_type": ["a", "b", None]}, geometry=shapes, index=["x", "y", "z"])

    def saved(self, frame, tmp_path, **how):
        frame.to_parquet(tmp_path / "theirs.parquet", **how)
        return tmp_path / "theirs.parquet"

    def test_it_reads_what_segue_writes(self, gpd, written):
        study, _ = read(written)
        theirs = gpd.read_parquet(written)
        assert theirs.crs is None
        assert theirs["id"].tolist()[:2] == ["1", "2"]
        first = study.image_sets[0].shapes.rings.coord_start[1]
        assert np.array_equal(theirs.geometry[0].exterior.coords[:-1], study.image_sets[0].shapes.rings.coords[: len(theirs.geometry[0].exterior.coords) - 1])
        assert first >= 3

    def test_saving_there_loses_the_entry_only(self, gpd, written, tmp_path):
        saved = self.saved(gpd.read_parquet(written), tmp_path)
        before, after = read(written)[0].image_sets[0], read(saved)[0].image_sets[0]
        assert after.objects.frame.equals(before.objects.frame)
        assert after.shapes.frame.equals(before.shapes.frame)
        assert after.shapes.rings.same(before.shapes.rings).all()
        assert after.name == ""

    def test_an_index_of_texts_is_the_id(self, frame, tmp_path):
        study, _ = read(self.saved(frame, tmp_path), classification="cell_type")
        s = study.image_sets[0]
        assert s.objects.frame["id"].to_list() == ["x", "y", "z"]
        assert s.shapes.frame["object"].to_list() == [0, 1]
        assert [one.name for one in study.populations] == [("a",), ("b",)]
        assert [column.name for column in s.tables["values"].columns] == ["area"]

    def test_an_index_of_numbers_is_hidden_in_the_metadata(self, frame, tmp_path):
        frame.index = [5, 7, 9]
        frame.index.name = "cell"
        s = read(self.saved(frame, tmp_path, write_covering_bbox=True, schema_version="1.1.0"))[0].image_sets[0]
        assert s.objects.frame["id"].to_list() == ["5", "7", "9"]
        assert s.objects.frame["label"].to_list() == [5, 7, 9]
        assert [column.name for column in s.tables["values"].columns] == ["area", "cell_type"]

    def test_exploded_parts_are_one_object(self, frame, tmp_path):
        s = read(self.saved(frame.explode(), tmp_path))[0].image_sets[0]
        assert s.objects.frame["id"].to_list() == ["x", "y"]
        assert s.shapes.frame["object"].to_list() == [0, 1, 1]

    def test_ids_that_mean_several_objects_are_made_different(self, frame, tmp_path):
        import pandas

        study, notes = read(self.saved(pandas.concat([frame, frame.assign(area=9)]), tmp_path))
        assert study.image_sets[0].objects.frame["id"].to_list() == ["x", "y", "z", "x-2", "y-2", "z-2"]
        assert Kind.REPAIRED in {note.kind for note in notes}

    @pytest.mark.parametrize("wkt", ["POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON"])
    def test_native_encodings_are_as_wkb(self, gpd, tmp_path, wkt):
        import shapely

        texts = {
            "POINT": "(1 2)",
            "LINESTRING": "(0 0, 1 1, 2 3)",
            "POLYGON": "((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 1 2, 2 2, 2 1, 1 1))",
            "MULTIPOINT": "((1 1), (2 2))",
            "MULTILINESTRING": "((0 0, 1 1), (2 2, 3 3, 4 4))",
            "MULTIPOLYGON": "(((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 1 2, 2 2, 2 1, 1 1)), ((5 5, 9 5, 9 9, 5 5)))",
        }
        frame = gpd.GeoDataFrame({"id": ["a", "b", "c"]}, geometry=[shapely.from_wkt(f"{wkt} {texts[wkt]}"), None, shapely.from_wkt(f"{wkt} {texts[wkt]}")])
        native = read(self.saved(frame, tmp_path, geometry_encoding="geoarrow", schema_version="1.1.0"))[0]
        assert diff(native, read(self.saved(frame, tmp_path))[0]) == {}
        assert set(native.image_sets[0].shapes.frame["object"]) == {0, 2}

    def test_a_second_geometry_has_the_role_of_its_name(self, frame, tmp_path):
        import geopandas

        frame["nucleus"] = geopandas.GeoSeries(frame.geometry.buffer(-0.2), index=frame.index)
        s = read(self.saved(frame, tmp_path))[0].image_sets[0]
        assert s.shapes.frame.select("object", "role").rows() == [(0, "outline"), (0, "nucleus"), (1, "outline"), (1, "nucleus")]

    def test_a_place_on_earth_is_read_as_pixels_and_said(self, frame, tmp_path):
        _, notes = read(self.saved(frame.set_crs(4326), tmp_path))
        assert ["WGS 84" in str(note) for note in notes] == [True]


class TestFilesOfOthers:
    """Without GeoPandas: tables as other programs make them."""

    def saved(self, tmp_path, frame, stated=None, **metadata):
        path = tmp_path / "shapes.parquet"
        geo = {
            "version": "1.0.0",
            "primary_column": "geometry",
            "columns": {"geometry": {"encoding": "WKB", "geometry_types": [], "crs": None} | (stated or {})},
        }
        frame.write_parquet(path, metadata={"geo": json.dumps(geo), **metadata})
        return path

    def points(self, count=3, **columns):
        import shapely

        return pl.DataFrame({**columns, "geometry": shapely.to_wkb(shapely.points(np.arange(2 * count).reshape(-1, 2))).tolist()})

    def test_ids_beyond_2_53_are_exact(self, tmp_path):
        ids = [2**53 + 1, 2**53 + 2, 2**63 - 1]
        path = self.saved(tmp_path, self.points(id=ids))
        assert read(path)[0].image_sets[0].objects.frame["id"].to_list() == [str(one) for one in ids]
        for target in ("a.geojson", "a.geoparquet"):
            segue.convert(path, tmp_path / target)
            assert segue.read(tmp_path / target).image_sets[0].objects.frame["id"].to_list() == [str(one) for one in ids]

    def test_circles_of_spatialdata(self, tmp_path):
        (tmp_path / "zarr.json").write_text("{}")
        study, notes = read(self.saved(tmp_path, self.points(radius=[1.0, 2.0, 0.5], __index_level_0__=[4, 8, 2])))
        s = study.image_sets[0]
        assert s.shapes.frame["kind"].to_list() == ["oval"] * 3
        assert s.shapes.rings.coords[2:4].tolist() == [[0, 1], [4, 5]]
        assert s.tables == {} or "radius" not in [column.name for column in s.tables["values"].columns]
        assert any("transformation" in str(note) for note in notes)

    def test_micrometres_become_pixels(self, tmp_path):
        study, _ = read(self.saved(tmp_path, self.points()), pixel_size=0.5)
        assert study.image_sets[0].shapes.rings.coords.tolist() == [[0, 2], [4, 6], [8, 10]]
        assert study.image_sets[0].grid.axis("x").scale == 0.5

    def test_a_missing_system_is_said(self, tmp_path):
        path = tmp_path / "x.parquet"
        self.points().write_parquet(path, metadata={"geo": '{"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}'})
        assert [note.kind for note in read(path)[1]] == [Kind.ASSUMED]

    def test_classes_of_qupath(self, tmp_path):
        text = '{"name": "Tumour", "color": [200, 0, 0]}'
        study, _ = read(self.saved(tmp_path, self.points(classification=[text, None, "Stroma"])))
        assert [(one.id, one.colour) for one in study.populations] == [("Tumour", 0xC80000FF), ("Stroma", None)]
        assert study.image_sets[0].membership.frame["object"].to_list() == [0, 2]

    def test_columns_that_only_sound_like_ours_are_values(self, tmp_path):
        study, _ = read(self.saved(tmp_path, self.points(z=[0.5, 1, 2], locked=["yes"] * 3, colour=["red"] * 3, track=[1.5] * 3, kind=["T", "B", "T"])))
        columns = study.image_sets[0].tables["values"].columns
        assert {(one.name, one.type) for one in columns} == {("z", "number"), ("locked", "text"), ("colour", "text"), ("track", "number"), ("kind", "text")}

    def test_values_of_any_type(self, tmp_path):
        from datetime import date

        values = {
            "big": pl.Series([2**64 - 1, 1, 2], dtype=pl.UInt64),
            "day": [date(2026, 1, 2)] * 3,
            "list": [[1, 2], None, []],
            "f": pl.Series([0.5] * 3, dtype=pl.Float32),
        }
        table = read(self.saved(tmp_path, self.points(**values)))[0].image_sets[0].tables["values"]
        assert table.frame.rows()[0] == (0, "18446744073709551615", "2026-01-02", "[1, 2]", 0.5)

    @pytest.mark.parametrize("option", ["id", "label", "classification"])
    def test_a_column_that_is_not_there(self, tmp_path, option):
        with pytest.raises(InvalidOption, match="no column"):
            read(self.saved(tmp_path, self.points(area=[1, 2, 3])), **{option: "nope"})

    def test_names_that_polars_takes_for_patterns(self, tmp_path):
        import shapely

        geometry = shapely.to_wkb(shapely.points([[1, 2], [3, 4]])).tolist()
        frame = pl.DataFrame({"^i$": [5, 6], "^l$": [7, 8], "^c$": ["A", "B"], "^v.*$": [1.5, 2.5], "^v$": [0.5, 1.5], "^g$": geometry})
        geo = {"version": "1.1.0", "primary_column": "^g$", "columns": {"^g$": {"encoding": "WKB", "crs": None}}}
        frame.write_parquet(tmp_path / "x.parquet", metadata={"geo": json.dumps(geo)})
        study, _ = read(tmp_path / "x.parquet", id="^i$", label="^l$", classification="^c$")
        assert study.image_sets[0].objects.frame.select("id", "label").rows() == [("5", 7), ("6", 8)]
        assert study.image_sets[0].tables["values"].frame.rows() == [(0, 1.5, 0.5), (1, 2.5, 1.5)]
        assert diff(read(write(study, tmp_path / "y.parquet"))[0], study) == {}

    def test_other_encodings_are_refused(self, tmp_path):
        with pytest.raises(UnsupportedVariant, match="WKT"):
            read(self.saved(tmp_path, self.points(), {"encoding": "WKT"}))

    @pytest.mark.parametrize(
        "geo", ["", "[]", "{}", '{"columns": 5}', '{"primary_column": "none", "columns": {}}', "[" * 5000, '{"primary_column": [], "columns": {}}']
    )
    def test_descriptions_that_make_no_sense(self, tmp_path, geo):
        self.points().write_parquet(tmp_path / "x.parquet", metadata={"geo": geo})
        with pytest.raises(Malformed):
            read(tmp_path / "x.parquet")

    @pytest.mark.parametrize("entry", ["", "[]", "{}", '{"populations": 5}', '{"populations": [], "tables": [{"name": "x"}]}', "{" * 5000])
    def test_entries_of_segue_that_make_no_sense(self, tmp_path, entry):
        with pytest.raises(Malformed):
            read(self.saved(tmp_path, self.points(), segue=entry))

    @pytest.mark.parametrize("pandas", ["", "[]", '{"index_columns": 5}', '{"index_columns": [{"kind": "range", "name": "i", "start": "x"}]}'])
    def test_descriptions_of_an_index_that_make_no_sense(self, tmp_path, pandas):
        assert len(read(self.saved(tmp_path, self.points(), pandas=pandas))[0].image_sets[0].objects) == 3

    def test_other_tables_are_no_geoparquet(self, tmp_path):
        pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "x.parquet")
        assert FORMAT.evidence(Source(tmp_path / "x.parquet")).score == 0
        with pytest.raises(WrongFormat):
            read(tmp_path / "x.parquet")

    @pytest.mark.parametrize("geometry", [[1, 2, 3], ["a", "b", "c"], [[1.0], [2.0], None], [{"x": 1.0}, None, None]])
    @pytest.mark.parametrize("encoding", ["WKB", "point", "multipolygon"])
    def test_geometry_of_another_type(self, tmp_path, geometry, encoding):
        with pytest.raises(SegueError):
            read(self.saved(tmp_path, pl.DataFrame({"geometry": geometry}), {"encoding": encoding}))

"""A study is readable without segue: plain json, polars, zarr, shapely, and the rules of OME-Zarr and GeoParquet."""

from __future__ import annotations

import io
import json

import numpy as np
import polars as pl
import pytest
import shapely
import zarr
from ome_zarr_models.v05.image import Image as OmeImage
from ome_zarr_models.v05.labels import Labels as OmeLabels

from segue.model.image import in_memory


@pytest.fixture(scope="module")
def stated(rich_folder):
    return json.loads((rich_folder / "study.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def first(stated):
    return stated["image_sets"][0]


class TestStudyJson:
    def test_begins_with_what_it_is(self, stated):
        assert list(stated)[:4] == ["format", "version", "segue", "journal"]
        assert (stated["format"], stated["version"], stated["journal"]) == ("segue-study", 1, None)

    def test_lists_image_sets_in_order(self, rich, stated):
        assert [one["name"] for one in stated["image_sets"]] == [one.name for one in rich.image_sets]

    def test_is_strict_json(self, rich_folder):
        def refuse(token):
            raise AssertionError(token)

        for path in [*rich_folder.rglob("*.json"), *rich_folder.rglob("*.jsonl")]:
            for line in path.read_text(encoding="utf-8").splitlines() if path.suffix == ".jsonl" else [path.read_text(encoding="utf-8")]:
                json.loads(line, parse_constant=refuse)

    def test_names_every_file_with_its_size(self, rich_folder, stated):
        entries = [stated["populations"]]
        for one in stated["image_sets"]:
            entries += [*one["files"].values(), *(table["file"] for table in one["tables"])]
        assert {entry["path"]: entry["bytes"] for entry in entries} == {
            path.relative_to(rich_folder).as_posix(): path.stat().st_size
            for path in rich_folder.rglob("*")
            if path.suffix in (".parquet", ".jsonl") or path.name == "populations.json"
        }


class TestOmeZarr:
    def test_every_image_is_valid(self, rich_folder):
        images = sorted(rich_folder.glob("*/*.ome.zarr"))
        groups = [zarr.open_group(str(path), mode="r") for path in images]
        valid = [OmeImage.from_zarr(group) for group in groups if "multiscales" in group.attrs["ome"]]
        assert len(valid) == len(groups) - 1, "only the group of label images without an image is not an image"

    def test_every_labels_group_is_valid(self, rich_folder):
        groups = sorted(rich_folder.glob("*/*.ome.zarr/labels"))
        assert [len(OmeLabels.from_zarr(zarr.open_group(str(path), mode="r")).ome_attributes.labels) for path in groups] == [4, 2]

    def test_axes_are_in_the_prescribed_order_with_scale_and_unit(self, rich, rich_folder, first):
        path = rich_folder / first["images"][0]["pixels"]["path"]
        multiscale = zarr.open_group(str(path), mode="r").attrs["ome"]["multiscales"][0]
        assert [axis["name"] for axis in multiscale["axes"]] == ["t", "c", "y", "x"]
        assert multiscale["axes"][2] == {"name": "y", "type": "space", "unit": "micrometer"}
        assert multiscale["axes"][3]["unit"] == "parsec"
        scale, translation = multiscale["datasets"][0]["coordinateTransformations"]
        assert scale["scale"] == [1.0, 1.0, 0.25, 0.25]
        assert translation["translation"] == [0.0, 0.0, 3.0, 0.0]

    def test_plain_zarr_reads_the_pixels(self, rich, rich_folder, first):
        array = zarr.open_array(str(rich_folder / first["images"][0]["pixels"]["path"] / "0"), mode="r")
        assert np.array_equal(array[...], in_memory(rich.image_sets[0].images[0].pixels).transpose(2, 0, 1, 3))

    def test_channels_have_names_colours_and_ranges(self, rich_folder, first):
        omero = zarr.open_group(str(rich_folder / first["images"][0]["pixels"]["path"]), mode="r").attrs["ome"]["omero"]
        assert [channel["label"] for channel in omero["channels"]] == ["DAPI", "", "DAPI"]
        assert omero["channels"][0] == {
            "label": "DAPI",
            "color": "00FF00",
            "active": False,
            "window": {"min": 0.0, "max": 65535.0, "start": 0.0, "end": 7.5},
        }


class TestTables:
    def frame(self, rich_folder, first, name):
        return pl.read_parquet(rich_folder / first["files"][name]["path"])

    def test_objects(self, rich, rich_folder, first):
        assert self.frame(rich_folder, first, "objects").equals(rich.image_sets[0].objects.frame)

    def test_everything_else_names_objects_by_id(self, rich, rich_folder, first):
        ids = rich.image_sets[0].objects.frame["id"]
        assert self.frame(rich_folder, first, "membership")["object"].to_list() == [ids[2], ids[2], ids[0]]
        assert self.frame(rich_folder, first, "connections")["parent"].to_list() == [ids[0], ids[1], ids[1]]
        table = next(table for table in first["tables"] if table["name"] == "statistics")
        assert pl.read_parquet(rich_folder / table["file"]["path"])["object_id"].to_list() == [ids[2], ids[0], ids[1]]

    def test_a_table_says_what_its_columns_mean(self, rich_folder, first):
        table = next(table for table in first["tables"] if table["name"] == "statistics")
        described = pl.read_parquet_metadata(rich_folder / table["file"]["path"])
        assert (described["segue.about"], described["segue.key"]) == ("objects", "object_id")
        assert json.loads(described["segue.columns"])[0] == {
            "name": "object",
            "type": "number",
            "property": "p1",
            "path": ["a", "", "é"],
            "unit": "µm²",
            "measurement": "area",
            "channel": "DAPI",
            "layer": "nuclei",
        }


class TestGeoParquet:
    @pytest.fixture
    def data(self, rich_folder, first):
        return (rich_folder / first["files"]["shapes"]["path"]).read_bytes()

    def test_the_file_says_that_it_is_one(self, data):
        geo = json.loads(pl.read_parquet_metadata(io.BytesIO(data))["geo"])
        assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
        column = geo["columns"]["geometry"]
        assert (column["encoding"], column["crs"]) == ("WKB", None)
        assert column["geometry_types"] == ["LineString", "MultiPoint", "MultiPolygon", "Point", "Polygon"]

    def test_shapely_reads_what_can_be_drawn(self, data):
        frame = pl.read_parquet(io.BytesIO(data))
        found = {kind: shapely.from_wkb(geometry) for kind, geometry in zip(frame["kind"][:17], frame["geometry"][:17], strict=True)}
        assert found["point"].wkt == "POINT (0.5 0.1)"
        assert len(found["multipoint"].geoms) == 4
        assert [found[kind].geom_type for kind in ("line", "polyline", "angle", "arrow", "spline")] == ["LineString"] * 5
        assert found["rectangle"].bounds == (0.5, 0.0, 3.25, 0.1)
        assert found["polygon"].area == 36 - 0.5 + 36
        assert found["mask"].geom_type == "Polygon"
        assert found["oval"].area == pytest.approx(np.pi / 4 * 2.75 * 0.1, rel=0.01)
        assert found["ellipse"].area == pytest.approx(np.pi / 4 * (2.75**2 + 0.1**2) * 0.5, rel=0.01)
        assert found["rotated rectangle"].area == pytest.approx(1.5 * np.hypot(2.75, 0.1))

    def test_what_cannot_be_drawn_has_no_geometry(self, data):
        frame = pl.read_parquet(io.BytesIO(data))
        assert frame["geometry"][17:34].null_count() == 17, "vertices that are no numbers"
        assert frame["geometry"][-5:].is_null().to_list() == [True, True, True, True, False]

    def test_the_types_are_the_types_of_the_geometries(self, data):
        frame = pl.read_parquet(io.BytesIO(data)).filter(pl.col("geometry").is_not_null())
        stated = json.loads(pl.read_parquet_metadata(io.BytesIO(data))["geo"])["columns"]["geometry"]
        drawn = shapely.from_wkb(frame["geometry"].to_list())
        assert sorted({one.geom_type for one in drawn}) == stated["geometry_types"]
        assert stated["bbox"] == pytest.approx(list(shapely.total_bounds(drawn)))

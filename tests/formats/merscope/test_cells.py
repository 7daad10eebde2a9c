"""Cells of a MERSCOPE region: 64-bit ids, planes, transforms, the older HDF5, and files that are not as they should be."""

from __future__ import annotations

import random

import h5py
import numpy as np
import polars as pl
import pytest
import shapely
import tifffile

import segue
from segue.errors import InvalidOption, Malformed, NotFound, SegueError
from segue.formats.detect import detect
from segue.formats.merscope.spec import FORMAT
from segue.notes import Kind
from segue.storage.source import Source
from segue.testing.damage import damages

IDS = [2**53 + 1, 2**53 + 2, 3_457_893_120_045_600_123]
TRANSFORM = "9.25 0.0 -100.0\n0.0 9.25 50.0\n0.0 0.0 1.0\n"


def read(path, **options):
    return FORMAT.read(Source(path), FORMAT.options("read", options))


def boundaries(geometry=None, planes=(0, 1), **columns):
    """Two planes of three cells; the last one is in two parts."""
    made = geometry or [
        shapely.MultiPolygon([shapely.box(0, 0, 4, 2)]),
        shapely.box(5, 5, 8, 8),
        shapely.MultiPolygon([shapely.box(0, 9, 1, 10), shapely.box(3, 9, 4, 10)]),
    ]
    wkb = shapely.to_wkb(made).tolist()
    rows = [(cell, z, 1.5 * (z + 1), one) for cell, one in zip(IDS, wkb, strict=True) for z in planes]
    frame = pl.DataFrame(rows, schema={"EntityID": pl.Int64, "ZIndex": pl.Int64, "ZLevel": pl.Float64, "Geometry": pl.Binary}, orient="row")
    return frame.with_columns(**columns)


@pytest.fixture
def region(tmp_path):
    folder = tmp_path / "region_0"
    (folder / "images").mkdir(parents=True)
    (folder / "images" / "micron_to_mosaic_pixel_transform.csv").write_text(TRANSFORM)
    boundaries().write_parquet(folder / "cell_boundaries.parquet", metadata={"geo": "{}"})
    rows = [f"{IDS[1]},5,6.5", f"{IDS[2]},2,9.5", "77,1,1"]
    (folder / "cell_metadata.csv").write_text("EntityID,volume,center_x\n" + "\n".join(rows) + "\n")
    return folder


class TestARegion:
    def test_is_recognised(self, region):
        assert detect(Source(region))[0] is FORMAT
        assert detect(Source(region / "cell_boundaries.parquet"))[0] is FORMAT

    def test_ids_beyond_2_53_are_exact(self, region):
        assert read(region)[0].image_sets[0].objects.frame["id"].to_list() == [*map(str, IDS), "77"]
        assert read(region)[0].image_sets[0].objects.frame["label"].null_count() == 4

    def test_ids_stay_exact_in_every_other_format(self, region, tmp_path):
        for name in ("a.geojson", "a.csv", "a.tsv", "a.xlsx", "a.parquet", "a.geoparquet", "a.zip", "a.segue"):
            segue.convert(region / "cell_boundaries.parquet", tmp_path / name, z=0)
            found = segue.read(tmp_path / name).image_sets[0].objects.frame["id"].to_list()
            assert found == [str(one) for one in IDS], name

    def test_every_plane_is_a_shape(self, region):
        s = read(region)[0].image_sets[0]
        assert s.shapes.frame.select("object", "z").rows() == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)]
        assert np.diff(s.shapes.rings.shape_start).tolist() == [1, 1, 1, 1, 2, 2]

    def test_one_plane_is_flat(self, region):
        s = read(region, z=1)[0].image_sets[0]
        assert s.shapes.frame["z"].to_list() == [None] * 3
        assert s.grid.names == "yx"

    def test_micrometres_become_pixels_of_the_mosaic(self, region):
        s = read(region)[0].image_sets[0]
        assert sorted(s.shapes.rings.coords[:4].tolist()) == [[-100, 50], [-100, 68.5], [-63, 50], [-63, 68.5]]
        z, y, x = s.grid.axes
        assert (z.name, z.scale, z.unit) == ("z", 1.5, "um")
        assert (x.scale, x.translation) == (pytest.approx(1 / 9.25), pytest.approx(100 / 9.25))
        assert (y.scale, y.translation) == (pytest.approx(1 / 9.25), pytest.approx(-50 / 9.25))
        assert s.grid.world is None

    def test_the_size_is_that_of_the_mosaic(self, region):
        tifffile.imwrite(region / "images" / "mosaic_DAPI_z0.tif", np.zeros((30, 40), np.uint16))
        assert read(region, z=0)[0].image_sets[0].grid.shape == (30, 40)
        (region / "images" / "mosaic_DAPI_z0.tif").write_bytes(b"damaged")
        assert read(region, z=0)[0].image_sets[0].grid.shape == (None, None)

    def test_the_origin_can_be_the_centre_of_a_pixel(self, region):
        corner, notes = read(region)
        centre, none = read(region, origin="centre")
        moved = centre.image_sets[0].shapes.rings.coords - corner.image_sets[0].shapes.rings.coords
        assert np.allclose(moved, 0.5)
        assert [[note.kind for note in one] for one in (notes, none)] == [[Kind.ASSUMED], []]

    def test_values_are_joined_by_id(self, region):
        table = read(region)[0].image_sets[0].tables["cell metadata"]
        assert table.frame.rows() == [(1, 5, 6.5), (2, 2, 9.5), (3, 1, 1.0)]
        assert [(one.name, one.unit) for one in table.columns] == [("volume", "um^3"), ("center_x", "um")]

    def test_ids_in_a_column_without_a_name(self, region):
        text = (region / "cell_metadata.csv").read_text().replace("EntityID", "")
        (region / "cell_metadata.csv").write_text(text)
        assert read(region)[0].image_sets[0].tables["cell metadata"].frame["row"].to_list() == [1, 2, 3]

    def test_no_boundaries(self, region):
        (region / "cell_boundaries.parquet").unlink()
        with pytest.raises(NotFound):
            read(region)


class TestTransforms:
    def test_are_asked_for(self, region):
        (region / "images" / "micron_to_mosaic_pixel_transform.csv").unlink()
        with pytest.raises(InvalidOption, match="--set transform=FILE"):
            read(region)
        assert read(region, pixel_size=0.5)[0].image_sets[0].shapes.rings.coords.max() == 20

    def test_can_lie_elsewhere(self, region, tmp_path):
        (tmp_path / "turned.csv").write_text("0 2 0\n-2 0 0\n0 0 1")
        s = read(region, transform=str(tmp_path / "turned.csv"))[0].image_sets[0]
        assert sorted(s.shapes.rings.coords[:4].tolist()) == [[0, -8], [0, 0], [4, -8], [4, 0]]
        assert s.grid.axis("x").scale == 0.5
        assert s.grid.world is not None

    def test_files_of_the_mosaic_are_pixels(self, region):
        path = (region / "cell_boundaries.parquet").rename(region.parent / "cellpose_mosaic_space.parquet")
        assert read(path)[0].image_sets[0].shapes.rings.coords.max() == 10

    @pytest.mark.parametrize("text", ["", "1 2 3", "1 0 0 0 1 0 0 0 x", "0 0 0 0 0 0 0 0 1", "1 0 0 0 1 0 1 0 1", "nan 0 0 0 1 0 0 0 1", "\0" * 40, "9 " * 10])
    def test_that_make_no_sense(self, region, text):
        (region / "images" / "micron_to_mosaic_pixel_transform.csv").write_text(text)
        with pytest.raises(Malformed):
            read(region)


@pytest.fixture
def older(tmp_path):
    path = tmp_path / "feature_data_7.hdf5"
    (tmp_path / "micron_to_mosaic_pixel_transform.csv").write_text("1 0 0\n0 1 0\n0 0 1")
    with h5py.File(path, "w") as file:
        for cell, planes in {"12": (0, 2), "5": (1,)}.items():
            file[f"featuredata/{cell}/z_coordinates"] = [1.5, 3.0, 4.5]
            for z in planes:
                for part in range(1 + (cell == "5")):
                    square = np.array([[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]], float) + 3 * part
                    file[f"featuredata/{cell}/zIndex_{z}/p_{part}/coordinates"] = square[None]
            file.create_group(f"featuredata/{cell}/zIndex_6")
    return path


class TestOlderFiles:
    def test_cells_planes_and_parts(self, older):
        assert detect(Source(older))[0] is FORMAT
        s = read(older)[0].image_sets[0]
        assert s.objects.frame.select("id", "label").rows() == [("12", 12), ("5", 5)]
        assert s.shapes.frame.select("object", "z").rows() == [(0, 0), (0, 2), (1, 1)]
        assert np.diff(s.shapes.rings.shape_start).tolist() == [1, 1, 2]
        assert s.grid.axis("z").scale == 1.5

    def test_a_folder_of_them(self, older):
        (older.parent / "feature_data_8.hdf5").write_bytes(older.read_bytes())
        assert detect(Source(older.parent))[0] is FORMAT
        assert len(read(older.parent, z=1)[0].image_sets[0].shapes) == 2

    @pytest.mark.golden
    def test_a_real_file(self, golden):
        path = golden / "vizgen" / "feature_data_1753.hdf5"
        s = read(path, pixel_size=0.108)[0].image_sets[0]
        with h5py.File(path) as file:
            cells = file["featuredata"]
            assert s.objects.frame["id"].to_list() == list(cells)
            first = cells["45862/zIndex_3/p_0/coordinates"][0] / 0.108
            expected = sum(f"zIndex_{z}" in cell and len(cell[f"zIndex_{z}"]) > 0 for cell in cells.values() for z in range(7))
        row = s.shapes.frame.with_row_index("row").filter((pl.col("object") == 0) & (pl.col("z") == 3))["row"].item()
        assert np.allclose(s.shapes.rings.take([row]).coords, first[:-1] if (first[0] == first[-1]).all() else first)
        assert len(s.shapes) == expected
        assert s.grid.axis("z").scale == pytest.approx(1.5)

    @pytest.mark.parametrize("name", ["featuredata", "featuredata/12", "featuredata/12/zIndex_0", "featuredata/12/zIndex_0/p_0/coordinates"])
    def test_links_to_other_places_are_not_followed(self, older, tmp_path, name):
        with h5py.File(older, "a") as file:
            file.copy(name, file, "elsewhere")
            del file[name]
            file[name] = h5py.ExternalLink(str(tmp_path / "secret.hdf5"), "/x") if name == "featuredata" else h5py.SoftLink("/elsewhere")
        try:
            found = len(read(older)[0].image_sets[0].shapes)
        except Malformed:
            found = 0
        assert found < 3

    @pytest.mark.parametrize("values", [np.zeros(3), np.zeros((2, 2, 2, 2)), np.array([b"x"]), np.zeros((1, 4, 1)), np.full((1, 4, 2), np.nan)])
    def test_coordinates_that_are_none(self, older, values):
        with h5py.File(older, "a") as file:
            del file["featuredata/12/zIndex_0/p_0/coordinates"]
            file["featuredata/12/zIndex_0/p_0/coordinates"] = values
        refused_or_read(older)

    def test_an_outline_that_no_memory_holds(self, older):
        with h5py.File(older, "a") as file:
            del file["featuredata/12/zIndex_0/p_0/coordinates"]
            file.create_dataset("featuredata/12/zIndex_0/p_0/coordinates", (1, 2**40, 2), "f8", chunks=(1, 1024, 2))
        with pytest.raises(SegueError, match="vertices"):
            read(older)


class TestDamage:
    @pytest.mark.parametrize(
        "frame",
        [
            boundaries().drop("EntityID"),
            boundaries().drop("ZIndex"),
            boundaries().with_columns(Geometry=pl.lit("POLYGON")),
            boundaries().with_columns(ZIndex=pl.lit(0.5)),
        ],
    )
    def test_tables_of_another_kind(self, region, frame):
        frame.write_parquet(region / "cell_boundaries.parquet")
        with pytest.raises(SegueError):
            read(region / "cell_boundaries.parquet")

    def test_what_is_no_outline_is_passed_over_and_said(self, region):
        others = [shapely.Point(1, 1), shapely.GeometryCollection([shapely.box(0, 0, 1, 1)]), shapely.box(0, 0, 1, 1)]
        boundaries(others, planes=(0,)).write_parquet(region / "cell_boundaries.parquet")
        study, notes = read(region, origin="centre")
        assert study.image_sets[0].shapes.frame["object"].to_list() == [2]
        assert [note.kind for note in notes] == [Kind.SKIPPED] * 2

    def test_nothing_on_the_plane(self, region):
        study, _ = read(region / "cell_boundaries.parquet", z=99)
        assert len(study.image_sets[0].objects) == 0

    def test_damaged_tables_are_refused_or_read(self, region):
        path = region / "cell_boundaries.parquet"
        for _, data in damages(path.read_bytes(), random.Random(1), 40):
            path.write_bytes(data)
            refused_or_read(region)

    def test_damaged_hdf5_is_refused_or_read(self, older):
        for _, data in damages(older.read_bytes(), random.Random(2), 60):
            older.write_bytes(data)
            refused_or_read(older)


def refused_or_read(path):
    try:
        read(path)
    except SegueError as error:
        sentence = str(error)
    else:
        sentence = ""
    assert "\n" not in sentence

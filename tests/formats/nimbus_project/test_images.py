"""Images of published projects: found, checked against the manifest, put to their annotations, and written."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
import tifffile
from PIL import Image as Picture

import segue
from segue.errors import Incompatible, NotesRefused
from segue.formats.nimbus_project.spec import FORMAT
from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.grid import Axis, Grid
from segue.model.image import ArrayPixels, Image, in_memory
from segue.model.study import ImageSet, Study
from segue.notes import Kind
from segue.storage.sink import FileSink
from segue.storage.source import Source

ID = "64ab00000000000000000001"
OTHER = "64ab00000000000000000002"
CONFIG = {
    "name": "Spots",
    "meta": {"compatibility": {"channels": {"0": "DAPI", "1": "CD3"}}, "layers": [], "scales": {"pixelSize": {"value": 0.5, "unit": "µm"}}},
}


def document(*places: int, of: str = "") -> str:
    """Annotations, one at each stage position."""
    square = [{"x": 1, "y": 1}, {"x": 9, "y": 1}, {"x": 9, "y": 9}]
    rows = [
        {"_id": f"{nth + 1}" * 24, "shape": "polygon", "channel": 0, "location": {"XY": xy, "Z": 0, "Time": 0}, "tags": [], "coordinates": square}
        for nth, xy in enumerate(places)
    ]
    rows = [row | {"datasetId": of} for row in rows] if of else rows
    return json.dumps({"annotations": rows, "annotationConnections": [], "annotationProperties": [], "annotationPropertyValues": {}})


def plane(value: int, shape: tuple[int, ...] = (12, 16)) -> np.ndarray:
    return np.full(shape, value, np.uint16)


@pytest.fixture
def project(tmp_path):
    """Makes a project: annotations and configurations as texts, images as arrays."""
    folder = tmp_path / "record"
    folder.mkdir()

    def making(files, manifest=None):
        for name, body in files.items():
            if isinstance(body, np.ndarray):
                tifffile.imwrite(folder / name, body, photometric="minisblack") if ".tif" in name else Picture.fromarray(body).save(folder / name)
            else:
                (folder / name).write_text(body if isinstance(body, str) else json.dumps(body))
        if manifest is not None:
            (folder / "manifest.json").write_text(json.dumps(manifest))
        return Source(folder)

    return making


def read(source, **options):
    return FORMAT.read(source, FORMAT.options("read", options))


def first(s) -> int:
    return int(in_memory(s.images[0].pixels).flat[0])


def said(notes, kind):
    return [note.what for note in notes.of_kind(kind)]


class TestFinding:
    def test_an_image_is_that_of_the_dataset_in_its_name(self, project):
        study, notes = read(
            project(
                {"a_annotations.json": document(0), "b_annotations.json": document(0), "a--x.tif": plane(1), "b--x.tif": plane(2), "Spots_config.json": CONFIG}
            )
        )
        assert [(s.name, first(s)) for s in study.image_sets] == [("a", 1), ("b", 2)]
        assert [(axis.name, axis.size, axis.scale, axis.unit) for axis in study.image_sets[0].grid.axes] == [("y", 12, 0.5, "um"), ("x", 16, 0.5, "um")]
        assert not len(notes)

    def test_the_manifest_says_more_than_names(self, project):
        files = [
            {"name": "later.tif", "type": "image", "datasetId": ID},
            {"name": "first.tif", "type": "image", "datasetId": OTHER},
            {"name": "q_annotations.json", "type": "annotations", "datasetId": OTHER},
        ]
        manifest = {"datasets": [{"datasetId": OTHER, "name": "mouse 1"}, {"datasetId": ID, "name": "mouse 2"}], "files": files}
        study, _ = read(project({"later.tif": plane(2), "first.tif": plane(1), "q_annotations.json": document(0)}, manifest))
        assert [(s.name, first(s), len(s.objects)) for s in study.image_sets] == [("mouse 1", 1, 1), ("mouse 2", 2, 0)]
        assert study.image_sets[1].aliases["alias"].to_list() == [ID]

    def test_a_manifest_that_does_not_list_the_annotations(self, project):
        files = [{"name": "a--x.tif", "type": "image", "datasetId": ID}]
        study, _ = read(project({"a_annotations.json": document(0), "a--x.tif": plane(1)}, {"datasets": [{"datasetId": ID, "name": "a"}], "files": files}))
        assert [(s.name, len(s.objects), first(s)) for s in study.image_sets] == [("a", 1, 1)]

    def test_datasets_of_one_name_are_told_apart_by_their_mark(self, project):
        names = {"a_annotations.json": document(0), f"a__{ID}_annotations.json": document(0), "a--x.tif": plane(1), f"a__{ID}--x.tif": plane(2)}
        study, _ = read(project(names))
        assert [(s.name, first(s)) for s in study.image_sets] == [("a", 2), ("a", 1)]

    def test_images_of_one_name_are_told_apart_by_their_mark(self, project):
        study, _ = read(project({"a_annotations.json": document(0), "a--x.tif": plane(1), f"a--x__{ID}.tif": plane(2)}), images="positions")
        assert sorted(first(s) for s in study.image_sets) == [1, 2]

    def test_a_dataset_of_images_alone(self, project):
        study, _ = read(project({"a_annotations.json": document(0), "b--x.tif": plane(2)}))
        assert [(s.name, len(s.images), len(s.objects)) for s in study.image_sets] == [("a", 0, 1), ("b", 1, 0)]

    def test_channels_are_called_as_the_configuration_says_where_their_number_fits(self, project):
        study, _ = read(
            project({"a_annotations.json": document(0), "Spots_config.json": CONFIG, "a--x.png": np.zeros((4, 5, 3), np.uint8), "b--x.tif": plane(1)})
        )
        assert study.image_sets[0].images[0].channels == ()
        stack = np.stack([plane(1), plane(2)])
        tifffile.imwrite(study.image_sets[1].images[0].pixels.source.path, stack, imagej=True, metadata={"axes": "CYX"})
        study, _ = read(Source(study.image_sets[0].images[0].pixels.source.path.parent))
        assert study.image_sets[1].images[0].channels == ("DAPI", "CD3")

    @pytest.mark.parametrize("suffix", [".tif", ".png", ".jpg", ".bmp"])
    def test_every_form_that_segue_reads(self, project, suffix):
        pixels = np.zeros((8, 8), np.uint8)
        study, notes = read(project({"a_annotations.json": document(0), f"a--x{suffix}": pixels}))
        assert np.array_equal(in_memory(study.image_sets[0].images[0].pixels), pixels)
        assert not len(notes)

    def test_files_of_microscopes_are_named_with_what_to_do(self, project):
        source = project({"a_annotations.json": document(0), "a--x.nd2": "?"})
        _, notes = read(source)
        assert "segue convert a--x.nd2 a--x.ome.tif" in said(notes, Kind.SKIPPED)[0]
        tifffile.imwrite(source.path / "a--x.ome.tif", plane(3))
        study, notes = read(source)
        assert first(study.image_sets[0]) == 3
        assert not len(notes)

    def test_damaged_and_missing_images_are_named_and_the_rest_is_read(self, project):
        files = [{"name": "a--y.tif", "type": "image", "datasetId": ID}]
        study, notes = read(project({"a_annotations.json": document(0), "a--x.tif": "no pixels"}, {"datasets": [], "files": files}))
        assert len(study.image_sets[0].objects) == 1
        assert [note.where for note in notes] == ["a--x.tif", "a--y.tif"]

    def test_images_can_be_left_out(self, project):
        study, notes = read(project({"a_annotations.json": document(0), "a--x.tif": "no pixels"}), images="none")
        assert (len(study.image_sets[0].images), len(notes)) == (0, 0)


class TestChecksums:
    @pytest.fixture
    def checked(self, project):
        def making(checksum):
            source = project({"a_annotations.json": document(0, of=ID), "a--x.tif": plane(1)})
            digits = hashlib.md5((source.path / "a--x.tif").read_bytes()).hexdigest()
            files = [{"name": "a--x.tif", "type": "image", "datasetId": ID, "checksum": checksum(digits)}]
            (source.path / "manifest.json").write_text(json.dumps({"datasets": [], "files": files}))
            return source

        return making

    @pytest.mark.parametrize("form", ["md5:{}", "{}", "MD5:{}", ""])
    def test_what_was_published_passes(self, checked, form):
        assert not len(read(checked(form.format))[1])

    def test_another_file_is_named_and_refused_by_strict(self, checked, tmp_path):
        source = checked(lambda digits: "md5:" + digits[::-1])
        _, notes = read(source)
        assert said(notes, Kind.CHANGED)[0].startswith("a--x.tif is not the file that was published")
        assert not len(read(source, checksums=False)[1])
        with pytest.raises(NotesRefused, match=r"a--x\.tif is not the file that was published"):
            segue.convert(source.path, tmp_path / "out.segue", strict=True)

    @pytest.mark.parametrize("text", ["crc32:12345678", "md5:123", "x", "sha256:" + "0" * 32])
    def test_an_unknown_checksum_is_said(self, checked, text):
        _, notes = read(checked(lambda digits: text))
        assert "was not compared" in said(notes, Kind.SKIPPED)[0]

    @pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha512"])
    def test_other_algorithms(self, checked, algorithm):
        source = checked(lambda digits: "")
        for digits, kinds in (
            (hashlib.new(algorithm, (source.path / "a--x.tif").read_bytes()).hexdigest(), 0),
            ("0" * hashlib.new(algorithm).digest_size * 2, 1),
        ):
            body = json.loads((source.path / "manifest.json").read_text())
            body["files"][0]["checksum"] = f"{algorithm}:{digits}"
            (source.path / "manifest.json").write_text(json.dumps(body))
            assert len(read(source)[1]) == kinds


class TestSeveralImages:
    def test_files_that_are_called_as_channels_are(self, project):
        study, notes = read(project({"a_annotations.json": document(0), "a--DAPI.tif": plane(1), "a--CD3.tif": plane(2)}))
        (s,) = study.image_sets
        assert (s.name, s.images[0].axes, in_memory(s.images[0].pixels)[:, 0, 0].tolist()) == ("a", "cyx", [2, 1])
        assert "the 2 images of a are its channels, in" in said(notes, Kind.ASSUMED)[0]

    def test_numbered_files_are_stage_positions_in_natural_order(self, project):
        files = {f"a--field{nth}.tif": plane(nth) for nth in (1, 2, 10)}
        study, notes = read(project({"a_annotations.json": document(0, 2), **files}))
        assert [(s.group, s.position, first(s), len(s.objects)) for s in sorted(study.image_sets, key=first)] == [
            ("a", (("xy", 0),), 1, 1),
            ("a", (("xy", 1),), 2, 0),
            ("a", (("xy", 2),), 10, 1),
        ]
        assert "are its stage positions" in said(notes, Kind.ASSUMED)[0]

    def test_the_images_of_one_file_are_stage_positions(self, project):
        source = project({"a_annotations.json": document(0, 1)})
        with tifffile.TiffWriter(source.path / "a--x.tif") as file:
            for value in (1, 2):
                file.write(plane(value, (8, 6 + value)), photometric="minisblack")
        study, _ = read(source)
        assert [(first(s), len(s.objects)) for s in study.image_sets] == [(1, 1), (2, 1)]

    @pytest.mark.parametrize(("meaning", "axes"), [("times", "tyx"), ("slices", "zyx"), ("channels", "cyx")])
    def test_the_user_knows_better(self, project, meaning, axes):
        study, notes = read(project({"a_annotations.json": document(0), "a--1.tif": plane(1), "a--2.tif": plane(2)}), images=meaning)
        (s,) = study.image_sets
        assert (s.images[0].axes, in_memory(s.images[0].pixels)[:, 0, 0].tolist()) == (axes, [1, 2])
        assert s.grid.size(axes[0]) == (2 if axes[0] != "c" else 1)
        assert not len(notes)

    def test_parts_of_one_image_are_of_one_size(self, project):
        source = project({"a_annotations.json": document(0), "a--1.tif": plane(1), "a--2.tif": plane(2, (3, 4))})
        with pytest.raises(Incompatible, match=r"a--\d\.tif has"):
            read(source, images="times")

    @pytest.mark.parametrize("other", [plane(2).astype(np.uint8), plane(2, (12, 16)).astype(np.float32)])
    def test_and_of_one_number_type(self, project, other):
        source = project({"a_annotations.json": document(0), "a--1.tif": plane(1), "a--2.tif": other})
        with pytest.raises(Incompatible, match=r"a--2\.tif has .* another number type than a--1\.tif"):
            read(source, images="slices")


@dataclass(frozen=True)
class Counted:
    """Pixels of which the largest region that was asked for is known."""

    shape: tuple[int, ...]
    dtype: np.dtype
    seen: list[int] = field(default_factory=list)

    def read(self, region):
        sizes = [one.stop - one.start for one in region]
        self.seen.append(int(np.prod(sizes)))
        return np.zeros(sizes, self.dtype)


def images(*names: str, **facts) -> ImageSet:
    """An image set with images."""
    grid = Grid((Axis("z", 2, 1.0, "um"), Axis("y", 12, 0.5, "um"), Axis("x", 16, 0.5, "um")))
    arrays = [np.arange(2 * 2 * 12 * 16, dtype=np.uint16).reshape(2, 2, 12, 16) + nth for nth in range(len(names))]
    return ImageSet("f", grid, images=tuple(Image(ArrayPixels(one), "zcyx", name, ("DAPI", "CD3")) for one, name in zip(arrays, names, strict=True)), **facts)


def write(study, target, **options):
    chosen = FORMAT.options("write", options)
    fitted = FORMAT.fitted(study, chosen)
    with FileSink(target) as sink:
        FORMAT.write(fitted, sink, chosen)
        sink.keep()
    return fitted


class TestWriting:
    def test_ids_of_datasets_stay_also_of_those_without_annotations(self, project, tmp_path):
        files = [{"name": f"{name}--x.tif", "type": "image", "datasetId": own} for name, own in (("a", ID), ("b", OTHER))]
        manifest = {"datasets": [{"datasetId": ID, "name": "a"}, {"datasetId": OTHER, "name": "b"}], "files": files}
        study, _ = read(project({"a_annotations.json": document(0), "a--x.tif": plane(1), "b--x.tif": plane(2)}, manifest))
        assert diff(study, write(study, tmp_path / "p.nimbus-project")) == {}
        back, _ = read(Source(tmp_path / "p.nimbus-project"))
        assert diff(study, back) == {}
        assert [s.aliases["alias"].to_list() for s in back.image_sets] == [[ID], [OTHER]]

    def test_the_round_trip_that_nimbusimage_cannot_do(self, tmp_path):
        sets = [images("raw", group="d", position=(("xy", nth),)) for nth in range(2)] + [replace(images("raw", "mean"), name="single")]
        study = Study(tuple(sets))
        assert diff(study, write(study, tmp_path / "1.nimbus-project")) == {}
        back, notes = FORMAT.read(Source(tmp_path / "1.nimbus-project"))
        assert (diff(study, back), len(notes)) == ({}, 0)
        write(back, tmp_path / "2.nimbus-project")
        contents = [{path.name: path.read_bytes() for path in (tmp_path / f"{nth}.nimbus-project").iterdir()} for nth in (1, 2)]
        assert contents[0] == contents[1]
        assert sorted(name for name in contents[0] if name.endswith(".tif")) == [
            "d--f.ome.tif",
            "d--f_2.ome.tif",
            "single--single mean.ome.tif",
            "single--single raw.ome.tif",
        ]
        assert tifffile.imread(tmp_path / "1.nimbus-project" / "d--f.ome.tif").shape == (2, 2, 12, 16)

    def test_the_manifest_has_the_checksums_that_zenodo_shows(self, tmp_path):
        write(Study((images("raw"),)), tmp_path / "p.nimbus-project")
        body = json.loads((tmp_path / "p.nimbus-project" / "manifest.json").read_text())
        (one,) = [file for file in body["files"] if file["type"] == "image"]
        assert one["checksum"] == "md5:" + hashlib.md5((tmp_path / "p.nimbus-project" / one["name"]).read_bytes()).hexdigest()

    def test_images_that_are_left_out_are_counted(self, tmp_path):
        study = Study((images("raw", "mean"),))
        fitted = write(study, tmp_path / "p.nimbus-project", images=False)
        assert diff(study, fitted)[F.IMAGES] == 2
        assert not [path for path in (tmp_path / "p.nimbus-project").iterdir() if path.suffix == ".tif"]

    def test_number_types_that_ome_tiff_does_not_have(self, tmp_path):
        arrays = [
            np.array([[0, 70_000]], np.int64),
            np.array([[0.5, 1]], np.float16),
            np.array([[True, False]]),
            np.array([[2**63]], np.uint64),
            np.array([[1j]]),
        ]
        sets = tuple(ImageSet(str(nth), images=(Image(ArrayPixels(one), "yx"),)) for nth, one in enumerate(arrays))
        fitted = write(Study(sets), tmp_path / "p.nimbus-project")
        assert [[image.pixels.dtype.name for image in s.images] for s in fitted.image_sets] == [["uint32"], ["float32"], ["uint8"], [], []]
        assert diff(Study(sets), fitted) == {F.IMAGES: 2, F.PIXEL_TYPE: 3}

    @pytest.mark.parametrize("compression", ["none", "deflate"])
    def test_a_large_image_is_never_in_memory_as_a_whole(self, tmp_path, compression):
        pixels = Counted((2, 2000, 6000), np.dtype(np.uint16))
        write(Study((ImageSet("f", images=(Image(pixels, "cyx"),)),)), tmp_path / "p.nimbus-project", compression=compression)
        assert max(pixels.seen) < 2000 * 6000

    def test_what_zenodo_does_not_take_is_said(self):
        options = FORMAT.options("write")
        small = Study(tuple(ImageSet(str(nth), images=(Image(Counted((1, 1), np.dtype(np.uint8)), "yx"),)) for nth in range(50)))
        assert said(FORMAT.advised(small, options), Kind.ASSUMED) == [
            "Zenodo takes 100 files for a record, and this project has 102; publish it as several projects, or as one ZIP file"
        ]
        large = Study((ImageSet("f", images=(Image(Counted((200_000, 200_000), np.dtype(np.uint16)), "yx"),)),))
        assert "the images alone have 80 GB" in said(FORMAT.advised(large, options), Kind.ASSUMED)[0]
        assert not len(FORMAT.advised(Study((images("raw"),)), options))

    def test_an_image_of_another_size_than_its_annotations_say(self, tmp_path):
        write(Study((images("raw"),)), tmp_path / "p.nimbus-project")
        tifffile.imwrite(tmp_path / "p.nimbus-project" / "f--f.ome.tif", plane(1, (5, 6)))
        study, notes = read(Source(tmp_path / "p.nimbus-project"))
        assert (study.image_sets[0].grid.size("y"), study.image_sets[0].grid.size("x")) == (5, 6)
        assert "another size than its annotations say (y 5 instead of 12, x 6 instead of 16)" in said(notes, Kind.REPAIRED)[0]

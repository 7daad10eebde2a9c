"""A gate made in another program becomes a population: exactly the gated ids of each image set, whatever became of rows, channels and names."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import tifffile

import segue
from segue.codecs.fcs_read import data_sets
from segue.codecs.fcs_write import Named, write_fcs
from segue.errors import Incompatible, UnsupportedVariant
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.rings import Rings
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table
from segue.storage.source import Source
from segue.workflow.convert import Item, Settings, convert_item
from segue.workflow.gate_names import gate_name
from segue.workflow.gates import with_populations
from segue.workflow.plan import plan
from segue.workflow.recipe import ConvertRecipe

LARGE = 2**24
GATED = {"roi 1": [LARGE + 1, 3, 2**40 + 5], "roi 2": [7, LARGE + 3]}


def image_set(name, labels):
    rows = pl.int_range(len(labels), dtype=pl.Int32, eager=True)
    objects = Objects(pl.DataFrame({"id": list(map(str, labels)), "label": labels, "layer": ["cells"] * len(labels)}, schema_overrides={"label": pl.UInt64}))
    points = Shapes(pl.DataFrame({"object": rows, "kind": ["point"] * len(labels)}), Rings.simple(np.full((len(labels), 2), 4.25), range(len(labels) + 1)))
    frame = pl.DataFrame({"row": rows, "CD4/CD8 mean": [label % 97 / 8 for label in labels]})
    return ImageSet(name, objects=objects, shapes=points, tables={"measurements": Table("objects", frame, (Column("CD4/CD8 mean"),))})


@pytest.fixture
def study():
    """Two image sets, some labels in both, some beyond 2**24."""
    labels = ([*range(1, 11), LARGE - 1, LARGE, LARGE + 1, LARGE + 2, 2**40 + 5], [*range(5, 15), LARGE + 1, LARGE + 3])
    return Study(tuple(image_set(name, one) for name, one in zip(GATED, labels, strict=True)))


def members(study, name):
    wanted = next(one.id for one in study.populations if one.name == (name,))
    found = {}
    for s in study.image_sets:
        rows = s.membership.frame.filter(population=wanted)["object"]
        found[s.name] = s.objects.frame["label"].gather(rows).to_list()
    return found


def expected(names=GATED):
    return {name: sorted(GATED[name]) if name in names else [] for name in GATED}


def export(study, path, **options):
    segue.write(study, path, **options)
    return path


def table_of(path):
    """(names of the channels, their numbers, keywords) of a file of events."""
    one = data_sets(Source(path))[0]
    return [channel.name for channel in one.layout.channels], one.array(), one.words


def gated_rows(names, events, images=("roi 1", "roi 2")):
    """Rows of the gated cells, shuffled."""
    low, high = (events[:, names.index(name)].astype(np.int64) for name in ("label", "label_high"))
    labels = low + (high << 24)
    index = events[:, names.index("image_index")].astype(int) if "image_index" in names else np.ones(len(events), int)
    inside = [labels[row] in GATED[images[index[row] - 1]] for row in range(len(events))]
    return np.random.default_rng(5).permutation(np.flatnonzero(inside))


def save(path, names, events, words):
    with Path(path).open("wb") as file:
        write_fcs(file, [Named(name) for name in names], np.ascontiguousarray(events, np.float32), words)
    return path


RENAMED = [str, lambda name: f"FJComp-{name}", lambda name: f"{name} :: stain", lambda name: f"{name}-A"]


@pytest.mark.parametrize("keyword", [True, False], ids=["keyword kept", "keyword lost"])
@pytest.mark.parametrize("rename", RENAMED)
def test_the_gated_ids_of_each_image_set_come_back(study, tmp_path, rename, keyword):
    names, events, words = table_of(export(study, tmp_path / "cells.fcs"))
    order = np.random.default_rng(1).permutation(len(names))
    rows = gated_rows(names, events)
    gate = save(tmp_path / "T cells.fcs", [rename(names[at]) for at in order], events[rows][:, order], {"SEGUE": words["SEGUE"]} if keyword else {})
    joined, notes = with_populations(study, [gate])
    assert members(joined, "T cells") == expected()
    assert "done: 5 objects in population T cells" in map(str, notes)
    assert [s.name for s in joined.image_sets] == list(GATED)
    assert joined.populations[0].kind == "gate"


@pytest.mark.parametrize("keyword", [True, False], ids=["keyword of the first", "keyword lost"])
def test_two_samples_that_were_concatenated_are_taken_apart(study, tmp_path, keyword):
    parts, words = [], {}
    for number, s in enumerate(study.image_sets, 1):
        names, events, found = table_of(export(Study((s,)), tmp_path / f"{s.name}.fcs", image_index=number))
        if "label_highest" in names:
            pytest.fail("labels of this test fit two channels")
        parts.append(events[gated_rows(names, events)])
        words = words or found
    both = np.concatenate(parts)[::-1]
    events = np.column_stack([both, np.repeat([2.0, 1.0], [len(parts[1]), len(parts[0])])])
    gate = save(tmp_path / "gate.fcs", [*names, "SampleID"], events, {"SEGUE": words["SEGUE"]} if keyword else {})
    assert members(with_populations(study, [gate], {"population": "T"})[0], "T") == expected()


def test_numbers_count_from_where_those_with_a_name_do(study, tmp_path):
    names, events, words = table_of(export(study, tmp_path / "cells.fcs", image_index=41))
    known = words["SEGUE"].replace('"name":"roi 2"', '"name":""')
    one = export(Study(study.image_sets[:1]), tmp_path / "one.fcs", image_index=41)
    rows = gated_rows(names, np.where(np.arange(len(names)) == names.index("image_index"), events - 40, events))
    gate = save(tmp_path / "gate.fcs", names, events[rows], {"SEGUE": table_of(one)[2]["SEGUE"]})
    assert known != words["SEGUE"]
    assert members(with_populations(study, [gate])[0], "gate") == expected()


def test_concatenated_samples_that_nothing_tells_apart_are_refused(study, tmp_path):
    names, events, words = table_of(export(Study(study.image_sets[:1]), tmp_path / "one.fcs"))
    twice = np.concatenate([events[:2], events[:2]])
    with pytest.raises(Incompatible, match="several events with the same label"):
        with_populations(study, [save(tmp_path / "twice.fcs", names, twice, {"SEGUE": words["SEGUE"]})])
    marked = np.column_stack([events[:4], [1, 1, 2, 2]])
    with pytest.raises(Incompatible, match=r"several samples .SampleID.*image_index=1, 2"):
        with_populations(study, [save(tmp_path / "marked.fcs", [*names, "SampleID"], marked, {"SEGUE": words["SEGUE"]})])


def test_unknown_ids_and_images_are_counted(study, tmp_path):
    names, events, words = table_of(export(study, tmp_path / "cells.fcs"))
    rows = events[gated_rows(names, events)]
    strange = rows[:2].copy()
    strange[:, names.index("label")] = 4_000_000
    far = rows[:1].copy()
    far[:, names.index("image_index")] = 9
    joined, notes = with_populations(study, [save(tmp_path / "g.fcs", names, np.concatenate([rows, strange, far]), {"SEGUE": words["SEGUE"]})])
    assert members(joined, "g") == expected()
    assert {"skipped: 2 rows of g.fcs without an object", "skipped: 1 row of g.fcs about images that are not here"} <= set(map(str, notes))


def test_a_gate_about_another_image_is_refused(study, tmp_path):
    other = export(Study((image_set("roi 9", [1, 2]),)), tmp_path / "other.fcs")
    with pytest.raises(Incompatible, match="is about 'roi 9', and 'roi 1', 'roi 2' is none of them"):
        with_populations(study, [other])
    lone = Study((image_set("", [500, 501]),))
    with pytest.raises(Incompatible, match=r"none of the 2 rows of other\.fcs is an object"):
        with_populations(lone, [other], names=["roi 9.tif"])
    same = Study((image_set("", [1, 2]),))
    assert members(with_populations(same, [other], names=["a.tif"])[0], "other") == {"": [1, 2]}
    assert "assumed: other.fcs is about 'roi 9', which is taken for 'a.tif'" in map(str, with_populations(same, [other], names=["a.tif"])[1])
    left, notes = with_populations(same, [other], names=["a.tif"], shared=True)
    assert (left.populations, [str(note) for note in notes]) == ((), ["skipped: other.fcs is about other images"])


def test_an_empty_gate_is_a_population_without_members(study, tmp_path):
    names, events, words = table_of(export(study, tmp_path / "cells.fcs"))
    joined, _ = with_populations(study, [save(tmp_path / "none.fcs", names, events[:0], {"SEGUE": words["SEGUE"]})])
    assert members(joined, "none") == {"roi 1": [], "roi 2": []}


def test_one_file_per_image_makes_one_population(study, tmp_path):
    files = []
    for s in study.image_sets:
        names, events, _ = table_of(export(Study((s,)), tmp_path / f"{s.name}.fcs"))
        rows = gated_rows(names, events, images=[s.name])
        files.append(save(tmp_path / f"export_{s.name}_CD8+ T.fcs", names, events[rows], {}))
    joined, _ = with_populations(study, files)
    assert members(joined, "CD8+ T") == expected()


def test_files_of_a_batch_are_known_by_sample_or_name_of_the_file(study, tmp_path):
    bare = [Study((ImageSet(**{**vars(s), "name": ""}),)) for s in study.image_sets]
    files = []
    for number, (name, one) in enumerate(zip(GATED, bare, strict=True), 1):
        names, events, words = table_of(export(one, tmp_path / f"{number}.fcs", image_index=number, sample=name))
        rows = gated_rows(names, events)
        files.append(save(tmp_path / f"{number}_T.fcs", names, events[rows], {key: words[key] for key in ("SEGUE", "$SMNO", "$CYT")}))
    for one, name in zip(bare, GATED, strict=True):
        joined, _ = with_populations(one, files, {"population": "T"}, [f"{name}.tif"], shared=True)
        assert members(joined, "T") == {"": sorted(GATED[name])}
    renamed = [file.rename(file.with_name(f"export_{name}_T.fcs")) for file, name in zip(files, GATED, strict=True)]
    for file in renamed:
        names, events, _ = table_of(file)
        save(file, names, events, {})
    for one, name in zip(bare, GATED, strict=True):
        joined, _ = with_populations(one, renamed, {}, [f"{name}.tif"], shared=True)
        assert members(joined, "T") == {"": sorted(GATED[name])}


def test_a_file_for_many_images_has_to_say_which(study, tmp_path):
    gate = tmp_path / "gates.csv"
    gate.write_text("label,populations\n3,T\n")
    with pytest.raises(Incompatible, match=r"gates\.csv does not say which image"):
        with_populations(Study(study.image_sets[:1]), [gate], shared=True)


def test_a_population_that_is_there_already_gets_the_new_members(study, tmp_path):
    old = Membership.of(pl.DataFrame({"population": ["p"], "object": [0]}, schema={"population": pl.Utf8, "object": pl.Int32}))
    known = Study((ImageSet(**{**vars(study.image_sets[0]), "membership": old}), study.image_sets[1]), (Population("p", ("T cells",), colour=0xFF0000FF),))
    names, events, words = table_of(export(study, tmp_path / "cells.fcs"))
    gate = save(tmp_path / "T_cells.fcs", names, events[gated_rows(names, events)], {"SEGUE": words["SEGUE"]})
    joined, notes = with_populations(known, [gate])
    assert members(joined, "T cells") == expected()
    assert joined.populations[0].colour == 0xFF0000FF
    assert "done: 5 objects in population T cells; 1 were in it before" in map(str, notes)


def test_ids_of_other_programs_are_not_taken_for_labels(tmp_path):
    one = image_set("a", [1, 2, 3])
    crossed = Study((ImageSet("a", objects=one.objects.with_columns(id=pl.Series(["3", "1", "2"]))),))
    gate = tmp_path / "gate.csv"
    gate.write_text("label\n1\n")
    assert members(with_populations(crossed, [gate])[0], "gate") == {"a": [1]}


@pytest.mark.parametrize("decorate", [str, lambda name: f"{name} :: {name}", lambda name: f"FJComp-{name}"])
def test_scale_values_of_flowjo_are_a_gate(study, tmp_path, decorate):
    names, events, _ = table_of(export(study, tmp_path / "cells.fcs"))
    rows = events[gated_rows(names, events)].astype(np.float64)
    text = [",".join(map(decorate, names)), *(",".join(repr(float(value)) for value in row) for row in rows)]
    gate = tmp_path / "export_cells_T.csv"
    gate.write_text("\n".join(text) + "\n")
    assert members(with_populations(study, [gate], names=["cells"])[0], "T") == expected()


def test_channel_values_of_flowjo_are_refused(study, tmp_path):
    names = ["CD4", "x", "y", "label", "label_high", "image_index"]
    bins = np.random.default_rng(2).integers(0, 1024, (20, len(names)))
    gate = tmp_path / "gate.csv"
    for columns in (names, ["CD4", "CD8", "CD3", "x", "y", "label"]):
        gate.write_text("\n".join([",".join(columns), *(",".join(map(str, row)) for row in bins)]))
        with pytest.raises(UnsupportedVariant, match="scale values"):
            with_populations(study, [gate])


def test_labels_of_six_digits_are_refused(study, tmp_path):
    gate = tmp_path / "gate.csv"
    rows = "".join(f"{number},{1e6 * number:.5e},0\n" for number in (1.23456, 2.34567, 3.45678, 4.56789, 5.67891))
    gate.write_text("CD4,label,label_high\n" + rows.replace("1.23456,1.23456e+06", "1.5,16777200"))
    with pytest.raises(Incompatible, match="rounded to six digits"):
        with_populations(study, [gate])


def test_a_table_with_populations_brings_these(study, tmp_path):
    table = tmp_path / "cells.csv"
    table.write_text("image,label,populations\nroi 1,3,T\nroi 2,7,T; B\nroi 2,8,\n")
    joined, _ = with_populations(study, [table])
    assert members(joined, "T") == {"roi 1": [3], "roi 2": [7]}
    assert members(joined, "B") == {"roi 1": [], "roi 2": [7]}


def test_files_about_other_images_are_passed_over_among_several(study, tmp_path):
    other = export(Study((image_set("roi 9", [1, 2]),)), tmp_path / "roi 9_T.fcs")
    mine = export(Study((image_set("roi 1", [3, 5]),)), tmp_path / "roi 1_T.fcs")
    joined, notes = with_populations(Study(study.image_sets[:1]), [other, mine])
    assert members(joined, "T") == {"roi 1": [3, 5]}
    _, notes = with_populations(Study(study.image_sets[1:]), [other, mine])
    assert [str(note) for note in notes] == ["skipped: none of the 2 files of populations is about 'roi 2'"]


def test_study_in_study_out(study, tmp_path):
    segue.write(study, tmp_path / "study.segue")
    (tmp_path / "gates").mkdir()
    names, events, words = table_of(export(study, tmp_path / "cells.fcs"))
    save(tmp_path / "gates" / "T cells.fcs", names, events[gated_rows(names, events)], {"SEGUE": words["SEGUE"]})
    save(tmp_path / "gates" / "none.fcs", names, events[:0], {"SEGUE": words["SEGUE"]})
    notes = segue.convert(tmp_path / "study.segue", tmp_path / "gated.segue", populations=tmp_path / "gates" / "*.fcs", strict=True)
    assert "done: 5 objects in population T cells" in map(str, notes)
    with segue.read(tmp_path / "gated.segue") as back:
        assert (members(back, "T cells"), members(back, "none")) == (expected(), expected(()))
        assert back.image_sets[0].tables["measurements"].frame.equals(study.image_sets[0].tables["measurements"].frame)
    with segue.read(tmp_path / "study.segue", populations=[tmp_path / "gates" / "T cells.fcs"], population="CD3+") as named:
        assert members(named, "CD3+") == expected()


def test_a_gate_on_a_mask_goes_to_qupath(tmp_path):
    mask = np.zeros((8, 12), np.uint16)
    mask[1:3, 1:3], mask[4:6, 1:4], mask[1:4, 6:9] = 2, 7, 30
    tifffile.imwrite(tmp_path / "cells_mask.tif", mask)
    (tmp_path / "cells_T.csv").write_text("label\n30\n2\n")
    item = Item(tmp_path / "cells_mask.tif", tmp_path / "cells.geojson", populations=(tmp_path / "cells_T.csv",))
    convert_item(item, Settings())
    features = json.loads((tmp_path / "cells.geojson").read_text())["features"]
    found = [one["properties"].get("classification", {}).get("name") for one in features]
    assert found == ["T", None, "T"]
    assert members(segue.read(tmp_path / "cells.geojson"), "T") == {"": [2, 30]}
    assert item.inputs == (tmp_path / "cells_mask.tif", tmp_path / "cells_T.csv")


def test_a_batch_and_its_recipe(tmp_path):
    mask = np.zeros((4, 8), np.uint8)
    mask[:2, :3], mask[2:, 4:] = 1, 2
    for name in ("a", "b"):
        tifffile.imwrite(tmp_path / f"{name}_mask.tif", mask)
    (tmp_path / "T.csv").write_text("image,label\na,2\nb,1\n")
    recipe = ConvertRecipe(inputs=(str(tmp_path / "*_mask.tif"),), output=str(tmp_path / "{nickname}.csv"), populations=(str(tmp_path / "T.csv"),))
    items = plan(recipe.inputs, recipe.output, None, populations=recipe.populations).items
    for item in items:
        convert_item(item, recipe.settings())
    assert [pl.read_csv(tmp_path / f"{name}.csv")["populations"].to_list() for name in "ab"] == [[None, "T"], ["T", None]]
    alone = recipe.for_item(items[0], tmp_path / "a.csv")
    assert alone.populations == (str(tmp_path / "T.csv"),)
    assert plan(recipe.inputs, recipe.output, None, populations=["{dataset_dir}/{nickname}.fcs"]).missing[0].missing.endswith("a.fcs")


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("export_roi 1_T cells.fcs", "T cells"),
        ("roi_1_T_cells.fcs", "T_cells"),
        ("roi 1.fcs", "roi 1"),
        ("roi 10_T.fcs", "roi 10_T"),
        ("cells_B.csv", "B"),
        ("export_x.fcs", "x"),
    ],
)
def test_the_population_is_called_as_the_file_without_the_image(file, name):
    assert gate_name(Path(file), ["roi 1", "cells_mask.tif"]) == name

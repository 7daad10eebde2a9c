"""What each edit does, by example."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from segue.errors import UsageError
from segue.geometry.outline import outline
from segue.model.connections import Connections
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, LabelImage, in_memory
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.rings import Rings
from segue.model.rules import RegionRule
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table
from segue.notes import Kind
from segue.workflow.derive import shapes_from_labels
from segue.workflow.edit import edited
from segue.workflow.edits.records import edits_of

MASK = np.array(
    [
        [1, 1, 0, 2, 2, 0, 0, 9],
        [1, 1, 2, 2, 2, 0, 0, 9],
        [0, 0, 0, 0, 0, 3, 0, 0],
        [7, 7, 7, 0, 0, 0, 3, 3],
        [7, 0, 7, 0, 0, 0, 3, 3],
        [7, 7, 7, 0, 3, 0, 0, 0],
    ],
    np.uint8,
)


def study(mask=MASK, *, labels=True, shapes=True):
    """Objects of a mask with everything that can refer to them."""
    s = ImageSet("field", grid_of("yx", mask.shape), labels=(LabelImage(ArrayPixels(mask), "yx"),))
    s = shapes_from_labels(s)[0]
    ids = pl.Series([f"cell {label}" for label in s.objects.frame["label"]])
    s = replace(s, objects=s.objects.with_columns(id=ids, name=ids))
    count = len(s.objects)
    rows = {"row": range(count), "area": [float((mask == label).sum()) for label in s.objects.frame["label"]]}
    links = {"id": ["a", "b", "c"], "kind": ["touches"] * 3, "parent": [0, 1, 2], "child": [1, 2, 2]}
    s = replace(
        s,
        labels=s.labels if labels else (),
        shapes=s.shapes if shapes else Shapes.empty(),
        connections=Connections(pl.DataFrame(links, schema_overrides={"parent": pl.Int32, "child": pl.Int32})),
        tables={
            "sizes": Table("objects", pl.DataFrame(rows), (Column("area"),)),
            "links": Table("connections", pl.DataFrame({"row": [0, 1], "d": [1.0, 2.0]}), (Column("d"),)),
        },
        membership=Membership.of(pl.DataFrame({"population": ["t", "b", "x", "x"], "object": [0, 1, 1, 2]})),
        extras=pl.DataFrame({"format": ["f"] * 2, "entity": ["object"] * 2, "id": ["cell 2", "cell 1"], "payload": ["{}"] * 2}),
    )
    kinds = {"kind": "class", "exclusive": True}
    return Study((s,), (Population("t", ("T",), **kinds), Population("b", ("B",), **kinds), Population("x", ("all", "x"))))


def do(*bodies, to=None):
    after, notes, _ = edited(to or study(), edits_of(bodies))
    return after.image_sets[0], after, [str(note) for note in notes]


def pixels(s):
    return in_memory(s.labels[0].pixels)


class TestDelete:
    def test_takes_everything_that_belongs_to_the_object(self):
        s, _, notes = do({"edit": "delete", "objects": ["cell 2"]})
        assert np.array_equal(pixels(s), np.where(MASK == 2, 0, MASK))
        assert s.objects.frame["id"].to_list() == ["cell 1", "cell 3", "cell 7", "cell 9"]
        assert s.connections.frame.select("id", "parent", "child").rows() == [("c", 1, 1)]
        assert s.tables["sizes"].frame["row"].to_list() == [0, 1, 2, 3]
        assert s.tables["links"].frame.is_empty()
        assert s.membership.frame.select("population", "object").rows() == [("t", 0), ("x", 1)]
        assert s.extras["id"].to_list() == ["cell 1"]
        assert notes == [
            "done: 1 object deleted",
            "done: 5 pixels deleted",
            "done: 1 shape deleted",
            "done: 2 connections deleted",
            "done: 2 memberships deleted",
            "done: 1 row of values deleted",
        ]

    def test_says_that_a_region_is_gone(self):
        base = study()
        base = replace(base, populations=(*base.populations, Population("r", ("r",), rule=RegionRule(("cell 9",)))))
        assert (
            "assumed: 1 population still selected by a region that was deleted; its members stay" in do({"edit": "delete", "objects": ["label:9"]}, to=base)[2]
        )


class TestMerge:
    def test_makes_one_object_with_one_outline_and_one_number(self):
        s, after, notes = do({"edit": "merge", "objects": ["cell 2", "cell 1"]})
        expected = np.where(MASK == 1, 2, MASK)
        assert np.array_equal(pixels(s), expected)
        labels, rings = outline(expected)
        for row, label in zip(s.shapes.frame["object"], s.objects.frame["label"].gather(s.shapes.frame["object"]), strict=True):
            place = int(np.flatnonzero(labels == label)[0])
            own = int(np.flatnonzero(s.shapes.frame["object"].to_numpy() == row)[0])
            assert s.shapes.rings.take([own]).same(rings.take([place])).all(), label
        assert s.shapes.frame["kind"].to_list() == ["traced"] * 4
        assert s.objects.frame["id"].to_list() == ["cell 2", "cell 3", "cell 7", "cell 9"]
        assert after.populations == study().populations
        assert "done: 2 objects merged into 'cell 2'" in notes

    def test_redirects_connections_and_drops_those_to_itself(self):
        s, _, notes = do({"edit": "merge", "objects": ["cell 2", "cell 1"]})
        assert s.connections.frame.select("id", "parent", "child").rows() == [("b", 0, 1), ("c", 1, 1)]
        assert "done: 1 connection of the merged objects with each other dropped" in notes
        s, _, _ = do({"edit": "merge", "objects": ["cell 1", "cell 3"]})
        assert s.connections.frame.select("id", "parent", "child").rows() == [("a", 0, 1), ("b", 1, 0), ("c", 0, 0)]

    def test_marks_values_as_stale_and_drops_those_of_the_others(self):
        s, _, _ = do({"edit": "merge", "objects": ["cell 2", "cell 3"]})
        assert s.tables["sizes"].frame.rows() == [(0, 4.0), (1, 5.0), (2, 8.0), (3, 2.0)]
        assert s.tables["sizes"].stale.to_list() == [1]
        assert s.tables["links"].frame.rows() == [(0, 1.0)]
        assert s.tables["links"].stale.to_list() == [0]
        s, _, notes = do({"edit": "merge", "objects": ["cell 1", "cell 3"]})
        assert s.tables["links"].stale.to_list() == [0, 1], "both lead to the merged object now"
        assert {"done: values of the others dropped: 1 row", "done: values of the merged object stale now: 3 rows"} <= set(notes)

    def test_joins_populations_but_no_second_class(self):
        s, _, _ = do({"edit": "merge", "objects": ["cell 1", "cell 2", "cell 3"]})
        assert sorted(s.membership.frame.select("population", "object").rows()) == [("t", 0), ("x", 0)]
        s, _, _ = do({"edit": "merge", "objects": ["cell 3", "cell 1"]})
        assert sorted(s.membership.frame.filter(pl.col("object") == 1).select("population", "nth_of_object").rows()) == [("t", 1), ("x", 0)]

    def test_works_where_there_are_only_shapes_or_only_pixels(self):
        merge = {"edit": "merge", "objects": ["cell 1", "cell 2"]}
        s, _, _ = do(merge, to=study(labels=False))
        assert (s.labels, len(s.shapes), len(s.objects)) == ((), 4, 4)
        bare = Study((ImageSet("", grid_of("yx", MASK.shape), labels=(LabelImage(ArrayPixels(MASK), "yx"),)),))
        s, _, _ = do({"edit": "merge", "objects": ["label:9", "label:1-2"]}, to=bare)
        assert np.array_equal(pixels(s), np.where(np.isin(MASK, (1, 2)), 9, MASK))
        assert len(s.objects) == 0

    def test_takes_shapes_that_are_no_areas_along(self):
        base = study()
        point = pl.DataFrame({"object": [2], "kind": ["point"]}, schema_overrides={"object": pl.Int32})
        s = base.image_sets[0]
        shapes = Shapes(
            pl.concat([s.shapes.frame, Shapes(point, Rings.simple([(5.5, 2.5)], [0, 1])).frame]),
            Rings(
                np.vstack([s.shapes.rings.coords, [(5.5, 2.5)]]),
                np.append(s.shapes.rings.ring_start, len(s.shapes.rings.coords) + 1),
                np.append(s.shapes.rings.part_start, len(s.shapes.rings.ring_start)),
                np.append(s.shapes.rings.shape_start, len(s.shapes.rings.part_start)),
            ),
        )
        s, _, _ = do({"edit": "merge", "objects": ["cell 1", "cell 3"]}, to=replace(base, image_sets=(replace(s, shapes=shapes),)))
        assert s.shapes.frame.filter(pl.col("kind") == "point")["object"].to_list() == [0]

    @pytest.mark.parametrize(
        ("objects", "changes", "message"),
        [
            (["cell 1"], {}, "at least two objects"),
            (["cell 1", "cell 1"], {}, "at least two objects"),
            (["cell 1", "cell 2"], {"t": pl.Series([0, 1, 0, 0, 0])}, "several time points"),
            (["cell 1", "cell 2"], {"layer": pl.Series(["a", "b", "a", "a", "a"])}, "several layers"),
            (["cell 1", "cell 2"], {"locked": pl.Series([False, True, False, False, False])}, "object 'cell 2' is locked"),
        ],
    )
    def test_refuses_what_cannot_be_one(self, objects, changes, message):
        base = study().map(lambda s: replace(s, objects=s.objects.with_columns(**changes)))
        with pytest.raises(UsageError, match=message):
            do({"edit": "merge", "objects": objects}, to=base)


class TestSplit:
    def test_makes_an_object_of_each_part_the_largest_stays(self):
        s, _, notes = do({"edit": "split", "objects": ["cell 3"]})
        expected = MASK.copy()
        expected[2, 5], expected[5, 4] = 10, 11
        assert np.array_equal(pixels(s), expected)
        assert s.objects.frame["id"].to_list()[-2:] == ["cell 3-2", "cell 3-3"]
        assert s.objects.frame["label"].to_list() == [1, 2, 3, 7, 9, 10, 11]
        assert s.objects.frame["name"].to_list()[-2:] == ["cell 3"] * 2
        assert s.membership.frame.select("population", "object", "nth_in_population").rows()[-2:] == [("x", 5, 2), ("x", 6, 3)]
        assert s.tables["sizes"].stale.to_list() == [2]
        assert notes[0] == "done: 1 object split into 3"
        labels, rings = outline(expected)
        owners = s.objects.frame["label"].gather(s.shapes.frame["object"]).to_list()
        for row, label in enumerate(owners):
            assert s.shapes.rings.take([row]).same(rings.take([list(labels).index(label)])).all(), label

    def test_of_parts_that_touch_at_a_corner_is_a_choice(self):
        mask = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 0], [1, 1, 0]], np.uint8)
        for labels, shapes in ((True, True), (True, False), (False, True)):
            base = study(np.pad(mask, ((0, 0), (0, 4))) + np.pad(np.array([[2, 3]], np.uint8), ((0, 3), (5, 0))), labels=labels, shapes=shapes)
            assert len(do({"edit": "split", "objects": ["cell 1"]}, to=base)[0].objects) == 3 + 2
            assert len(do({"edit": "split", "objects": ["cell 1"], "connectivity": 8}, to=base)[0].objects) == 3 + 1

    def test_of_one_piece_changes_nothing(self):
        s, _, notes = do({"edit": "split", "objects": ["cell 7"]})
        assert notes == ["skipped: 1 object in one piece already"]
        assert s.labels[0].pixels is not None

    def test_undoes_a_merge_but_for_names(self):
        s, _, _ = do({"edit": "merge", "objects": ["cell 7", "cell 9"]}, {"edit": "split", "objects": ["cell 7"]})
        assert np.array_equal(pixels(s), np.where(MASK == 9, 8, MASK))
        assert s.objects.frame["label"].to_list() == [1, 2, 3, 7, 8]

    def test_takes_a_larger_number_type_only_if_the_smaller_is_full(self):
        mask = np.zeros((16, 40), np.uint8)
        mask[::2, ::2] = np.arange(1, 161).reshape(8, 20)
        mask[15, 39] = 1
        mask[15, 37] = 255
        s, _, _ = do(
            {"edit": "split", "objects": ["label:1"]}, to=Study((ImageSet("", grid_of("yx", mask.shape), labels=(LabelImage(ArrayPixels(mask), "yx"),)),))
        )
        assert (pixels(s).dtype, pixels(s)[15, 39]) == (np.uint8, 161)
        full = np.zeros((32, 60), np.uint8)
        full[::2, ::2].flat[:255] = np.arange(1, 256)
        full[31, 59] = 1
        s, _, _ = do(
            {"edit": "split", "objects": ["label:1"]}, to=Study((ImageSet("", grid_of("yx", full.shape), labels=(LabelImage(ArrayPixels(full), "yx"),)),))
        )
        assert (pixels(s).dtype, pixels(s)[31, 59]) == (np.uint16, 256)

    def test_of_a_volume_goes_through_the_planes(self):
        volume = np.zeros((3, 4, 6), np.uint16)
        volume[0, 0:2, 0:2] = volume[1, 1:3, 1:3] = 5  # share one pixel's face
        volume[2, 3, 5] = 5
        base = Study((ImageSet("v", grid_of("zyx", volume.shape), labels=(LabelImage(ArrayPixels(volume), "zyx"),)),))
        s, _, _ = do({"edit": "split", "objects": ["all"]}, to=base)
        assert [int((pixels(s) == label).sum()) for label in (5, 6)] == [8, 1]
        traced = Study((replace(shapes_from_labels(base.image_sets[0])[0], labels=()),))
        s, _, _ = do({"edit": "split", "objects": ["all"]}, to=traced)
        assert s.shapes.frame.select("object", "z").rows() == [(0, 0), (0, 1), (1, 2)]


class TestRelabel:
    def test_gives_a_number_that_is_free(self):
        s, _, _ = do({"edit": "relabel", "objects": ["cell 7"], "label": 70_000})
        assert np.array_equal(pixels(s), np.where(MASK == 7, 70_000, MASK.astype(np.uint32)))
        assert pixels(s).dtype == np.uint32
        assert s.objects.frame.filter(pl.col("id") == "cell 7")["label"].to_list() == [70_000]
        assert s.tables["sizes"].stale.is_empty()

    @pytest.mark.parametrize(("objects", "label", "message"), [(["cell 7"], 9, "taken by object 'cell 9'"), (["all"], 5, "5 objects cannot have one number")])
    def test_refuses_a_number_that_is_taken(self, objects, label, message):
        with pytest.raises(UsageError, match=message):
            do({"edit": "relabel", "objects": objects, "label": label})

    def test_refuses_a_number_that_only_pixels_have(self):
        base = study()
        s = base.image_sets[0]
        bare = replace(s, labels=(LabelImage(ArrayPixels(np.where(MASK == 0, 77, MASK).astype(np.uint8)), "yx"),))
        with pytest.raises(UsageError, match="layer 'labels' has pixels of it"):
            do({"edit": "relabel", "objects": ["cell 7"], "label": 77}, to=replace(base, image_sets=(bare,)))

    def test_all_counts_from_one_in_order(self):
        s, _, notes = do({"edit": "relabel-all"})
        assert np.array_equal(pixels(s), np.searchsorted([0, 1, 2, 3, 7, 9], MASK))
        assert s.objects.frame.select("id", "label").rows()[3:] == [("cell 7", 4), ("cell 9", 5)]
        assert notes == ["done: 2 labels numbered anew"]


class TestPopulations:
    def test_a_tag_is_made_with_its_colour_and_levels(self):
        s, after, _ = do({"edit": "tag", "objects": ["cell 7", "cell 9"], "population": "Immune / CD3/CD8", "colour": "#ff8000"})
        made = after.populations[-1]
        assert (made.name, made.kind, made.colour, made.exclusive) == (("Immune", "CD3/CD8"), "tag", 0xFF8000FF, False)
        assert s.membership.frame.filter(pl.col("population") == made.id).select("object", "nth_in_population").rows() == [(3, 0), (4, 1)]

    def test_a_class_replaces_the_class(self):
        s, after, notes = do({"edit": "class", "objects": ["cell 1", "cell 2"], "population": "B"})
        assert sorted(s.membership.frame.select("population", "object").rows()) == [("b", 0), ("b", 1), ("x", 1), ("x", 2)]
        assert len(after.populations) == 3
        assert "done: 1 membership of other populations of the kind 'class' ended" in notes
        s, _, _ = do({"edit": "class", "objects": ["all"], "population": None})
        assert sorted(s.membership.frame.select("population", "object").rows()) == [("x", 1), ("x", 2)]

    def test_a_name_that_several_have_is_asked_for_by_id(self):
        base = replace(study(), populations=(*study().populations, Population("t2", ("T",))))
        with pytest.raises(UsageError, match="2 populations are called 'T'; name one by its id: 't', 't2'"):
            do({"edit": "tag", "objects": ["cell 1"], "population": "T"}, to=base)
        s, _, _ = do({"edit": "untag", "objects": ["@t"], "population": "t"}, to=base)
        assert "t" not in s.membership.frame["population"]

    def test_to_take_out_of_a_population_that_is_not_there_is_an_error(self):
        with pytest.raises(UsageError, match="no population is called 'Q'; there are: 'T', 'B', 'all / x'"):
            do({"edit": "untag", "objects": ["cell 1"], "population": "Q"})


class TestObjectsOfPixelsAlone:
    def bare(self):
        return Study((ImageSet("f", grid_of("yx", MASK.shape), labels=(LabelImage(ArrayPixels(MASK), "yx"),)),))

    def test_are_listed_when_something_is_said_about_one(self):
        s, _, _ = do({"edit": "rename", "objects": ["label:7"], "name": "ring"}, to=self.bare())
        assert s.objects.frame.select("id", "label", "name").rows() == [("1", 1, None), ("2", 2, None), ("3", 3, None), ("7", 7, "ring"), ("9", 9, None)]

    def test_are_not_listed_when_only_pixels_change(self):
        s, _, _ = do({"edit": "delete", "objects": ["1"]}, {"edit": "split", "objects": ["all"]}, {"edit": "relabel-all"}, to=self.bare())
        assert len(s.objects) == 0
        assert np.array_equal(np.unique(pixels(s)), range(7))


class TestTime:
    """Labels that restart in each frame: an object is a label at a time."""

    def movie(self):
        frames = np.stack([MASK, np.where(MASK == 9, 1, np.where(MASK == 1, 9, MASK))])
        return Study((ImageSet("f", grid_of("tyx", frames.shape), labels=(LabelImage(ArrayPixels(frames), "tyx", persists=False),)),)), frames

    def test_a_label_is_selected_at_every_time_an_id_at_one(self):
        base, frames = self.movie()
        s, _, _ = do({"edit": "delete", "objects": ["t1/9"]}, to=base)
        assert np.array_equal(pixels(s), np.stack([frames[0], np.where(frames[1] == 9, 0, frames[1])]))
        s, _, _ = do({"edit": "delete", "objects": ["label:9"]}, to=base)
        assert np.array_equal(pixels(s), np.where(frames == 9, 0, frames))

    def test_objects_of_two_times_cannot_be_one(self):
        base, frames = self.movie()
        with pytest.raises(UsageError, match="several time points"):
            do({"edit": "merge", "objects": ["t0/1", "t1/9"]}, to=base)
        s, _, _ = do({"edit": "merge", "objects": ["t1/1", "t1/9"]}, {"edit": "split", "objects": ["t1/1"]}, to=base)
        assert np.array_equal(pixels(s)[0], frames[0])
        assert np.array_equal(pixels(s)[1], np.where(frames[1] == 1, 10, np.where(frames[1] == 9, 1, frames[1])))

    def test_a_number_has_to_be_free_at_that_time_only(self):
        base, frames = self.movie()
        frames[1][frames[1] == 7] = 0
        s, _, _ = do({"edit": "relabel", "objects": ["t1/1"], "label": 7}, to=base)
        assert np.array_equal(pixels(s), np.stack([frames[0], np.where(frames[1] == 1, 7, frames[1])]))

    def test_an_object_of_all_times_is_not_split(self):
        base, _ = self.movie()
        objects = Objects(pl.DataFrame({"id": ["x"], "layer": ["labels"], "label": [3]}))
        with pytest.raises(UsageError, match="object 'x' has pixels at several times"):
            do({"edit": "split", "objects": ["x"]}, to=replace(base, image_sets=(replace(base.image_sets[0], objects=objects),)))


class TestSelection:
    def names(self):
        frame = pl.DataFrame({"id": ["label:5", "@T", "all", "d", "e"], "name": ["a/b", "a*b", "SEPT7 🧬, x", None, "axb"], "label": [1, 2, 3, 4, 5]})
        return Study((ImageSet("", objects=Objects(frame)),))

    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            (["id:label:5"], [0]),
            (["label:5"], [4]),
            (["label:2-4"], [1, 2, 3]),
            (["id:all", "id:@T"], [2, 1]),
            (["all"], [0, 1, 2, 3, 4]),
            (["name:a*b"], [1]),
            (["name~=a?b"], [0, 1, 4]),
            (["name~=*🧬*", "d"], [2, 3]),
            (["name:a/b", "all"], [0, 1, 2, 3, 4]),
        ],
    )
    def test_words(self, words, expected):
        from segue.workflow.edits.pixels import implied_objects
        from segue.workflow.edits.selection import select

        study = self.names()
        (which,) = edits_of({"edit": "delete", "objects": words})
        (found,) = select(study, {0: implied_objects(study.image_sets[0])}, which)
        assert found.rows.tolist() == expected

    @pytest.mark.parametrize("word", ["label:6", "name:", "@nobody", "nobody", "label:x", "name~="])
    def test_what_is_not_there_is_an_error_that_says_what_is(self, word):
        with pytest.raises(UsageError, match=r"is no label|there are 5, with ids such as 'label:5', '@T', 'all'"):
            do({"edit": "delete", "objects": [word]}, to=self.names())

    def test_nothing_named_is_an_error(self):
        with pytest.raises(UsageError, match="say which objects"):
            do({"edit": "delete"}, to=self.names())

    def test_image_sets_and_layers_narrow_it(self):
        two = Study((replace(study().image_sets[0], name="a"), replace(study().image_sets[0], name="b")), study().populations)
        for which, sizes in (("b", [5, 4]), ("1", [4, 5])):
            after, _, _ = edited(two, edits_of({"edit": "delete", "objects": ["label:1"], "image_set": which}))
            assert [len(s.objects) for s in after.image_sets] == sizes
        with pytest.raises(UsageError, match="several image sets"):
            edited(two, edits_of({"edit": "merge", "objects": ["label:1", "label:2"]}))
        with pytest.raises(UsageError, match="no image set is called '3'"):
            edited(two, edits_of({"edit": "delete", "objects": ["label:1"], "image_set": "3"}))
        with pytest.raises(UsageError, match="in layer 'nuclei'"):
            edited(two, edits_of({"edit": "delete", "objects": ["label:1"], "layer": "nuclei"}))


def test_what_is_done_is_no_loss():
    _, notes, _ = edited(study(), edits_of({"edit": "delete", "objects": ["all"]}))
    assert {note.kind for note in notes} == {Kind.DONE}
    assert not notes.refused

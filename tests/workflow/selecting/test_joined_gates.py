"""Gates of a file that is joined by ``--populations``: run where their values are there, and said where they are not."""

from __future__ import annotations

import segue
from segue.workflow.measuring.choice import choice_of
from segue.workflow.measuring.study import Measuring, measured_study


def test_gates_are_run_on_the_values_of_a_study(study, tmp_path):
    segue.write(study, tmp_path / "s.segue")
    (tmp_path / "gates.csv").write_text("area,12,24,Middle\nscore,2,9,Middle\nCD3 mean,0,50,Dim\n", encoding="utf-8")
    notes = segue.convert(tmp_path / "s.segue", tmp_path / "t.segue", populations=tmp_path / "gates.csv")
    with segue.read(tmp_path / "t.segue") as found:
        s, ids = found.image_sets[0], {one.name[-1]: one.id for one in found.populations}
        rows = s.membership.frame.filter(population=ids["Middle"])
        assert s.objects.frame["label"].gather(rows["object"]).to_list() == [3, 9]
        assert set(rows["labels"]) == {s.labels[0].fingerprint()}
        assert s.membership.frame.filter(population=ids["Dim"]).height == 0
    said = " ".join(note.sentence for note in notes)
    assert "'Dim' has no members, because no table has the column 'CD3 mean'; segue select --gates measures it" in said
    segue.select(tmp_path / "s.segue", gates=tmp_path / "gates.csv")
    with segue.read(tmp_path / "s.segue") as found:
        s, ids = found.image_sets[0], {one.name[-1]: one.id for one in found.populations}
        assert s.objects.frame["label"].gather(s.membership.frame.filter(population=ids["Dim"])["object"]).to_list() == [1, 2, 3, 4]
        wanted = measured_study(study, Measuring(choice_of(("mean",))))[0].image_sets[0].tables["measurements"].frame
        assert wanted["mean" if "mean" in wanted.columns else "CD3 mean"].to_list() == [10.0, 20.0, 30.0, 40.0, 90.0]

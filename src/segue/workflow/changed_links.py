"""What becomes of connections that are written as tracks, in numbers."""

from __future__ import annotations

import numpy as np

from segue.model.study import ImageSet, Study


def changed_links(study: Study) -> str:
    """``1 division kept; 1 gap: ...; 1 connection of merges lost``: connections over time, as tracks say them.

    Empty text if the connections are plain chains from one time point to the next.
    """
    divisions, gaps, merges = np.sum([(0, 0, 0), *(_numbers(s) for s in study.image_sets)], axis=0).tolist()
    facts = [
        f"{divisions:,} division{'s' * (divisions != 1)} kept" if divisions else "",
        f"{gaps:,} gap{'s' * (gaps != 1)}: the track is cut, and begins anew behind it" if gaps else "",
        f"{merges:,} connection{'s' * (merges != 1)} of merges lost" if merges else "",
    ]
    return "; ".join(fact for fact in facts if fact)


def _numbers(s: ImageSet) -> tuple[int, int, int]:
    """Objects with several children, connections that leap over a time point, and connections to an object beyond its first parent."""
    frame = s.connections.frame.select("kind", "parent", "child").drop_nulls()
    frame = frame.filter(frame["kind"].is_in(["track"] if (frame["kind"] == "track").any() else ["link"])).select("parent", "child").unique()
    time = s.objects.frame["t"].fill_null(0).to_numpy().astype(np.int64)
    parent, child = (frame[name].to_numpy() for name in ("parent", "child"))
    later = time[parent] < time[child]
    parent, child = parent[later], child[later]
    merges = len(child) - len(np.unique(child))
    return int((np.bincount(parent) > 1).sum()), int((time[child] - time[parent] > 1).sum()), merges

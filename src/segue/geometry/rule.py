"""What decides a pixel centre, or any point, that lies exactly on an edge.

An edge from an upper to a lower vertex counts for the heights y with upper y <= y < lower y. There it lies at x; what is right of
``x + NUDGE`` lies right of the edge. So a centre on an edge is inside by x in (left, right], y in [top, bottom).
"""

NUDGE = 1e-8
"""What ImageJ's PolygonFiller adds to every x at which an edge crosses a row, so that a centre on the edge surely counts as left of it."""

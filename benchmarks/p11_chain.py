"""P11: what users do in a chain: 100,000 cells of Cellpose's mask file -> RoiSet.zip -> QuPath GeoJSON, files to files.

The peers are the ways that Cellpose and the forums show (OpenCV contours into roifile; the ROI set into GeoJSON by roifile and orjson). Their
outlines run through pixel centres and lose holes and parts, so they do less than the whole job; see ``identical`` for what a mask is after it.
"""

from __future__ import annotations

import uuid

import numpy as np
from harness import OURS, Contender, measure
from inputs import FOLDER, cells

CELLS = 100_000
MASK, ROIS, GEOJSON = FOLDER / "chain_cp_masks.tif", FOLDER / "chain-RoiSet.zip", FOLDER / "chain.geojson"
FIRST, SECOND, BACK = "Cellpose mask to RoiSet.zip", "RoiSet.zip to GeoJSON", "GeoJSON back to the mask"


def mask():
    import tifffile

    if not MASK.exists():
        FOLDER.mkdir(exist_ok=True)
        tifffile.imwrite(MASK, cells().astype(np.uint32), compression="zlib")


def convert(source, target, **settings):
    from segue.workflow.convert import Item, Settings, convert_item

    return lambda: convert_item(Item(source, target, settings.get("image")), Settings(to=settings.get("to"), overwrite=True))


def ours_first():
    mask()
    work = convert(MASK, ROIS)
    work()
    return work


def ours_second():
    ours_first()
    work = convert(ROIS, GEOJSON, to="qupath-geojson")
    work()
    return work


def ours_back():
    ours_second()
    work = convert(GEOJSON, FOLDER / "chain-again.tif", image=MASK)
    work()
    return work


def identical(_):
    import tifffile

    return {"identical": bool((tifffile.imread(FOLDER / "chain-again.tif") == tifffile.imread(MASK)).all())}


def contours_to_rois():
    """As ``cellpose.io.save_rois``: the longest contour of each label's crop."""
    import cv2
    import roifile
    import tifffile
    from scipy import ndimage

    mask()

    def work():
        labels = tifffile.imread(MASK)
        found = []
        for number, box in enumerate(ndimage.find_objects(labels.astype(np.int32)), 1):
            if box is None:
                continue
            contours, _ = cv2.findContours((labels[box] == number).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
            longest = max(contours, key=len)[:, 0] + (box[1].start, box[0].start)
            if len(longest) > 4:
                found.append(roifile.ImagejRoi.frompoints(longest, name=str(number)))
        path = FOLDER / "peer-RoiSet.zip"
        path.unlink(missing_ok=True)
        roifile.roiwrite(path, found, mode="w")
        return found

    return work


def rois_to_geojson():
    import orjson
    import roifile

    contours_to_rois()()

    def work():
        found = []
        for roi in roifile.roiread(FOLDER / "peer-RoiSet.zip"):
            ring = roi.coordinates().tolist()
            found.append(
                {
                    "type": "Feature",
                    "id": str(uuid.uuid4()),
                    "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
                    "properties": {"objectType": "detection", "name": roi.name},
                }
            )
        (FOLDER / "peer.geojson").write_bytes(orjson.dumps({"type": "FeatureCollection", "features": found}))
        return found

    return work


if __name__ == "__main__":
    measure(
        f"P11 {CELLS:,} cells from Cellpose to Fiji to QuPath and back",
        [
            Contender("segue convert", ours_first, OURS, FIRST, facts=lambda result: {"objects": result.objects}),
            Contender(
                "OpenCV contours and roifile",
                contours_to_rois,
                case=FIRST,
                needs=("cv2", "roifile", "scipy"),
                rounds=1,
                exact=False,
                facts=lambda rois: {"n": len(rois)},
            ),
            Contender("segue convert", ours_second, OURS, SECOND, facts=lambda result: {"objects": result.objects}),
            Contender(
                "roifile and orjson",
                rois_to_geojson,
                case=SECOND,
                needs=("cv2", "roifile", "scipy"),
                rounds=1,
                exact=False,
                facts=lambda found: {"n": len(found)},
            ),
            Contender("segue convert", ours_back, OURS, BACK, facts=identical),
        ],
        rounds=2,
    )

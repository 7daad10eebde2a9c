"""The record of ilastik's object tables."""

from __future__ import annotations

from segue.formats.format import Format, Reference

FORMAT = Format(
    name="ilastik-objects",
    title="ilastik object table",
    suffixes=(".csv", ".h5", ".hdf5", ".hd5"),
    summary="features and classes of objects from ilastik's Object Classification (CSV or HDF5), by time step and label; HDF5 with their pixels",
    specification=Reference("ilastik: utility/exportFile.py, applets/objectExtraction", "ebbaf9b9 (2026-07-16) and two exported tables", "2026-11-21"),
    detect="segue.formats.ilastik_objects.detect:detect",
    reader="segue.formats.ilastik_objects.read:read",
    read_options="segue.formats.ilastik_objects.options:ReadOptions",
    identity="labelimage_oid is the label, restarted in each time step; object_id is kept as another name of the object",
    opened_by=("every spreadsheet (CSV)", "h5py and other HDF5 libraries"),
)

"""Every format, in the order in which the documentation lists them: one visible line each."""

from __future__ import annotations

from segue.errors import UnknownFormat
from segue.formats.anndata.spec import FORMAT as anndata
from segue.formats.bioio.spec import FORMAT as bioio
from segue.formats.cellpose.spec import FORMAT as cellpose
from segue.formats.cellpose_outlines.spec import FORMAT as cellpose_outlines
from segue.formats.cellprofiler.spec import FORMAT as cellprofiler
from segue.formats.channel_folder.spec import FORMAT as channel_folder
from segue.formats.coco.spec import FORMAT as coco
from segue.formats.ctc.spec import FORMAT as ctc
from segue.formats.fcs.spec import FORMAT as fcs
from segue.formats.format import Format
from segue.formats.geoparquet.spec import FORMAT as geoparquet
from segue.formats.hdf5.spec import FORMAT as hdf5
from segue.formats.ilastik_objects.spec import FORMAT as ilastik_objects
from segue.formats.ilastik_tracking.spec import FORMAT as ilastik_tracking
from segue.formats.imagej_results.spec import FORMAT as imagej_results
from segue.formats.imagej_roi.spec import FORMAT as imagej_roi
from segue.formats.labelme.spec import FORMAT as labelme
from segue.formats.mantis_features.spec import FORMAT as mantis_features
from segue.formats.mantis_gates.spec import FORMAT as mantis_gates
from segue.formats.mantis_json.spec import FORMAT as mantis_json
from segue.formats.mantis_mappings.spec import FORMAT as mantis_mappings
from segue.formats.mantis_populations.spec import FORMAT as mantis_populations
from segue.formats.mantis_project.spec import FORMAT as mantis_project
from segue.formats.mantis_regions.spec import FORMAT as mantis_regions
from segue.formats.mantis_segments.spec import FORMAT as mantis_segments
from segue.formats.mantis_statistics.spec import FORMAT as mantis_statistics
from segue.formats.mcquant.spec import FORMAT as mcquant
from segue.formats.merscope.spec import FORMAT as merscope
from segue.formats.n5.spec import FORMAT as n5
from segue.formats.napari_points.spec import FORMAT as napari_points
from segue.formats.napari_shapes.spec import FORMAT as napari_shapes
from segue.formats.nimbus_bundle.spec import FORMAT as nimbus_bundle
from segue.formats.nimbus_collection.spec import FORMAT as nimbus_collection
from segue.formats.nimbus_csv.spec import FORMAT as nimbus_csv
from segue.formats.nimbus_json.spec import FORMAT as nimbus_json
from segue.formats.nimbus_project.spec import FORMAT as nimbus_project
from segue.formats.numpy.spec import FORMAT as numpy
from segue.formats.ome_roi.spec import FORMAT as ome_roi
from segue.formats.ome_zarr.spec import FORMAT as ome_zarr
from segue.formats.picture.spec import FORMAT as picture
from segue.formats.png.spec import FORMAT as png
from segue.formats.pnm.spec import FORMAT as pnm
from segue.formats.qupath_geojson.spec import FORMAT as qupath_geojson
from segue.formats.qupath_measurements.spec import FORMAT as qupath_measurements
from segue.formats.segue_study.spec import FORMAT as segue_study
from segue.formats.steinbock.spec import FORMAT as steinbock
from segue.formats.table.spec import FORMAT as table
from segue.formats.tiff.spec import FORMAT as tiff
from segue.formats.xenium.spec import FORMAT as xenium

FORMATS: dict[str, Format] = {
    record.name: record
    for record in (
        segue_study,
        imagej_roi,
        imagej_results,
        cellpose,
        cellpose_outlines,
        qupath_geojson,
        qupath_measurements,
        coco,
        labelme,
        napari_shapes,
        napari_points,
        mantis_project,
        mantis_json,
        nimbus_json,
        nimbus_csv,
        nimbus_bundle,
        nimbus_collection,
        nimbus_project,
        cellprofiler,
        steinbock,
        mcquant,
        ilastik_objects,
        ilastik_tracking,
        ctc,
        table,
        mantis_statistics,
        mantis_populations,
        mantis_features,
        mantis_gates,
        mantis_mappings,
        mantis_regions,
        mantis_segments,
        fcs,
        anndata,
        geoparquet,
        xenium,
        merscope,
        ome_roi,
        tiff,
        ome_zarr,
        hdf5,
        n5,
        png,
        pnm,
        picture,
        numpy,
        channel_folder,
        bioio,
    )
}


def named(name: str) -> Format:
    """The format that a user calls by name, in capitals or not, with hyphens or spaces.

    Raises
    ------
    UnknownFormat
        Names the nearest formats.
    """
    wanted = "-".join(name.lower().replace("_", " ").split())
    if wanted in FORMATS:
        return FORMATS[wanted]
    from difflib import get_close_matches

    near = get_close_matches(wanted, FORMATS, n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}? (segue formats lists them all)" if near else "segue formats lists them all"
    raise UnknownFormat(f"no format is called {name!r}; {hint}", given=name, near=near)


def by_suffix(name: str) -> list[Format]:
    """The formats whose suffix a file name ends with; of several suffixes the longest counts."""
    lower = name.lower()
    found = [(max((len(suffix) for suffix in record.suffixes if lower.endswith(suffix)), default=0), record) for record in FORMATS.values()]
    longest = max(length for length, _ in found)
    return [record for length, record in found if length == longest] if longest else []

"""A fitted study -> ``.roi`` or RoiSet.zip."""

from __future__ import annotations

from functools import partial

from segue.codecs.zip_write import ZipWriter
from segue.errors import UsageError
from segue.formats.imagej_roi.labels import entry_names
from segue.formats.imagej_roi.options import WriteOptions
from segue.formats.roi_files import about
from segue.formats.roi_files.planes import stack_axis
from segue.formats.roi_files.write import BLOCK, prepared
from segue.model.study import Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: WriteOptions) -> None:
    """Write the shapes of the one image set.

    Raises
    ------
    UsageError
        A single ``.roi`` is asked for, and there is not exactly one ROI.
    """
    s = study.image_sets[0]
    text = about.render(s, study.populations)
    single = sink.name.lower().endswith(".roi")
    inside = single or len(text) > about.LONGEST
    stack_of = partial(stack_axis, grid=s.grid, position=options.position)
    rois = prepared(study, s, stack_of, about=text if inside else b"", qupath=options.qupath)
    if single and len(rois) != 1:
        raise UsageError(f"a .roi file holds exactly one ROI, and there are {len(rois):,}; write a RoiSet.zip instead", path=sink.name)
    with sink.open() as file:
        if single:
            file.write(rois.encoded(0, 1)[0].tobytes())
            return
        entries = entry_names(rois.names, rois.ids)
        archive = ZipWriter(file, level=options.compression)
        for begin in range(0, len(rois), BLOCK):
            archive.add(entries[begin : begin + BLOCK], *rois.encoded(begin, begin + BLOCK))
        archive.finish(b"" if inside else text)

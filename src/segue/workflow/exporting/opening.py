"""Opening a container for nothing: what it says about pixels before any is read."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np

from segue.errors import SegueError, SinkError
from segue.formats.format import Format
from segue.formats.options import Options
from segue.model.study import ImageSet
from segue.storage.discard import DiscardSink


class _EnoughError(Exception):
    """Leaves a container that is not to be completed."""


def looked_at(record: Format, image_set: ImageSet, target: Path, options: Options) -> tuple[int, SegueError | None]:
    """(pixels of the largest block that is written at once, why the container cannot hold the image); 0 = not known.

    What depends on the options and the suffix only the format knows, and it says so when it is opened. Nothing is written beside the target.
    """
    largest = 0
    try:
        with suppress(_EnoughError), DiscardSink(target) as nowhere, record.open_blocks(image_set, nowhere, options) as writer:
            for region in writer.blocks:
                largest = max(largest, int(np.prod([part.stop - part.start for part in region], dtype=np.int64)))
            raise _EnoughError
    except SinkError:  # no place for temporary files, which says nothing about the target
        return 0, None
    except SegueError as error:
        return 0, error
    return largest, None

"""The formats: one folder each, one line each in ``catalog``.

``segue.formats()`` returns the catalogue. The package is also a module (``segue.formats.catalog``), so the module itself is callable.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segue.formats.format import Format


class _Formats(ModuleType):
    def __call__(self) -> dict[str, Format]:
        """Every format by its name."""
        from segue.formats.catalog import FORMATS

        return dict(FORMATS)


sys.modules[__name__].__class__ = _Formats

"""Options of the writer: those of every file of NimbusImage's annotations."""

from segue.formats.nimbus_files.options import WriteOptions

__all__ = ["WriteOptions"]

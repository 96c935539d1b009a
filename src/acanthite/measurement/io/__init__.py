"""Lab files -> Recordings: readers of instrument files, recognised by their content, and writers."""

from acanthite.measurement.io.detect import detect, read
from acanthite.measurement.io.folder import Skipped, read_folder
from acanthite.measurement.io.write import write

__all__ = ["Skipped", "detect", "read", "read_folder", "write"]

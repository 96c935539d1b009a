"""A report on the user's own lab files: what they hold, what that says, and what could not be read."""

from acanthite.report.measured.result import Result
from acanthite.report.measured.run import Watcher, analyse
from acanthite.report.measured.study import Drawing, Finding, Number, Options, Study, Value

__all__ = [
    "Drawing",
    "Finding",
    "Number",
    "Options",
    "Result",
    "Study",
    "Value",
    "Watcher",
    "analyse",
]

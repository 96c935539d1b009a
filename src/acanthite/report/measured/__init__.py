"""A report on the user's own lab files.

What they hold, what that says, and what could not be read.
"""

from acanthite.report.measured.result import AnalysisResult
from acanthite.report.measured.run import StageProgress, analyse
from acanthite.report.measured.study import Drawing, Finding, Number, Options, Study, Value

__all__ = [
    "AnalysisResult",
    "Drawing",
    "Finding",
    "Number",
    "Options",
    "StageProgress",
    "Study",
    "Value",
    "analyse",
]

"""The run folder and the report: every figure beside what is published."""

from acanthite.report.citations import as_bibtex, sources_of_run
from acanthite.report.folder import RunFolder
from acanthite.report.part import Part
from acanthite.report.runner import DEFAULT_OUT, RunResult, reproduce
from acanthite.report.verdicts import Row, counts, headline, judge
from acanthite.report.watcher import Watcher

__all__ = [
    "DEFAULT_OUT",
    "Part",
    "Row",
    "RunFolder",
    "RunResult",
    "Watcher",
    "as_bibtex",
    "counts",
    "headline",
    "judge",
    "reproduce",
    "sources_of_run",
]

"""What an analysis of lab files gives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acanthite.report.measured.lab_files import Source
from acanthite.report.measured.study import Finding, Study


@dataclass(frozen=True)
class AnalysisResult:
    """What an analysis gave and wrote.

    Parameters
    ----------
    path : pathlib.Path
        The folder.
    sources : tuple of Source
        Every file that was looked at.
    findings : tuple of (Study, Finding)
    table : dict
        All of it as plain data, numbers in SI: ``analysis.json``.
    """

    path: Path
    sources: tuple[Source, ...]
    findings: tuple[tuple[Study, Finding], ...]
    table: dict[str, Any]

    @property
    def broken(self) -> tuple[Source, ...]:
        """Files that could not be read."""
        return tuple(source for source in self.sources if source.state == "broken")

    @property
    def failed(self) -> tuple[tuple[Study, Finding], ...]:
        """Studies whose analysis failed."""
        return tuple((study, finding) for study, finding in self.findings if finding.trace)

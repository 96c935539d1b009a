"""Lab files -> a folder with the report: the one call behind ``acanthite analyse``."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acanthite.drawing import describe, look, save_with_data
from acanthite.errors import AcanthiteError, RecordingError
from acanthite.report.measured.folder import as_table, open_folder, write_tables
from acanthite.report.measured.grouping.studies import studies
from acanthite.report.measured.kinds.as_measured import analyse_other, analyse_transistor
from acanthite.report.measured.kinds.conduction import analyse_conduction
from acanthite.report.measured.kinds.endurance_and_levels import analyse_endurance, analyse_levels
from acanthite.report.measured.kinds.pulse_response import analyse_pulses
from acanthite.report.measured.kinds.result_table import analyse_results
from acanthite.report.measured.kinds.retention import analyse_retention
from acanthite.report.measured.kinds.switching_loops import analyse_loops
from acanthite.report.measured.lab_files import Source, read_files
from acanthite.report.measured.page import write_page
from acanthite.report.measured.result import AnalysisResult
from acanthite.report.measured.study import Finding, Kind, Options, Study

if TYPE_CHECKING:
    import xarray as xr

DEFAULT_OUT = Path("acanthite-analysis")
StageProgress = Callable[[str, float], None]
"""Called with what is being done and the fraction done so far."""

_ANALYSES: Mapping[Kind, Callable[[Study, Options], Finding]] = {
    "loops": analyse_loops,
    "conduction": analyse_conduction,
    "pulses": analyse_pulses,
    "endurance": analyse_endurance,
    "levels": analyse_levels,
    "retention": analyse_retention,
    "results": analyse_results,
    "transistor": analyse_transistor,
    "other": lambda study, options: analyse_other(
        study, "Too few numbers, or of no kind that is known: shown, not analysed."
    ),
}


def analyse(
    paths: str | Path | Sequence[str | Path],
    out: str | Path = DEFAULT_OUT,
    options: Options | None = None,
    *,
    by_name: Mapping[str, Mapping[str, Any]] | None = None,
    progress: StageProgress | None = None,
    **hints: Any,
) -> AnalysisResult:
    """Read lab files, say what they hold, and write a report.

    Parameters
    ----------
    paths : path_like or sequence of path_like
        Files, or folders of them.
    out : path_like
        The folder of the report; one that an earlier analysis left is written anew.
    options : Options, optional
    by_name : mapping of str to mapping, optional
        Hints for the files whose name matches a pattern.
    progress : callable, optional
        Called with what is being done and the fraction done so far.
    **hints
        For all other files: see :func:`acanthite.measurement.read`.

    Returns
    -------
    AnalysisResult

    Raises
    ------
    RecordingError
        If a path does not exist or no file can be read; nothing is written then.
    RunFolderError
        If the folder cannot be used.
    """
    from acanthite.measurement.io.folder import files_in

    out = Path(out)
    options = options or Options()
    progress = progress or (lambda what, fraction: None)
    sources, recordings = _read(_outside(files_in(paths), out), hints, by_name or {}, progress)
    open_folder(out)
    grouped = studies(recordings, options)
    findings = []
    for n, study in enumerate(grouped):
        progress(f"analysing {study.title}", 0.5 + 0.5 * n / len(grouped))
        findings.append((study, _finding(study, options, out)))
    progress("writing the report", 1.0)
    table = as_table(sources, findings, options)
    result = AnalysisResult(out, tuple(sources), tuple(findings), table)
    write_page(result, options)
    write_tables(out, table, findings)
    return result


def _outside(files: Sequence[Path], out: Path) -> list[Path]:
    """Return the files that an earlier report in the same place did not write."""
    home = Path(os.path.realpath(out))  # which, unlike resolve, returns from a loop of links
    if not home.is_dir():
        return list(files)
    return [file for file in files if home not in Path(os.path.realpath(file)).parents]


def _read(
    files: Sequence[Path],
    hints: Mapping[str, Any],
    by_name: Mapping[str, Mapping[str, Any]],
    progress: StageProgress,
) -> tuple[list[Source], list[tuple[Path, xr.Dataset]]]:
    sources: list[Source] = []
    recordings: list[tuple[Path, xr.Dataset]] = []
    looked_at = read_files(
        files, hints, by_name, lambda file, done: progress(f"reading {file.name}", 0.5 * done)
    )
    for source, datasets in looked_at:
        sources.append(source)
        recordings += [(source.file, recording) for recording in datasets]
    if not recordings:
        raise RecordingError(_nothing(sources))
    return sources, recordings


def _nothing(sources: Sequence[Source]) -> str:
    broken = [s for s in sources if s.state == "broken"]
    if not broken:
        return f"{len(sources)} files, none of them data; expected lab files"
    first = broken[0]
    place = f", {first.place}" if first.place else ""
    reason = f"{first.file}{place}: {first.reason}"
    if len(broken) == 1:
        return reason
    return f"none of {len(broken)} files could be read; the first: {reason}"


def _finding(study: Study, options: Options, out: Path) -> Finding:
    """Return what a study says, its pictures drawn; one that fails does not stop the others."""
    try:
        return _draw(study, _analyse(study, options), out)
    except Exception as error:
        reason = f"{type(error).__name__}: {' '.join(str(error).split())}"
        return Finding(
            f"The analysis failed: {reason}", trace="".join(traceback.format_exception(error))
        )


def _analyse(study: Study, options: Options) -> Finding:
    """Return what a study says; one that cannot be analysed is shown with the reason."""
    try:
        return _ANALYSES[study.kind](study, options)
    except AcanthiteError as error:
        return analyse_other(study, f"Shown, not analysed: {error}")


def _draw(study: Study, finding: Finding, out: Path) -> Finding:
    """Write the pictures of a finding and their data; return it with what they show in words."""
    drawn = []
    for drawing in finding.drawings:
        with look():
            figure = drawing.draw()
            tables = save_with_data(figure, out / "figures" / f"{study.name}_{drawing.name}")
        drawn.append(replace(drawing, alt=describe(figure), tables=tables))
    return replace(finding, drawings=tuple(drawn))

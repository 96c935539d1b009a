"""``acanthite analyse``: a report on lab files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from acanthite.commands.hints import ByName, Columns, Units, read_hints
from acanthite.commands.options import FAILED, AsJson, LabFiles, option

if TYPE_CHECKING:
    from acanthite.report.measured import AnalysisResult

Out = Annotated[Path, option("DIR", "The report's folder; that of an earlier one is written anew.")]
ReadVoltage = Annotated[
    float | None, option("V", "Where R_on and R_off are read.", "a tenth of the sweep")
]
Compliance = Annotated[
    float | None, option("A", "Limit of the current, in amperes.", "as files and data say")
]
Ratio = Annotated[
    float, option("N", "A cycle fails with R_off over R_on below this.", name="--min-ratio")
]
Drift = Annotated[
    float | None,
    option("FACTOR", "... or with R_on or R_off changed by this factor.", "any", "--max-drift"),
]
InARow = Annotated[int, option("N", "So many in a row are a failure.", name="--consecutive")]
Lost = Annotated[
    float, option("FACTOR", "Retention ends when a resistance has changed by it.", name="--lost")
]
Temperature = Annotated[float, option("C", "Of the conduction fits, in degrees Celsius.")]
Thickness = Annotated[float | None, option("NM", "Of the film, for permittivities.", "not given")]
Device = Annotated[
    str | None,
    option(
        "REGEX",
        "What in a file's name is the device: '^(B[0-9]+)'.",
        "as files say, else the file's name",
    ),
]
_SHOWN = {"V_form", "V_set", "V_reset", "R_on", "R_off", "R_off over R_on"}
_SHOWN |= {"retention", "asymmetry", "resistance, negative", "resistance, positive"}
"""Quantities that the terminal shows; the report has all."""


def analyse(
    paths: LabFiles,
    out: Out = Path("acanthite-analysis"),
    read_voltage: ReadVoltage = None,
    compliance: Compliance = None,
    least_ratio: Ratio = 10.0,
    drift: Drift = None,
    consecutive: InARow = 1,
    lost: Lost = 10.0,
    temperature: Temperature = 25.0,
    thickness: Thickness = None,
    device: Device = None,
    columns: Columns = None,
    units: Units = None,
    hints: ByName = None,
    as_json: AsJson = False,
) -> int:
    """Report what lab files hold: switching, spread, endurance, retention, conduction and pulses.

    The folder gets report.html (everything, in one file), numbers.csv, values.csv of single cycles,
    files.csv and pictures. A file that cannot be read is reported with line and reason, the others
    are analysed, and the exit code is 1.
    """
    from acanthite.analysis import FailureCriterion
    from acanthite.console import working_on
    from acanthite.constants import celsius, nm
    from acanthite.report import measured

    options = measured.Options(
        read_voltage=read_voltage,
        compliance=compliance,
        criterion=FailureCriterion(least_ratio, drift, consecutive),
        retention_factor=lost,
        temperature=celsius(temperature),
        thickness=None if thickness is None else thickness * nm,
        device=device,
    )
    general, by_name = read_hints(columns, units, hints)
    with working_on() as progress:
        result = measured.analyse(
            paths, out, options, by_name=by_name, progress=progress, **general
        )
    _print_failures(result)
    if as_json:
        typer.echo(json.dumps(result.table, indent=2, ensure_ascii=False))
    else:
        _print(result)
    return FAILED if result.broken or result.failed else 0


def _print_failures(result: AnalysisResult) -> None:
    for source in result.sources:
        if source.state != "read":
            place = f", {source.place}" if source.place else ""
            word = "failed" if source.state == "broken" else "skipped"
            typer.echo(f"{word}  {source.file}{place}: {source.reason}", err=True)
    for study, finding in result.failed:
        typer.echo(f"failed  {study.title}: {finding.summary}", err=True)


def _print(result: AnalysisResult) -> None:
    from acanthite.console import print_table
    from acanthite.formatting import as_text

    rows = []
    for study, finding in result.findings:
        numbers = [n for n in finding.numbers if n.quantity in _SHOWN and not n.group]
        text = ", ".join(
            f"{n.quantity} {as_text(n.estimate.value, n.estimate.unit)}" for n in numbers
        )
        rows.append((study.title, study.kind, text or finding.summary))
    print_table(("measurement", "kind", "what it says"), rows)
    typer.echo(f"report: {result.path / 'report.html'}")

"""``acanthite analyse``: a report on lab files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from acanthite.commands.convert import ByName, Columns, Units, read_hints
from acanthite.commands.options import FAILED, AsJson

if TYPE_CHECKING:
    from acanthite.report.measured import AnalysisResult, Options

ReadVoltage = Annotated[
    float | None,
    typer.Option(
        metavar="V", help="Where R_on and R_off are read.", show_default="a tenth of the sweep"
    ),
]
Compliance = Annotated[
    float | None,
    typer.Option(
        metavar="A", help="Limit of the current, in amperes.", show_default="as files and data say"
    ),
]
Ratio = Annotated[
    float,
    typer.Option("--min-ratio", metavar="N", help="A cycle fails with R_off over R_on below this."),
]
Drift = Annotated[
    float | None,
    typer.Option(
        "--max-drift", metavar="FACTOR", help="... or with R_on or R_off changed by this factor.",
        show_default="any",
    ),
]  # fmt: skip
InARow = Annotated[
    int, typer.Option("--consecutive", metavar="N", help="So many in a row are a failure.")
]
Lost = Annotated[
    float,
    typer.Option(
        "--lost", metavar="FACTOR", help="Retention ends when a resistance has changed by it."
    ),
]
Temperature = Annotated[
    float, typer.Option(metavar="C", help="Of the conduction fits, in degrees Celsius.")
]
Thickness = Annotated[
    float | None,
    typer.Option(metavar="NM", help="Of the film, for permittivities.", show_default="not given"),
]
Device = Annotated[
    str | None,
    typer.Option(
        metavar="REGEX", help="What in a file's name is the device: '^(B[0-9]+)'.",
        show_default="as files say, else the file's name",
    ),
]  # fmt: skip


def analyse(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...", help="Lab files, or folders of them.", show_default=False
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            metavar="DIR", help="The report's folder; that of an earlier one is written anew."
        ),
    ] = Path("acanthite-analysis"),
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
    """Say what lab files hold: switching, spread, endurance, retention, conduction, pulses, with errors.

    The folder gets report.html (everything, in one file), numbers.csv, values.csv of single cycles, files.csv and pictures.
    A file that cannot be read is reported with line and reason, the others are analysed, and the exit code is 1.
    """
    from acanthite.analysis import FailureCriterion
    from acanthite.constants import celsius, nm
    from acanthite.report.measured import Options

    options = Options(
        read_voltage=read_voltage,
        compliance=compliance,
        criterion=FailureCriterion(least_ratio, drift, consecutive),
        retention_factor=lost,
        temperature=celsius(temperature),
        thickness=None if thickness is None else thickness * nm,
        device=device,
    )
    general, by_name = read_hints(columns, units, hints)
    return _run(paths, out, options, general, by_name, as_json)


def _run(
    paths: list[Path], out: Path, options: Options, general: dict, by_name: dict, as_json: bool
) -> int:
    from acanthite.console import working_on
    from acanthite.report.measured import analyse

    with working_on() as progress:
        result = analyse(paths, out, options, by_name=by_name, progress=progress, **general)
    for source in result.sources:
        if source.state != "read":
            place = f", {source.place}" if source.place else ""
            word = "failed" if source.state == "broken" else "skipped"
            typer.echo(f"{word}  {source.file}{place}: {source.reason}", err=True)
    for study, finding in result.failed:
        typer.echo(f"failed  {study.title}: {finding.summary}", err=True)
    if as_json:
        typer.echo(json.dumps(result.table, indent=2, ensure_ascii=False))
    else:
        _print(result)
    return FAILED if result.broken or result.failed else 0


def _print(result: AnalysisResult) -> None:
    from acanthite.console import print_table
    from acanthite.formatting import as_text

    names = ("V_form", "V_set", "V_reset", "R_on", "R_off", "R_off over R_on", "retention", "asymmetry",
             "resistance, negative", "resistance, positive")  # fmt: skip
    rows = []
    for study, finding in result.findings:
        told = [n for n in finding.numbers if n.quantity in names and not n.group]
        text = ", ".join(f"{n.quantity} {as_text(n.estimate.value, n.estimate.unit)}" for n in told)
        rows.append((study.title, study.kind, text or finding.summary))
    print_table(("measurement", "kind", "what it says"), rows)
    typer.echo(f"report: {result.path / 'report.html'}")

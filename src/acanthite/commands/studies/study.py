"""``acanthite study``: any job at many settings with many seeds."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from acanthite.commands.options import (
    FAILED,
    Data,
    TrustCode,
    check_data_folder,
    interruptible,
    option,
    print_json,
    whole_number,
)

_workers = whole_number(1, 1024, "a number of processes; give a whole number from 1 to 1024")

File = Annotated[
    Path | None,
    typer.Argument(
        metavar="[STUDY.toml]",
        help="What to vary, and in which job.",
        show_default=False,
    ),
]
Out = Annotated[Path, option("DIR", "Folder for the journal, the data set and the report.")]
Workers = Annotated[
    int | None,
    option(
        "N", "Processes, one thread each; no result depends on it.", "all cores", None, _workers
    ),
]
Scheduler = Annotated[
    str | None,
    option("ADDRESS", "Of a Dask cluster that computes instead: tcp://10.0.0.1:8786.", False),
]
RetryFailed = Annotated[bool, typer.Option("--retry-failed", help="Try failed points again.")]
Template = Annotated[
    str | None, option("JOB", "Print a study of a job to edit, and stop.", False, "--template")
]
ListJobs = Annotated[bool, typer.Option("--list", help="Print the jobs there are, and stop.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print what came out as one JSON object.")]


def study(
    file: File = None,
    out: Out = Path("acanthite-study"),
    workers: Workers = None,
    scheduler: Scheduler = None,
    retry_failed: RetryFailed = False,
    template: Template = None,
    list_jobs: ListJobs = False,
    data: Data = None,
    as_json: AsJson = False,
    trust_code: TrustCode = False,
) -> None:
    """Run a job at many settings with many seeds: a grid, a sample, or an optimiser's choice.

    DIR gets a journal that survives any kill, one data set of all results, tables, pictures and a
    report. Points that fail are kept with their error, and the others run. Stop it with Ctrl-C, or
    let it be killed: the same command goes on.
    """
    from acanthite.console import print_jobs, print_study, working
    from acanthite.studies import read_study, run_study
    from acanthite.studies.template import template_of

    if list_jobs:
        print_jobs()
        return
    if template is not None:
        typer.echo(template_of(template), nl=False)
        return
    if file is None:
        raise typer.BadParameter("give a study, STUDY.toml; --template JOB prints one to edit")
    check_data_folder(data)
    if data is not None:
        os.environ["ACANTHITE_DATA"] = str(data.resolve())  # workers look there too
    with working("studying") as move, interruptible("run the same command to go on"):
        result = run_study(
            read_study(file, trust=trust_code),
            out,
            workers=workers,
            scheduler=scheduler,
            retry_failed=retry_failed,
            progress=move,
        )
    if as_json:
        print_json(result.as_json())
    else:
        print_study(result)
    if result.failed:
        raise typer.Exit(FAILED)

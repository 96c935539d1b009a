"""``acanthite cite``: what to cite for a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

RunOf = Annotated[
    Path | None,
    typer.Argument(
        metavar="[DIR]",
        help="Folder of a run of 'acanthite reproduce': what its figures used.",
        show_default="everything the parameter set rests on",
    ),
]
AsBibtex = Annotated[bool, typer.Option("--bibtex", help="Print BibTeX, to put into a .bib file.")]


def cite(folder: RunOf = None, bibtex: AsBibtex = False) -> None:
    """Print what to cite: this software, the paper, and the sources behind the numbers of a run."""
    from acanthite.parameters import AG2S
    from acanthite.parameters.bibliography import format_entry
    from acanthite.report.citations import as_bibtex, sources, sources_of_run

    keys = sources(AG2S, ()) if folder is None else sources_of_run(folder)
    if bibtex:
        typer.echo(as_bibtex(keys), nl=False)
        return
    typer.echo("The acanthite developers. acanthite (see CITATION.cff).")
    for key in keys:
        typer.echo(format_entry(key))

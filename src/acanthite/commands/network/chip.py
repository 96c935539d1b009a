"""``acanthite chip``: a chip as a file to edit."""

from __future__ import annotations

from typing import Annotated

import typer

from acanthite.commands.options import Target
from acanthite.errors import ChipError

Name = Annotated[
    str | None,
    typer.Argument(
        metavar="[NAME]",
        help="With --template: a chip by its cells, such as pcm or reram-wan.",
        show_default=False,
    ),
]
Template = Annotated[
    bool,
    typer.Option(
        "--template", help="Print the chip NAME (pcm without one) as a TOML file to edit."
    ),
]


def chip(name: Name = None, template: Template = False, out: Target = None) -> None:
    """Print a chip as a TOML file, to edit and to give to other commands with --chip."""
    if not template:
        raise ChipError("chip: nothing to do; print a chip to edit with --template [NAME]")
    _print_template(name or "pcm", out)


def _print_template(name: str, out: Target) -> None:
    from acanthite.files import write_text
    from acanthite.inference import chip_template

    text = chip_template(name)
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_text(out, text)
